public import Domain
import Synchronization

/// A clock that stands until it is moved.
public final class TestClock: HostClock {
    private struct Times {
        var wall: MediaTime
        var monotonic: Duration
    }

    private let now: Mutex<Times>

    /// - Parameter start: wall clock; 2026-02-01T00:00:00Z unless told.
    public init(start: MediaTime = MediaTime(seconds: 1_769_904_000)) {
        now = Mutex(Times(wall: start, monotonic: start - .zero))
    }

    public func wall() -> MediaTime { now.withLock { $0.wall } }
    public func monotonic() -> Duration { now.withLock { $0.monotonic } }
    public func advance(by duration: Duration) {
        now.withLock { now in
            now.wall = now.wall + duration
            now.monotonic += duration
        }
    }
    /// Sets the wall clock forward or back, as an operator or a time service does.
    public func setWall(forwardBy duration: Duration) { now.withLock { $0.wall = $0.wall + duration } }
}
