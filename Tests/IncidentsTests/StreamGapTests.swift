import Domain
import Incidents
import Testing

/// A stream that goes away makes no incident, ends none by itself and ends none twice.
struct StreamGapTests {
    private func at(_ seconds: Double) -> MediaTime { MediaTime(seconds: seconds) }

    @Test func aShortGapLeavesTheIncidentOpen() {
        var bench = JudgeBench()
        bench.picture(0, [motion(0)])
        bench.judge.streamLost(at: at(1))
        #expect(bench.judge.streamStillLost(at: at(30)).isEmpty)
        #expect(bench.judge.streamReturned(at: at(40)).isEmpty)
        // Its quiet time begins with the return.
        bench.picture(49.9)
        #expect(bench.changes == [.opened])
        bench.picture(50)
        #expect(bench.changes == [.opened, .closed])
        #expect(bench.incidents[0].lastSeen == .zero && !bench.incidents[0].interrupted)
    }

    @Test func seenAgainAfterTheGapItIsTheSameIncident() {
        var bench = JudgeBench()
        bench.picture(0, [motion(0)])
        bench.judge.streamLost(at: at(1))
        bench.picture(50, [motion(50, track: 9)])
        #expect(bench.incidents.count == 1 && bench.incidents[0].frames == 2 && bench.incidents[0].tracks == [1, 9])
    }

    @Test func aLongGapClosesItAsInterruptedOnce() {
        var bench = JudgeBench()
        bench.picture(0, [motion(0)])
        bench.judge.streamLost(at: at(1))
        bench.judge.streamLost(at: at(20))
        bench.revisions += bench.judge.streamStillLost(at: at(60))
        #expect(bench.changes == [.opened])
        bench.revisions += bench.judge.streamStillLost(at: at(61))
        bench.revisions += bench.judge.streamStillLost(at: at(70))
        bench.revisions += bench.judge.streamReturned(at: at(80))
        bench.picture(81)
        bench.picture(200)
        bench.close(201, interrupted: true)
        #expect(bench.changes == [.opened, .closed] && bench.incidents[0].interrupted)
        #expect(bench.incidents[0].lastSeen == .zero)
    }

    @Test func twentyReconnectsMakeNothing() {
        var bench = JudgeBench()
        for i in 0..<20 {
            let start = Double(i) * 100
            for j in 0..<100 { bench.picture(start + Double(j) / 10) }
            bench.judge.streamLost(at: at(start + 12))
            bench.revisions += bench.judge.streamStillLost(at: at(start + 75))
            bench.revisions += bench.judge.streamReturned(at: at(start + 90))
        }
        #expect(bench.revisions.isEmpty)
    }

    @Test func aGapDoesNotMakeAnObjectLookOldEnough() {
        var bench = JudgeBench([IncidentRule(kind: .motion, quietTime: .seconds(60), minimumDuration: .seconds(5))])
        bench.picture(0, [motion(0)])
        bench.judge.streamLost(at: at(0.1))
        bench.picture(30, [motion(30)])
        #expect(bench.revisions.isEmpty)
    }

    @Test func timesThatRepeatOrStepBackDoNoHarm() {
        var bench = JudgeBench()
        bench.picture(10, [motion(10)])
        bench.picture(10, [motion(10)])
        bench.picture(5, [motion(5)])
        bench.picture(12, [motion(12)])
        bench.picture(30)
        #expect(bench.changes == [.opened, .closed] && bench.incidents[0].frames == 4)
        #expect(bench.incidents[0].start == at(10) && bench.incidents[0].lastSeen == at(12))
    }

    @Test func aNewTimelineClosesWhatWasOpen() {
        var bench = JudgeBench()
        bench.picture(1_000, [motion(1_000)])
        bench.picture(10, [motion(10, track: 5)])
        bench.picture(11)
        bench.close(11)
        #expect(bench.changes == [.opened, .closed, .opened, .closed])
        #expect(bench.incidents[0].interrupted && bench.incidents[1].start == at(10))
    }

    @Test func placesAndMeasurementsThatAreNoNumbersAreLeftOut() {
        var bench = JudgeBench()
        var broken = motion(0)
        broken.box = Box(x: .nan, y: 0, width: 1, height: 1)
        bench.picture(0, [broken])
        #expect(bench.revisions.isEmpty)
        var odd = motion(1, confidence: 7)
        odd.measurements = [Measurement(name: "a", value: .infinity), Measurement(name: "b", value: 1)]
        bench.picture(1, [odd])
        #expect(bench.incidents[0].confidence == 1 && bench.incidents[0].measurements.map(\.name) == ["b"])
    }
}
