import Detection
import Domain
import Inference
import PixelKernels
import SiteConfiguration

/// Asks a detector of the user's choice about what may be smoke.
///
/// It is asked from half the bar on, so that its answer is there when the bar is reached, and nothing ever waits for it:
/// what it has seen smoke in goes out so, what it has looked at and seen nothing in must reach a higher bar, and what it
/// has not answered, or failed at, goes out at the usual bar as `unverified`. It sees capture times only.
struct SmokeOpinion {
    /// A plume is looked at again after this time.
    private static let rest = Duration.seconds(5)
    /// An answer that has not come by then is not waited for.
    private static let longestQuestion = Duration.seconds(120)
    /// A plume out of sight for longer is another one.
    private static let memory = Duration.seconds(1800)

    private struct Track {
        var lastSeen: MediaTime
        var lastLook: MediaTime?
        var finding = ObjectFinding.unverified
    }

    private struct Question {
        var number: Int
        var track: Int
        var box: Box
        var time: MediaTime
    }

    private let options: SecondOpinionOptions
    private let ask: ObjectVerifier.Asker
    private let answers = AnswerBox()
    private var tracks: [Int: Track] = [:]
    private var question: Question?
    private var nextNumber = 1

    init(_ options: SecondOpinionOptions, ask: @escaping ObjectVerifier.Asker) {
        self.options = options
        self.ask = ask
    }

    /// Marks what is reported with what is known of it, and takes back what it disputes.
    ///
    /// - Parameter mostEvidence: what strong smoke can show; no bar is higher than nine tenths of it.
    mutating func consider(
        _ report: inout SmokeReport, in picture: borrowing PictureView, at time: MediaTime, mostEvidence: Double
    ) {
        forget(at: time)
        receive()
        // What is told of first; then what came nearest.
        let misses = report.nearMisses.filter { $0.reason == .belowBar }.map(\.observation)
            .sorted { $0.confidence > $1.confidence }
        for observation in report.observations + misses { look(at: observation, in: picture, time) }
        receive()
        for index in report.observations.indices {
            guard let track = report.observations[index].track else { continue }
            report.observations[index].object = tracks[track]?.finding ?? .unverified
        }
        let factor = options.barWithoutIt
        report.suppress(.disputed) { observation in
            guard observation.object?.state == .unrecognised else { return nil }
            return observation.shortfall(barShare: factor, mostEvidence: mostEvidence)
        }
    }

    private mutating func forget(at time: MediaTime) {
        tracks = tracks.filter { (.zero...Self.memory).contains(time - $0.value.lastSeen) }
        if let asked = question, !(.zero...Self.longestQuestion).contains(time - asked.time) { question = nil }
    }

    private mutating func look(at observation: Observation, in picture: borrowing PictureView, _ time: MediaTime) {
        guard let id = observation.track, let box = observation.box else { return }
        var track = tracks[id] ?? Track(lastSeen: time)
        track.lastSeen = time
        let isRested = track.lastLook.map { time - $0 >= Self.rest } ?? true
        if question == nil, isRested, track.finding.state != .recognised {
            track.lastLook = time
            question = Question(number: nextNumber, track: id, box: box, time: time)
            nextNumber += 1
            let area = CropArea.around(box, width: picture.width, height: picture.height)
            ask(nextNumber - 1, PictureCrop(of: picture, area), answers)
        }
        tracks[id] = track
    }

    private mutating func receive() {
        for answer in answers.takeAll() {
            guard let asked = question, asked.number == answer.number else { continue }
            question = nil
            // It failed: what was known before still holds.
            guard let objects = answer.objects else { continue }
            let smoke = objects.filter { options.isSmoke($0.label) && $0.box.intersectionArea(with: asked.box) > 0 }
            let surest = smoke.max { $0.confidence < $1.confidence }
            tracks[asked.track]?.finding =
                surest.map { .recognised($0.label, confidence: $0.confidence) } ?? .unrecognised
        }
    }
}

extension SmokeOpinion {
    /// For a live camera: the answers come when the service has time. `nil` where the camera has no second opinion.
    init?(for settings: CameraSettings, asking service: ClassifierService) {
        guard let options = settings.smoke.secondOpinion else { return nil }
        let camera = settings.id
        self.init(options) { number, crop, answers in
            service.ask(number, about: crop, of: camera, by: options.classifier, answers: answers)
        }
    }
}

extension Observation {
    /// By what the evidence lacks of a raised bar; `nil` where it lacks nothing.
    ///
    /// - Parameters:
    ///   - barShare: of the bar that it was held against.
    ///   - mostEvidence: what strong smoke can show; no bar is raised beyond nine tenths of it.
    func shortfall(barShare: Double, mostEvidence: Double) -> Measurement? {
        guard let evidence = measurements.first(where: { $0.name == "evidence" }), let usual = evidence.threshold
        else { return nil }
        let bar = max(usual, min(usual * barShare, 0.9 * mostEvidence))
        guard evidence.value < bar else { return nil }
        return Measurement(name: evidence.name, value: evidence.value, threshold: bar)
    }
}
