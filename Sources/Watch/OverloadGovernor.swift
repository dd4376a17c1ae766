import Domain
import Synchronization

/// The policy that all cameras of a pool follow when it has more work than time.
final class OverloadGovernor: Sendable {
    private let policy = Mutex(OverloadPolicy())
    private let idleTime: @Sendable () -> Duration

    /// - Parameter idleTime: for how long a thread of the pool had nothing to do since its start; the mean of all threads.
    init(idleTime: @escaping @Sendable () -> Duration) { self.idleTime = idleTime }

    /// Never blocks for long; may be called from any thread.
    ///
    /// - Parameter now: monotonic.
    /// - Returns: processor time that the camera may take, in seconds a second; `nil` for as much as it likes.
    func take(_ report: OverloadPolicy.Report, at now: Duration) -> Double? {
        let idle = idleTime()
        return policy.withLock { $0.take(report, idle: idle, at: now) }
    }
}
