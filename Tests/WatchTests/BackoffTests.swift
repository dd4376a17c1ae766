import Domain
import Foundation
import Testing

@testable import Watch

@Suite struct BackoffTests {
    @Test func doublesUpToItsCapAndStartsAgain() {
        var backoff = Backoff(first: .seconds(1), cap: .seconds(8), name: "gate")
        let delays = (0..<6).map { _ in backoff.delay().inSeconds }
        for (delay, whole) in zip(delays, [1.0, 2, 4, 8, 8, 8]) {
            #expect(delay >= whole * 0.75 && delay <= whole)
        }
        backoff.reset()
        #expect(backoff.delay() <= .seconds(1))
    }

    @Test func camerasThatFellTogetherDoNotReturnTogether() {
        let delays = Set(
            (0..<32).map { number in
                var backoff = Backoff(name: "camera-\(number)")
                return backoff.delay().inMicroseconds
            })
        #expect(delays.count == 32)
    }

    /// The bounds are far apart, since a machine that runs all tests at once may take a minute over anything.
    @Test func aNapEndsWhenItIsTold() async {
        let nap = Nap(clock: SystemClock())
        let begun = Date()
        let thread = Thread { nap.sleep(.seconds(3600)) }
        thread.start()
        try? await Task.sleep(for: .milliseconds(50))
        nap.end()
        while !thread.isFinished, Date().timeIntervalSince(begun) < 1800 {
            try? await Task.sleep(for: .milliseconds(5))
        }
        #expect(thread.isFinished)
        // And one that was ended before it began does not begin.
        nap.sleep(.seconds(3600))
        #expect(Date().timeIntervalSince(begun) < 1800)
    }
}
