import Domain
import Foundation

/// A sleep of one thread that another thread can end.
final class Nap: Sendable {
    private let condition = NSCondition()
    nonisolated(unsafe) private var isEnded = false  // guarded by `condition`

    /// Returns after `duration`, or at once when `end` was or is called.
    func sleep(_ duration: Duration) {
        let deadline = Date(timeIntervalSinceNow: duration.inSeconds)
        condition.lock()
        defer { condition.unlock() }
        while unsafe !isEnded, condition.wait(until: deadline) {}
    }

    func end() {
        condition.lock()
        unsafe isEnded = true
        condition.broadcast()
        condition.unlock()
    }
}
