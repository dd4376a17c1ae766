import Domain
import Incidents
import Testing

/// What a detector nearly told of stands in the ledger, and not for each picture.
struct NearMissLedgerTests {
    private static let step = 30.0

    private func miss(_ evidence: Double, track: Int = 1, reason: Decision.Reason = .belowBar) -> NearMiss {
        NearMiss(
            Observation(
                kind: .smoke, time: .zero, box: Box(x: 0.4, y: 0.5, width: 0.1, height: 0.1), confidence: evidence / 10,
                track: track, measurements: [Measurement(name: "evidence", value: evidence, threshold: 3.5)]), reason)
    }

    /// A picture each half minute, unless said otherwise.
    private func decisions(
        of pictures: [[NearMiss]], told: [Int: Set<Int>] = [:], stepSeconds: Double = step
    ) -> [Decision] {
        var ledger = NearMissLedger(camera: CameraID("tower"))
        for (index, misses) in pictures.enumerated() {
            let time = MediaTime(seconds: Double(index) * stepSeconds)
            ledger.consider(misses, told: told[index] ?? [], at: time)
        }
        ledger.settleAll()
        return ledger.take().decisions
    }

    @Test func oneThatGoesAwayIsToldOfOnceAsItCameNearest() throws {
        let made = decisions(of: [[], [miss(1.8)], [miss(3.1)], [], [], [], []])
        let decision = try #require(made.first)
        #expect(made.count == 1)
        #expect(decision.outcome == .suppressed && decision.reason == .belowBar && decision.kind == .smoke)
        #expect(decision.measurements == [Measurement(name: "evidence", value: 3.1, threshold: 3.5)])
        #expect(decision.start == MediaTime(seconds: 30) && decision.end == MediaTime(seconds: 60))
        #expect(decision.track == 1 && decision.incident == nil && decision.rule == "smoke")
    }

    @Test func aPictureOnWhichItIsNotSeenDoesNotEndIt() {
        let pictures = [[miss(2)], [], [miss(2.5)], [], [], [miss(2)]]
        #expect(decisions(of: pictures, stepSeconds: 10).map(\.confidence) == [0.25])
    }

    /// An hour of pictures: after a minute, then every ten.
    @Test func oneThatStaysIsToldOfSeldom() {
        let made = decisions(of: (0..<120).map { [miss(2 + Double($0) / 100)] })
        #expect(made.map { $0.end.seconds / 60 } == [1, 11, 21, 31, 41, 51, 59.5])
        // Each tells of its own time, without a gap.
        #expect(zip(made, made.dropFirst()).allSatisfy { $0.end == $1.start })
    }

    @Test func whatIsToldOfIsNoNearMissAnyMore() {
        #expect(decisions(of: [[miss(2)], [miss(3)], [], []], told: [2: [1]]).isEmpty)
        #expect(decisions(of: [[miss(2), miss(2, track: 2)], [], []], told: [1: [1]]).map(\.track) == [2])
    }

    @Test func anHourHasNoMoreThanSixty() {
        var ledger = NearMissLedger(camera: CameraID("tower"))
        for picture in 0..<400 {
            ledger.consider([miss(2, track: picture)], told: [], at: MediaTime(seconds: Double(picture) * Self.step))
        }
        let (made, dropped) = ledger.take()
        // Of 400 candidates in 200 minutes the last three are not settled yet.
        #expect(made.count + dropped == 397)
        for decision in made {
            let hour = made.count { $0.end >= decision.end && $0.end - decision.end < .seconds(3600) }
            #expect(hour <= 60)
        }
        #expect(made.count >= 180)
    }

    @Test func theCrowdIsCounted() {
        var ledger = NearMissLedger(camera: CameraID("tower"))
        ledger.consider((0..<200).map { miss(2, track: $0) }, told: [], at: .zero)
        ledger.settleAll()
        let (made, dropped) = ledger.take()
        #expect(made.count == 60 && dropped == 140)
    }
}
