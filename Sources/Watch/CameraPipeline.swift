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
        /// Where open incidents are to be seen on it.
        var sightings: [IncidentSighting] = []
        /// The detectors have not yet learned the scene.
        var isLearning = false
        var wasAnalysed = false
        /// Why the picture does not show what the camera is there for; `nil` while it does.
        var tampering: IncidentKind?
        /// How smoke was looked for on it; `nil` where it was not.
        var smokeRegime: SmokeSettings.Regime?
    }

    private var detector: MotionDetector
    private var smoke: SmokeStage?
    private var flame: FlameStage?
    /// `nil` where nobody asked whether the camera itself is tampered with.
    private var tamper: TamperDetector?
    private var judge: IncidentJudge
    /// What smoke was nearly told of.
    private var nearMisses: NearMissLedger
    private let detectsMotion: Bool
    private let motionPerSecond: Double
    private var pace: MotionPace
    private var tampering: IncidentKind?
    private var motionIsLearning: Bool
    private var smokeIsLearning: Bool
    /// Asks a classifier about moving objects; `nil` where the camera has none.
    private var verifier: ObjectVerifier?
    /// Capture time of the last picture.
    private var lastTime: CaptureTime?
    /// Set while the machine cannot keep up.
    private var halved: HalvedLooks?
    /// What decisions name the camera's settings by.
    private let fingerprint: String
    /// What the danger of fire asks for at present.
    private let demand: @Sendable () -> FireDemand

    /// - Parameters:
    ///   - camera: whose pictures they are.
    ///   - smoke: `nil` where smoke is not looked for.
    ///   - flame: `nil` where flame is not looked for.
    ///   - motionPerSecond: pictures that `detector` looks at.
    ///   - quietMotionPerSecond: and while nothing moves.
    ///   - demand: incidents say at which danger of fire they opened.
    init(
        camera: CameraID, detector: consuming MotionDetector, smoke: consuming SmokeStage?,
        flame: consuming FlameStage?, judge: IncidentJudge, detectsMotion: Bool,
        motionPerSecond: Double, quietMotionPerSecond: Double, detectsAnything: Bool,
        fingerprint: String, demand: @escaping @Sendable () -> FireDemand = { FireDemand() }
    ) {
        self.flame = flame
        self.detector = detector
        motionIsLearning = detectsMotion
        if let smoke {
            faults = smoke.faults
            smokeIsLearning = true
            self.smoke = consume smoke
        } else {
            faults = []
            smokeIsLearning = false
            self.smoke = nil
        }
        self.judge = judge
        nearMisses = NearMissLedger(camera: camera)
        self.detectsMotion = detectsMotion
        self.motionPerSecond = motionPerSecond
        pace = MotionPace(framesPerSecond: motionPerSecond, quietFramesPerSecond: quietMotionPerSecond)
        self.detectsAnything = detectsAnything
        self.fingerprint = fingerprint
        self.demand = demand
        self.judge.incidents(of: .flame, areFoundBy: DetectorVersion.flame)
    }

    /// Whether a detector has not yet learned the scene.
    var isLearning: Bool { motionIsLearning || smokeIsLearning }

    /// What a detector has to do without, in words for people.
    let faults: [String]

    /// Whether a picture taken then would be analysed: lets the caller skip work for those that are not.
    func isDue(at time: MediaTime) -> Bool {
        isMotionDue(at: time) || isSmokeDue(at: time) || isFlameDue(at: time) || isTamperDue(at: time)
    }

    private func isMotionDue(at time: MediaTime) -> Bool {
        detectsMotion && detector.isDue(at: time) && pace.isDue(at: time) && halved?.motion.isDue(at: time) ?? true
    }

    private func isSmokeDue(at time: MediaTime) -> Bool {
        switch smoke {
        case .some(let stage): stage.isDue(at: time) && halved?.smoke?.isDue(at: time) ?? true
        case .none: false
        }
    }

    private func isFlameDue(at time: MediaTime) -> Bool {
        switch flame {
        case .some(let detector): detector.isDue(at: time)
        case .none: false
        }
    }

    /// Which pictures each detector wants to see.
    var schedules: [AnalysisSchedule] {
        var schedules = detectsMotion ? [pace.schedule ?? halved?.motion ?? detector.schedule] : []
        if let smoke = halved?.smoke ?? smokeSchedule { schedules.append(smoke) }
        switch flame {
        case .some(let detector): schedules.append(detector.schedule)
        case .none: break
        }
        // Tampering is looked for on pictures that are decoded anyway.
        if schedules.isEmpty, let tamperSchedule { schedules.append(tamperSchedule) }
        return schedules
    }

    private var tamperSchedule: AnalysisSchedule? {
        switch tamper {
        case .some(let detector): detector.schedule
        case .none: nil
        }
    }

    private var smokeStep: Double? {
        switch smoke {
        case .some(let stage): stage.stepSeconds
        case .none: nil
        }
    }

    private var smokeSchedule: AnalysisSchedule? {
        switch smoke {
        case .some(let stage): stage.schedule
        case .none: nil
        }
    }

    /// Whether detectors of motion and smoke look half as often as they would.
    var looksHalfAsOften: Bool {
        get { halved != nil }
        set {
            guard newValue else {
                halved = nil
                return
            }
            // The danger of fire may have changed the step meanwhile.
            if let halved, halved.smokeStepSeconds == smokeStep { return }
            halved = HalvedLooks(motionPerSecond: motionPerSecond, smokeStepSeconds: smokeStep)
        }
    }

    private func isTamperDue(at time: MediaTime) -> Bool {
        switch tamper {
        case .some(let detector): detector.isDue(at: time)
        case .none: false
        }
    }

    /// Whether a rule about a zone was armed when the last picture was judged.
    var hasArmedZone: Bool { judge.hasArmedZone }

    /// Whether anything looks at the pictures at all.
    let detectsAnything: Bool

    mutating func analyse(_ picture: borrowing PictureView, at time: CaptureTime) -> Step {
        lastTime = time
        var observations: [Observation] = []
        var smokeRegime: SmokeSettings.Regime?
        if isMotionDue(at: time.time) {
            let report = detector.analyse(picture, at: time.time)
            halved?.motionAnalysed(at: time.time)
            pace.analysed(report, at: time.time)
            motionIsLearning = report.isLearning
            judge.note(report.unconfirmed, at: time.time)
            observations = report.observations + report.resting
            observations = verifier?.verify(observations, in: picture, at: time.time) ?? observations
        }
        if isSmokeDue(at: time.time), let report = smoke?.analyse(picture, at: time.time) {
            halved?.smokeAnalysed(at: time.time)
            smokeIsLearning = report.isLearning
            smokeRegime = regimeOfSmoke
            judge.incidents(of: .smoke, areLookedForEvery: stepOfSmoke)
            observations += report.observations
            if !report.observations.isEmpty { judge.incidents(of: .smoke, areFoundBy: smokeVersion) }
            nearMisses.consider(
                report.nearMisses, told: Set(report.observations.compactMap(\.track)), at: time.time)
        }
        if isFlameDue(at: time.time), let found = flame?.analyse(picture, at: time.time) { observations += found }
        judge.pictures(haveAspectRatio: Double(picture.width) / Double(max(1, picture.height)))
        if isTamperDue(at: time.time), let report = tamper?.analyse(picture, at: time.time) {
            tampering = report.observations.first?.kind
            observations += report.observations
        }
        judge.fireDanger(is: demand().level)
        let revisions = judge.consider(observations, at: time)
        return Step(
            revisions: revisions, sightings: judge.sightings, isLearning: isLearning, wasAnalysed: true,
            tampering: tampering, smokeRegime: smokeRegime)
    }

    /// What became of candidates since the last call, and how many more there were than are followed.
    mutating func takeDecisions() -> (decisions: [Decision], dropped: Int) {
        var (decisions, dropped) = judge.takeDecisions()
        let missed = nearMisses.take()
        decisions += missed.decisions
        dropped += missed.dropped
        for index in decisions.indices {
            decisions[index].configuration = fingerprint
            decisions[index].detector = detectorVersion(for: decisions[index].kind)
        }
        return (decisions, dropped)
    }

    private func detectorVersion(for kind: IncidentKind) -> String {
        switch kind {
        case .smoke: smokeVersion
        case .flame: DetectorVersion.flame
        default: DetectorVersion.motion
        }
    }

    private var regimeOfSmoke: SmokeSettings.Regime? {
        switch smoke {
        case .some(let stage): stage.regime
        case .none: nil
        }
    }

    private var stepOfSmoke: Duration {
        switch smoke {
        case .some(let stage): stage.step
        case .none: .zero
        }
    }

    private var smokeVersion: String {
        switch smoke {
        case .some(let stage): stage.version
        case .none: DetectorVersion.smoke
        }
    }

    /// What its detectors have learned and would miss after a restart; `nil` where that is nothing.
    func savedState() -> [UInt8]? {
        switch smoke {
        case .some(let stage): stage.savedState()
        case .none: nil
        }
    }

    /// Goes on where the detectors stood when `savedState` was called.
    mutating func restore(_ state: [UInt8], at now: MediaTime) throws(SmokeStateError) {
        try smoke?.restore(state, at: now)
    }

    /// Pictures come again, from a new connection.
    mutating func streamRestarted(at time: MediaTime) -> [IncidentRevision] {
        detector.streamRestarted()
        pace.interrupted()
        smoke?.streamRestarted()
        flame?.streamRestarted()
        tamper?.streamRestarted()
        return judge.streamReturned(at: time)
    }

    mutating func streamLost(at time: MediaTime) -> [IncidentRevision] {
        defer {
            judge.streamLost(at: time)
            nearMisses.settleAll()
        }
        return judgeWhatWaits()
    }

    /// To be called now and then while no picture comes.
    mutating func streamStillLost(at time: MediaTime) -> [IncidentRevision] { judge.streamStillLost(at: time) }

    mutating func close(at time: MediaTime, interrupted: Bool) -> [IncidentRevision] {
        nearMisses.settleAll()
        return judgeWhatWaits() + judge.close(at: time, interrupted: interrupted)
    }

    /// Notices from now on when the camera itself is tampered with, too.
    mutating func noticeTampering() { tamper = TamperDetector() }

    /// The same pipeline, which asks about moving objects before it judges them.
    consuming func verifying(_ verifier: ObjectVerifier?) -> CameraPipeline {
        self.verifier = verifier
        return self
    }

    /// The same pipeline, which asks about smoke before it judges it.
    consuming func verifyingSmoke(_ opinion: SmokeOpinion?) -> CameraPipeline {
        smoke?.opinion = opinion
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
