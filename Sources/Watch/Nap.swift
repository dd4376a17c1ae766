import Domain
import Glibc
import Synchronization

/// A sleep of one thread that another thread can end.
///
/// It sleeps in short slices of relative time: what waits for a date sleeps on for hours when the wall clock is set back.
final class Nap: Sendable {
    private static let slice = Duration.milliseconds(50)

    private let isEnded = Atomic<Bool>(false)
    private let clock: any HostClock

    init(clock: any HostClock) { self.clock = clock }

    /// Returns after `duration`, or soon when `end` was or is called.
    func sleep(_ duration: Duration) {
        let deadline = clock.monotonic() + duration
        while !isEnded.load(ordering: .acquiring) {
            let left = deadline - clock.monotonic()
            guard left > .zero else { return }
            usleep(UInt32(min(left, Self.slice).inMicroseconds + 1))
        }
    }

    func end() { isEnded.store(true, ordering: .releasing) }
}
