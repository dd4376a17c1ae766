import Synchronization

/// Tells a thread that is inside a blocking call to come back: raised once, never lowered.
public final class StopFlag: Sendable {
    private let raised = Atomic<Bool>(false)

    public init() {}

    /// Blocking calls that hold this flag return within about a tenth of a second.
    public func raise() { raised.store(true, ordering: .releasing) }

    public var isRaised: Bool { raised.load(ordering: .acquiring) }
}
