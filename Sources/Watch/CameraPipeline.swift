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
    /// What decisions name the camera's settings by.
    private let fingerprint: String
    private(set) var isLearning = true

    init(detector: consuming MotionDetector, judge: IncidentJudge, detectsMotion: Bool, fingerprint: String) {
        self.detector = detector
        self.judge = judge
        self.detectsMotion = detectsMotion
        self.fingerprint = fingerprint
    }

    /// Whether a picture taken then would be analysed: lets the caller skip work for those that are not.
    func isDue(at time: MediaTime) -> Bool { detectsMotion && detector.isDue(at: time) }

    /// Whether anything looks at the pictures at all.
    var detectsAnything: Bool { detectsMotion }

    mutating func analyse(_ picture: borrowing PictureView, at time: CaptureTime) -> Step {
        let report = detector.analyse(picture, at: time.time)
        isLearning = report.isLearning
        judge.pictures(haveAspectRatio: Double(picture.width) / Double(max(1, picture.height)))
        let revisions = judge.consider(report.observations, at: time)
        return Step(revisions: revisions, isLearning: report.isLearning, wasAnalysed: true)
    }

    /// What became of candidates since the last call, and how many more there were than are followed.
    mutating func takeDecisions() -> (decisions: [Decision], dropped: Int) {
        var (decisions, dropped) = judge.takeDecisions()
        for index in decisions.indices {
            decisions[index].configuration = fingerprint
            decisions[index].detector = DetectorVersion.motion
        }
        return (decisions, dropped)
    }

    /// Pictures come again, from a new connection.
    mutating func streamRestarted(at time: MediaTime) -> [IncidentRevision] {
        detector.streamRestarted()
        return judge.streamReturned(at: time)
    }

    mutating func streamLost(at time: MediaTime) { judge.streamLost(at: time) }

    /// To be called now and then while no picture comes.
    mutating func streamStillLost(at time: MediaTime) -> [IncidentRevision] { judge.streamStillLost(at: time) }

    mutating func close(at time: MediaTime, interrupted: Bool) -> [IncidentRevision] {
        judge.close(at: time, interrupted: interrupted)
    }

    /// The latest motion mask at the detector's working size, 0 or 255.
    func withMask<R>(_ body: (PlaneView) -> R) -> R { detector.withMask(body) }

    /// Source pixels per mask pixel, in either direction.
    var maskFactor: Int { detector.maskFactor }
}
