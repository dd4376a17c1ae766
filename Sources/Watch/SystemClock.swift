public import Domain
import Glibc

/// The clocks of the machine that Lookout runs on.
public struct SystemClock: HostClock {
    public init() {}

    public func wall() -> MediaTime {
        let now = Self.read(CLOCK_REALTIME)
        return MediaTime(microseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1_000)
    }

    public func monotonic() -> Duration {
        let now = Self.read(CLOCK_MONOTONIC)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }

    private static func read(_ clock: clockid_t) -> timespec {
        var now = timespec()
        unsafe clock_gettime(clock, &now)
        return now
    }
}
