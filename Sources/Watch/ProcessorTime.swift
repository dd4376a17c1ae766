import Glibc

/// What programs take of the processors.
enum ProcessorTime {
    /// Of the thread that asks, since it began: what other programs take counts against nobody.
    static func ofThisThread() -> Duration {
        var now = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
