import Detection
import Domain
import Foundation
import Logging
import Synchronization
import Testing

@testable import Watch

/// The habits of a camera: kept over restarts, taught by people, each change in the ledger.
@Suite struct HabitKeeperTests {
    private final class Bench: Sendable {
        let directory = NSTemporaryDirectory() + "habits-\(UUID().uuidString)"
        let recorded = Mutex<[Decision]>([])

        deinit { try? FileManager.default.removeItem(atPath: directory) }

        func states() -> DetectorStates { DetectorStates(directory: directory, logger: Logger(label: "test")) }

        func keeper(_ states: DetectorStates) -> HabitKeeper {
            HabitKeeper(
                camera: CameraID("tower"), fingerprint: "abc", states: states,
                localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) },
                record: { [self] made in recorded.withLock { $0 += made } })
        }
    }

    private static let box = Box(x: 0.4, y: 0.4, width: 0.1, height: 0.1)

    /// Seven o'clock on a day.
    private func morning(_ day: Int) -> MediaTime { MediaTime(seconds: Double(day) * 86_400 + 7 * 3600) }

    private func judgement(_ isSmoke: Bool) -> HabitKeeper.Judgement {
        HabitKeeper.Judgement(
            incident: IncidentID("tower-smoke-1"), isSmoke: isSmoke, box: Self.box, start: morning(20_000))
    }

    @Test func whatWasLearnedIsKeptOverARestart() async {
        let bench = Bench()
        let states = bench.states()
        let first = bench.keeper(states)
        first.load()
        for day in 20_000...20_003 { first.see([Self.box], at: morning(day)) }
        let bar = first.bar(for: Self.box, at: morning(20_003))
        #expect(bar > 1.2)
        await states.finish()
        let second = bench.keeper(bench.states())
        #expect(second.bar(for: Self.box, at: morning(20_003)) == 1, "not loaded yet")
        second.load()
        #expect(second.bar(for: Self.box, at: morning(20_003)) == bar)
        let made = bench.recorded.withLock { $0 }
        #expect(made.contains { $0.reason == .habitSeenAgain })
        #expect(made.allSatisfy { $0.outcome == .adjusted && $0.configuration == "abc" && !$0.detector.isEmpty })
    }

    @Test func judgementsThatComeBeforeItIsLoadedWait() {
        let bench = Bench()
        let keeper = bench.keeper(bench.states())
        keeper.judge(judgement(false), at: morning(20_001))
        #expect(bench.recorded.withLock { $0.isEmpty })
        keeper.load()
        #expect(keeper.bar(for: Self.box, at: morning(20_000)) > 1.25)
        keeper.judge(judgement(false), at: morning(20_001))
        #expect(bench.recorded.withLock { $0.count } == 3, "once, in its hour and those beside it")
    }

    @Test func aDamagedFileIsANewBeginning() async throws {
        let bench = Bench()
        let states = bench.states()
        states.keep(Array("nonsense".utf8), of: CameraID("tower"), .habits)
        await states.finish()
        let keeper = bench.keeper(bench.states())
        keeper.load()
        #expect(keeper.bar(for: Self.box, at: morning(20_000)) == 1)
    }
}
