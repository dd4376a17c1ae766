public import Domain
import Synchronization

/// A clock that stands until it is moved.
public final class TestClock: HostClock {
    private let now: Mutex<MediaTime>

    /// - Parameter start: wall clock; 2026-02-01T00:00:00Z unless told.
    public init(start: MediaTime = MediaTime(seconds: 1_769_904_000)) { now = Mutex(start) }

    public func wall() -> MediaTime { now.withLock { $0 } }
    public func monotonic() -> Duration { now.withLock { $0 - .zero } }
    public func advance(by duration: Duration) { now.withLock { $0 = $0 + duration } }
}
