import Domain
import Testing

@testable import Incidents

/// What a detector let go of is told, the nearest miss of each two seconds, and never more than 30 times a minute.
struct UnconfirmedTests {
    private func track(_ number: Int, nearness: Double, _ reason: Decision.Reason = .unsteady) -> UnconfirmedTrack {
        UnconfirmedTrack(
            track: number, reason: reason, start: .zero, end: MediaTime(seconds: 1),
            box: Box(x: 0.1, y: 0.1, width: 0.1, height: 0.1), nearness: nearness,
            measurements: [Measurement(name: "seenShare", value: nearness, threshold: 0.8)])
    }

    @Test func theNearestMissIsToldWithHowManyOthersThereWere() throws {
        var bench = JudgeBench([IncidentRule(kind: .motion), IncidentRule(kind: .intrusion, zone: JudgeBench.yard)])
        bench.judge.note(
            [track(1, nearness: 0.2), track(2, nearness: 0.7, .didNotTravel), track(3, nearness: 0.4)], at: .zero)
        #expect(bench.judge.takeDecisions().decisions.isEmpty)
        bench.judge.note([], at: MediaTime(seconds: 2))
        let (made, dropped) = bench.judge.takeDecisions()
        let decision = try #require(made.first)
        // One, however many rules there are.
        #expect(made.count == 1 && dropped == 2)
        #expect(decision.outcome == .suppressed && decision.reason == .didNotTravel && decision.track == 2)
        #expect(decision.rule == UnconfirmedLedger.ruleName && decision.kind == .motion && decision.incident == nil)
        #expect(
            decision.measurements == [
                Measurement(name: "seenShare", value: 0.7, threshold: 0.8),
                Measurement(name: "othersUntold", value: 2),
            ])
    }

    @Test func aSnowStormIsToldOfThirtyTimesAMinute() {
        var bench = JudgeBench([IncidentRule(kind: .motion)])
        for picture in 0..<600 {
            let flakes = (0..<20).map { track(20 * picture + $0, nearness: Double($0) / 20) }
            bench.judge.note(flakes, at: MediaTime(seconds: Double(picture) / 10))
        }
        bench.close(60)
        let (made, dropped) = bench.judge.takeDecisions()
        #expect(made.count == 30 && made.count + dropped == 600 * 20)
        #expect(made.allSatisfy { $0.reason == .unsteady && ($0.track ?? 0) % 20 == 19 })
    }

    /// At the end of a stream, and when its clock goes back, what waits is told.
    @Test func nothingWaitsForEver() {
        var bench = JudgeBench([IncidentRule(kind: .motion)])
        bench.judge.note([track(1, nearness: 0.5)], at: MediaTime(seconds: 100))
        bench.judge.streamLost(at: MediaTime(seconds: 100.5))
        #expect(bench.judge.takeDecisions().decisions.map(\.track) == [1])
        bench.judge.note([track(2, nearness: 0.5)], at: MediaTime(seconds: 101))
        bench.judge.note([track(3, nearness: 0.5)], at: MediaTime(seconds: 1))
        #expect(bench.judge.takeDecisions().decisions.map(\.track) == [2])
        bench.close(102)
        #expect(bench.judge.takeDecisions().decisions.map(\.track) == [3])
    }

    @Test func everyReasonOfADetectorRanksBelowThoseOfRules() {
        let all = Decision.Reason.allCases
        let ranks = Decision.Reason.detectorReasons.compactMap(all.firstIndex)
        #expect(ranks.count == 6 && ranks.max().map { $0 < all.firstIndex(of: .lowConfidence) ?? 0 } == true)
    }
}
