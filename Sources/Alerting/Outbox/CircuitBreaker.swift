/// Leaves a receiver alone that fails again and again, and asks it with one delivery now and then whether it is back.
struct CircuitBreaker: Sendable {
    private let policy: RetryPolicy
    private var failures = 0
    /// On the monotonic clock; `nil` while the channel works.
    private(set) var retryAt: Duration?

    init(policy: RetryPolicy) { self.policy = policy }

    var isOpen: Bool { retryAt != nil }

    /// The receiver answered.
    ///
    /// - Returns: whether it had been left alone until now.
    mutating func succeed() -> Bool {
        defer { (failures, retryAt) = (0, nil) }
        return isOpen
    }

    /// - Parameters:
    ///   - now: monotonic clock.
    ///   - chance: 0 to 1.
    mutating func fail(at now: Duration, chance: Double) {
        failures += 1
        guard failures >= policy.failuresToOpen else { return }
        retryAt = now + policy.pause(afterAttempt: failures - policy.failuresToOpen + 1, chance: chance)
    }

    /// How many deliveries may be underway now.
    func allowance(at now: Duration, usual: Int) -> Int {
        guard let retryAt else { return usual }
        return now >= retryAt ? 1 : 0
    }
}
