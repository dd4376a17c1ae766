import Domain
import Testing

@testable import Watch

/// When a wall clock is believed that says that things are old.
struct AgeTrustTests {
    private let start = MediaTime(seconds: 1_770_000_000)

    /// Looks every five seconds; `offset` is by how much the clock is off at a time.
    private func trusted(for seconds: Int, offset: (Int) -> Int) -> [Bool] {
        var trust = AgeTrust()
        return stride(from: 0, to: seconds, by: 5).map { now in
            _ = trust.look(wall: start + .seconds(now + offset(now)), monotonic: .seconds(now))
            return trust.isSound
        }
    }

    @Test func aClockThatRunsIsBelieved() {
        #expect(trusted(for: 10_000) { _ in 0 }.allSatisfy { $0 })
        // One that is set back, slewed, or put right by minutes.
        #expect(trusted(for: 10_000) { $0 > 5_000 ? -86_400 * 400 : 0 }.allSatisfy { $0 })
        #expect(trusted(for: 100_000) { $0 / 10 }.allSatisfy { $0 })
        #expect(trusted(for: 10_000) { $0 > 5_000 ? 600 : 0 }.allSatisfy { $0 })
    }

    @Test func oneThatIsSetAheadIsDoubtedForADay() {
        let trusted = trusted(for: 100_000) { $0 >= 5_000 ? 86_400 * 400 : 0 }
        #expect(trusted.firstIndex(of: false) == 1_000)
        #expect(trusted.filter { !$0 }.count == 86_400 / 5)
        #expect(trusted.last == true)
    }

    @Test func oneThatIsPutRightAgainIsBelievedAtOnce() {
        let trusted = trusted(for: 10_000) { (2_000..<3_000).contains($0) ? 86_400 * 400 : 0 }
        #expect(trusted.filter { !$0 }.count == 200 && trusted[600...].allSatisfy { $0 })
    }

    @Test func manySmallStepsAreOneLargeOne() {
        #expect(trusted(for: 10_000) { $0 / 100 * 60 }.contains(false))
    }
}
