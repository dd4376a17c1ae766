internal import CFFmpeg
import Domain
import Synchronization

/// What FFmpeg asks, about ten times a second and before each step, while it waits: the stop flag and the deadline of
/// the call that is under way. Its address is FFmpeg's opaque pointer, so it must outlive the format context.
final class InterruptGuard: Sendable {
    private static let never = Int64.max

    private let stop: StopFlag
    private let clock: any HostClock
    private let deadlineMicroseconds = Atomic<Int64>(InterruptGuard.never)
    private let expired = Atomic<Bool>(false)
    private let isLeaving = Atomic<Bool>(false)

    init(stop: StopFlag, clock: any HostClock) {
        self.stop = stop
        self.clock = clock
    }

    /// Gives the calls that follow `limit` from now on.
    func allow(_ limit: Duration) {
        expired.store(false, ordering: .relaxed)
        deadlineMicroseconds.store((clock.monotonic() + limit).inMicroseconds, ordering: .relaxed)
    }

    /// Gives the goodbye `limit`, also where the stop flag is up: a camera that is not told holds the session open,
    /// and many allow only a few.
    func allowFarewell(_ limit: Duration) {
        isLeaving.store(true, ordering: .relaxed)
        allow(limit)
    }

    /// Whether the last call was ended by its deadline.
    var isExpired: Bool { expired.load(ordering: .relaxed) }
    var isStopped: Bool { stop.isRaised }

    /// Whether the call under way is to end now.
    var mustReturn: Bool {
        if stop.isRaised, !isLeaving.load(ordering: .relaxed) { return true }
        guard clock.monotonic().inMicroseconds > deadlineMicroseconds.load(ordering: .relaxed) else { return false }
        expired.store(true, ordering: .relaxed)
        return true
    }

    /// The callback to put in a format context; unsafe because FFmpeg keeps an unowned pointer to this object.
    @unsafe var callback: AVIOInterruptCB {
        unsafe AVIOInterruptCB(
            callback: { opaque in
                guard let opaque = unsafe opaque else { return 0 }
                let object = unsafe Unmanaged<InterruptGuard>.fromOpaque(opaque).takeUnretainedValue()
                return object.mustReturn ? 1 : 0
            }, opaque: Unmanaged.passUnretained(self).toOpaque())
    }
}
