import Domain
import Testing

@testable import SiteConfiguration
@testable import Watch

/// Labelled sequences are scored by incident and, from a tower, by picture.
@Suite struct SequenceScoreTests {
    private func sequence(rate: Double? = 1.0 / 60, from: Double? = nil) -> SequenceLabels.Sequence {
        let expect = from.map { [SequenceLabels.Expectation(kind: .smoke, from: $0, to: 4800)] } ?? []
        return SequenceLabels.Sequence(file: "tower", rate: rate, expect: expect, ignore: [])
    }

    private func smoke(at seconds: Double) -> Incident {
        Incident(
            id: IncidentID("tower-\(Int(seconds))"), kind: .smoke, camera: CameraID("tower"), severity: .critical,
            start: MediaTime(seconds: seconds), confidence: 0.9, box: nil, rule: "smoke")
    }

    /// 80 pictures a minute apart; the ignition is at the 40th, the alarm at the 46th.
    @Test func anAlarmHoldsToTheEnd() throws {
        var score = SequenceScore()
        score.add(sequence(from: 2400), incidents: [smoke(at: 2760)], seconds: 4800)
        let frames = try #require(score.frames)
        #expect((frames.truePositives, frames.falsePositives) == (34, 0))
        #expect((frames.falseNegatives, frames.trueNegatives) == (6, 40))
        #expect(frames.f1 == 68.0 / 74)
        #expect(score.rows[0].delays == [360])
    }

    @Test func whatComesBeforeTheIgnitionIsWrongOnEachPicture() throws {
        var score = SequenceScore()
        let early = smoke(at: 2100)
        score.add(sequence(from: 2400), incidents: [early, smoke(at: 3000)], seconds: 4800)
        let frames = try #require(score.frames)
        #expect((frames.truePositives, frames.falsePositives) == (40, 5))
        #expect((frames.falseNegatives, frames.trueNegatives) == (0, 35))
        #expect(score.rows[0].falseAlarms.map(\.id) == [early.id])
    }

    @Test func quietSequencesAndMissesAddUp() throws {
        var score = SequenceScore()
        score.add(sequence(), incidents: [], seconds: 2400)
        score.add(sequence(from: 2400), incidents: [], seconds: 4800)
        let frames = try #require(score.frames)
        #expect((frames.truePositives, frames.falsePositives) == (0, 0))
        #expect((frames.falseNegatives, frames.trueNegatives) == (40, 80))
        #expect(frames.accuracy == 80.0 / 120 && frames.precision == nil && frames.recall == 0)
    }

    @Test func camerasNearByHaveNoSuchFigures() throws {
        var score = SequenceScore()
        score.add(sequence(rate: 10), incidents: [smoke(at: 3)], seconds: 10)
        score.add(sequence(rate: nil), incidents: [], seconds: 10)
        #expect(score.frames == nil)
        #expect(score.falseAlarms == 1)
    }
}
