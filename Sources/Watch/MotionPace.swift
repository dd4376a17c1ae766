import Detection
import Domain

/// How often motion is looked for: less often while nothing moves and nothing changes. Decided by capture times and by what
/// was seen alone.
struct MotionPace {
    /// For how long nothing must have been seen.
    private static let calmSeconds = 2.0

    /// `nil` where quiet makes no difference.
    private let quietFramesPerSecond: Double?
    private var calmSince: MediaTime?
    /// Which pictures are looked at while nothing moves; `nil` while the detector's own schedule counts.
    private(set) var schedule: AnalysisSchedule?

    /// - Parameters:
    ///   - framesPerSecond: pictures that are looked at while something moves.
    ///   - quietFramesPerSecond: and while nothing does.
    init(framesPerSecond: Double, quietFramesPerSecond: Double) {
        self.quietFramesPerSecond = quietFramesPerSecond < framesPerSecond ? quietFramesPerSecond : nil
    }

    func isDue(at time: MediaTime) -> Bool { schedule?.isDue(at: time) ?? true }

    /// - Parameter time: the picture's capture time.
    mutating func analysed(_ report: MotionReport, at time: MediaTime) {
        guard let quietFramesPerSecond else { return }
        // An object that has come to rest is known, and no longer something that moves.
        let isCalm =
            !report.isLearning && report.candidates.isEmpty && report.sceneChange == nil
            && !report.observations.contains { $0.kind == .motion }
        guard isCalm, let since = calmSince, time >= since else {
            calmSince = isCalm ? time : nil
            schedule = nil
            return
        }
        guard (time - since).inSeconds >= Self.calmSeconds else { return }
        // Its grid begins here: the pictures looked at before were more than it knows.
        if schedule == nil { schedule = AnalysisSchedule(framesPerSecond: quietFramesPerSecond) }
        schedule?.analysed(at: time)
    }

    /// What is there after a pause is looked at closely.
    mutating func interrupted() {
        calmSince = nil
        schedule = nil
    }
}
