import Detection
import Domain

/// The schedules of a camera that is held back: its detectors look half as often as they would.
struct HalvedLooks {
    /// Motion is scored down to five pictures a second.
    private static let fewestMotionPictures = 5.0
    /// Who looks less often than this is no burden.
    private static let longestHalved = Duration.seconds(5)

    private(set) var motion: AnalysisSchedule
    private(set) var smoke: AnalysisSchedule?
    /// What it was made for.
    let smokeStepSeconds: Double?

    /// - Parameters:
    ///   - motionPerSecond: pictures that are looked at while nothing is wrong.
    ///   - smokeStepSeconds: between pictures while nothing is wrong; `nil` where smoke is not looked for.
    init(motionPerSecond: Double, smokeStepSeconds: Double?) {
        self.smokeStepSeconds = smokeStepSeconds
        motion = AnalysisSchedule(
            framesPerSecond: min(motionPerSecond, max(motionPerSecond / 2, Self.fewestMotionPictures)))
        smoke = smokeStepSeconds.map { step in
            AnalysisSchedule(framesPerSecond: 1 / (step < Self.longestHalved.inSeconds ? step * 2 : step))
        }
    }

    mutating func motionAnalysed(at time: MediaTime) { motion.analysed(at: time) }
    mutating func smokeAnalysed(at time: MediaTime) { smoke?.analysed(at: time) }
}
