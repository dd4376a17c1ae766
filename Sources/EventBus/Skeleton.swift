// EventBus
