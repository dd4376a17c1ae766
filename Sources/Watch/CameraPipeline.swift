import Detection
import Domain
import Incidents
import Media
import PixelKernels

/// What happens to each decoded picture of one camera, live or recorded: detectors look at it, rules judge what they
/// saw. It sees capture times only, so the same pictures always give the same revisions.
struct CameraPipeline: ~Copyable {
    /// What one picture led to.
    struct Step {
        var revisions: [IncidentRevision] = []
        /// The detectors have not yet learned the scene.
        var isLearning = false
        var wasAnalysed = false
    }

    private var detector: MotionDetector
    private var judge: IncidentJudge
    private let detectsMotion: Bool
    private(set) var isLearning = true
    /// Asks a classifier about moving objects; `nil` where the camera has none.
    private var verifier: ObjectVerifier?
    /// Capture time of the last picture.
    private var lastTime: CaptureTime?

    init(detector: consuming MotionDetector, judge: IncidentJudge, detectsMotion: Bool) {
        self.detector = detector
        self.judge = judge
        self.detectsMotion = detectsMotion
    }

    /// Whether a picture taken then would be analysed: lets the caller skip work for those that are not.
    func isDue(at time: MediaTime) -> Bool { detectsMotion && detector.isDue(at: time) }

    /// Whether anything looks at the pictures at all.
    var detectsAnything: Bool { detectsMotion }

    mutating func analyse(_ picture: borrowing PictureView, at time: CaptureTime) -> Step {
        let report = detector.analyse(picture, at: time.time)
        isLearning = report.isLearning
        lastTime = time
        let observations = verifier?.verify(report.observations, in: picture, at: time.time) ?? report.observations
        let revisions = judge.consider(observations, at: time)
        return Step(revisions: revisions, isLearning: report.isLearning, wasAnalysed: true)
    }

    /// Pictures come again, from a new connection.
    mutating func streamRestarted(at time: MediaTime) -> [IncidentRevision] {
        detector.streamRestarted()
        return judge.streamReturned(at: time)
    }

    mutating func streamLost(at time: MediaTime) -> [IncidentRevision] {
        defer { judge.streamLost(at: time) }
        return judgeWhatWaits()
    }

    /// To be called now and then while no picture comes.
    mutating func streamStillLost(at time: MediaTime) -> [IncidentRevision] { judge.streamStillLost(at: time) }

    mutating func close(at time: MediaTime, interrupted: Bool) -> [IncidentRevision] {
        judgeWhatWaits() + judge.close(at: time, interrupted: interrupted)
    }

    /// The same pipeline, which asks about moving objects before it judges them.
    consuming func verifying(_ verifier: ObjectVerifier?) -> CameraPipeline {
        self.verifier = verifier
        return self
    }

    /// No picture will bring the answers that observations wait for.
    private mutating func judgeWhatWaits() -> [IncidentRevision] {
        guard let lastTime, let waiting = verifier?.releaseAll(), !waiting.isEmpty else { return [] }
        return judge.consider(waiting, at: lastTime)
    }

    /// The latest motion mask at the detector's working size, 0 or 255.
    func withMask<R>(_ body: (PlaneView) -> R) -> R { detector.withMask(body) }

    /// Source pixels per mask pixel, in either direction.
    var maskFactor: Int { detector.maskFactor }
}
