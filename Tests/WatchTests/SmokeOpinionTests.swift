import Detection
import Domain
import Foundation
import Inference
import Logging
import PixelKernels
import Testing

@testable import SiteConfiguration
@testable import Watch

/// A second detector is asked about smoke: what it says is heeded, and where it says nothing, smoke is told all the same.
@Suite struct SmokeOpinionTests {
    private static let mostEvidence = 40.0 / 3
    /// Where the crop of the box has a red square in its middle.
    private static let box = Box(x: 0.45, y: 0.45, width: 0.1, height: 0.1)

    private func options(bar: Double = 1.25) throws -> SecondOpinionOptions {
        let model = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../InferenceTests/Models/tiny-yolov8.onnx").standardized.path
        let site = try SiteSettings.parse(
            """
            cameras: [{id: tower, source: x, detect: [smoke], smoke: {secondOpinion: {model: '\(model)', \
            labels: [person, smoke, dog], barWithoutIt: \(bar)}}}]
            """, file: "/site/streams.yaml", environment: [:])
        return try #require(site.cameras[0].smoke.secondOpinion)
    }

    private func observation(_ evidence: Double, bar: Double = 7, track: Int = 1) -> Observation {
        Observation(
            kind: .smoke, time: .zero, box: Self.box, confidence: 0.8, track: track,
            measurements: [Measurement(name: "evidence", value: evidence, threshold: bar)])
    }

    private func told(_ evidence: Double) -> SmokeReport {
        SmokeReport(isLearning: false, observations: [observation(evidence)])
    }

    private func near(_ evidence: Double) -> SmokeReport {
        SmokeReport(isLearning: false, nearMisses: [NearMiss(observation(evidence), .belowBar)])
    }

    private func consider(
        _ opinion: inout SmokeOpinion, _ report: SmokeReport, at seconds: Double, red: Bool = false
    ) -> SmokeReport {
        var report = report
        PaintedCrop.withPicture(red: red) { picture in
            opinion.consider(
                &report, in: picture, at: MediaTime(seconds: seconds), mostEvidence: Self.mostEvidence)
        }
        return report
    }

    /// Answers at once.
    private func opinion(
        _ objects: [DetectedObject]?, bar: Double = 1.25, asked: @escaping () -> Void = {}
    ) throws -> SmokeOpinion {
        SmokeOpinion(try options(bar: bar)) { number, _, answers in
            asked()
            answers.put(ClassifierAnswer(number: number, objects: objects))
        }
    }

    @Test func whatItSeesSmokeInIsTold() throws {
        var opinion = try opinion([DetectedObject(label: "smoke", confidence: 0.83, box: Self.box)])
        let report = consider(&opinion, told(7.1), at: 0)
        #expect(report.observations.map(\.object) == [.recognised("smoke", confidence: 0.83)])
        #expect(report.nearMisses.isEmpty)
    }

    @Test func whatItSeesNothingInMustShowMore() throws {
        let elsewhere = Box(x: 0.1, y: 0.1, width: 0.1, height: 0.1)
        let others = [
            DetectedObject(label: "dog", confidence: 0.9, box: Self.box),
            DetectedObject(label: "smoke", confidence: 0.9, box: elsewhere),
        ]
        var opinion = try opinion(others)
        let weak = consider(&opinion, told(7.1), at: 0)
        #expect(weak.observations.isEmpty && weak.nearMisses.map(\.reason) == [.disputed])
        #expect(
            weak.nearMisses.first?.observation.measurements.first
                == Measurement(name: "evidence", value: 7.1, threshold: 8.75))
        let strong = consider(&opinion, told(8.8), at: 10)
        #expect(strong.observations.map(\.object) == [.unrecognised])
    }

    @Test func itCannotSilenceStrongSmoke() throws {
        var opinion = try opinion([], bar: 1.5)
        var early = told(12)
        early.observations = [observation(12, bar: 9)]
        // 9 * 1.5 is more than any smoke can show.
        #expect(consider(&opinion, early, at: 0).observations.count == 1)
    }

    @Test func itOnlySpeaksWhereItsBarIsTheUsual() throws {
        var opinion = try opinion([], bar: 1)
        #expect(consider(&opinion, told(7.1), at: 0).observations.map(\.object) == [.unrecognised])
    }

    @Test func whereItFailsOrIsSlowSmokeIsTold() throws {
        var failing = try opinion(nil)
        #expect(consider(&failing, told(7.1), at: 0).observations.map(\.object) == [.unverified])
        var asked = 0
        var silent = SmokeOpinion(try options()) { _, _, _ in asked += 1 }
        for step in 0..<100 {
            let report = consider(&silent, told(7.1), at: Double(step))
            #expect(report.observations.map(\.object) == [.unverified])
        }
        #expect(asked == 1, "an answer is waited for before the next question")
        _ = consider(&silent, told(7.1), at: 130)
        #expect(asked == 2, "not for ever")
    }

    /// Asked from half the bar on, it has answered when the bar is reached.
    @Test func itIsAskedBeforeTheBarIsReached() throws {
        var asked = 0
        var box: AnswerBox?
        var opinion = SmokeOpinion(try options()) { number, _, answers in
            asked = number
            box = answers
        }
        _ = consider(&opinion, near(4), at: 0)
        #expect(asked == 1)
        let found = DetectedObject(label: "smoke", confidence: 0.5, box: Self.box)
        box?.put(ClassifierAnswer(number: 1, objects: [found]))
        #expect(consider(&opinion, told(7.1), at: 30).observations.map(\.object?.state) == [.recognised])
        #expect(asked == 1, "what is recognised needs no other look")
    }

    @Test func itIsNotAskedAllTheTime() throws {
        var asked = 0
        var opinion = try opinion([]) { asked += 1 }
        for step in 0..<40 { _ = consider(&opinion, told(7.1), at: Double(step) / 2) }
        #expect(asked == 4, "every five seconds")
    }

    /// Through the service and the tests' own YOLOv8, to which a red square is what its second label says.
    @Test(arguments: [true, false]) func aRealModelAnswersThroughTheService(red: Bool) async throws {
        let options = try options()
        let service = ClassifierService([options.classifier], logger: Logger(label: "test"))
        defer { service.stop() }
        var opinion = SmokeOpinion(options) { number, crop, answers in
            service.ask(number, about: crop, of: CameraID("tower"), by: options.classifier, answers: answers)
        }
        var report = consider(&opinion, told(7.1), at: 0, red: red)
        #expect(report.observations.map(\.object) == [.unverified])
        for _ in 0..<500 where report.observations.first?.object == .unverified {
            try await Task.sleep(for: .milliseconds(10))
            report = consider(&opinion, told(7.1), at: 1, red: red)
        }
        if red {
            #expect(report.observations.first?.object?.label == "smoke")
        } else {
            #expect(report.nearMisses.map(\.reason) == [.disputed])
        }
    }

    @Test func aFileThatIsNoModelLeavesSmokeUnverified() async throws {
        var options = try options()
        options.classifier.model = "/nowhere/model.onnx"
        let service = ClassifierService([options.classifier], logger: Logger(label: "test"))
        defer { service.stop() }
        let answered = AnswerBox()
        PaintedCrop.withPicture(red: true) { picture in
            let crop = PictureCrop(of: picture, Self.box)
            service.ask(1, about: crop, of: CameraID("tower"), by: options.classifier, answers: answered)
        }
        var got: [ClassifierAnswer] = []
        for _ in 0..<500 where got.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
            got = answered.takeAll()
        }
        #expect(got.map { $0.objects == nil } == [true])
    }
}
