public import Channels

/// A channel that notices go out by.
public protocol DeliveryTarget: Sendable {
    /// Its id in the configuration.
    var channel: String { get }
    /// How many deliveries it takes at the same time.
    var mostAtOnce: Int { get }

    /// Called once before the first delivery.
    func start()

    /// Returns once the receiver has taken the notice.
    ///
    /// - Parameter key: the same for each repetition.
    func deliver(_ notice: AlertNotice, key: String) async throws(ChannelError)

    func close() async
}

extension DeliveryTarget {
    public func start() {}
    public func close() async {}
}
