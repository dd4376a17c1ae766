import Detection
import Domain
import PixelKernels
import SiteConfiguration
import SmokeModels

/// The smoke detector of one camera, in the regime that its configuration names or its pictures call for.
struct SmokeStage: ~Copyable {
    /// Pictures at least this far apart come from a tower.
    private static let towerSeconds = 5.0
    /// So many intervals in a row must say so: a stream that stalls once is no tower.
    private static let intervalsToTell = 2

    /// What of the models could not be used.
    let faults: [String]
    private var detector: SmokeDetector
    private(set) var regime: SmokeSettings.Regime
    private let detail: SmokeSettings.Detail
    /// What the danger of fire asks for at present.
    private let demand: @Sendable () -> FireDemand
    /// Where smoke comes again and again; `nil` where nobody remembers.
    private let habits: HabitKeeper?
    /// What a detector of the user's says of it; `nil` where there is none.
    var opinion: SmokeOpinion?
    /// `nil` once the regime is settled.
    private var undecidedSince: (last: MediaTime?, slow: Int)?

    /// `nil` where no model is left to judge with: `faults` of the library say why.
    ///
    /// - Parameter demand: looked up for each picture.
    init(
        _ options: SmokeOptions, demand: @escaping @Sendable () -> FireDemand = { FireDemand() },
        habits: HabitKeeper? = nil
    ) {
        self.demand = demand
        self.habits = habits
        regime = options.regime == .tower ? .tower : .near
        let loaded = SmokeModelLibrary.model(for: regime)
        faults = loaded.faults.map { "\($0.problem). \($0.remedy)" }
        detail = options.detail == .fine ? .fine : .usual
        detector = Self.detector(regime, detail)
        undecidedSince = options.regime == .automatic ? (nil, 0) : nil
    }

    /// What decisions name it by: the detector's version and the first digits of its models' hashes.
    var version: String {
        ([DetectorVersion.smoke] + detector.modelHashes.map { String($0.prefix(12)) }).joined(separator: " ")
    }

    func isDue(at time: MediaTime) -> Bool { detector.isDue(at: time) }

    var schedule: AnalysisSchedule { detector.schedule }

    /// Between pictures that it looks at.
    var stepSeconds: Double { demand().pictureEverySeconds ?? SmokeSettings(regime: regime).stepSeconds }

    /// How far apart the pictures are at present that it looks at: its own step, or the stream's where that is longer.
    private(set) var step = Duration.zero

    mutating func streamRestarted() { detector.streamRestarted() }

    mutating func analyse(_ picture: borrowing PictureView, at time: MediaTime) -> SmokeReport {
        decide(at: time)
        let demand = demand()
        detector.demand(bar: demand.smokeBar, stepSeconds: demand.pictureEverySeconds)
        step = detector.interval(until: time)
        var report = detector.analyse(picture, at: time)
        opinion?.consider(&report, in: picture, at: time, mostEvidence: detector.mostEvidence)
        if let habits { Self.heed(habits, &report, at: time, mostEvidence: detector.mostEvidence) }
        report.suppress(.tooShort) { observation in demand.shortfall(of: observation, at: time) }
        return report
    }

    /// Smoke that comes to this place at this hour again and again must show more.
    private static func heed(
        _ habits: HabitKeeper, _ report: inout SmokeReport, at time: MediaTime, mostEvidence: Double
    ) {
        let seen = report.observations.compactMap(\.box)
        report.suppress(.habit) { observation in
            guard let box = observation.box else { return nil }
            return observation.shortfall(barShare: habits.bar(for: box, at: time), mostEvidence: mostEvidence)
        }
        habits.see(seen, at: time)
    }

    private mutating func decide(at time: MediaTime) {
        guard let (last, slow) = undecidedSince else { return }
        guard let last else {
            undecidedSince = (time, 0)
            return
        }
        guard (time - last).inSeconds >= Self.towerSeconds else {
            undecidedSince = nil
            // What was kept of it told of a tower.
            if regime == .tower { begin(.near) }
            return
        }
        undecidedSince = (time, slow + 1)
        guard slow + 1 >= Self.intervalsToTell else { return }
        undecidedSince = nil
        if regime != .tower { begin(.tower) }
    }

    private mutating func begin(_ regime: SmokeSettings.Regime) {
        self.regime = regime
        detector = Self.detector(regime, detail)
    }

    private static func detector(
        _ regime: SmokeSettings.Regime, _ detail: SmokeSettings.Detail
    ) -> SmokeDetector {
        SmokeDetector(
            settings: SmokeSettings(regime: regime, detail: detail), model: SmokeModelLibrary.model(for: regime).model)
    }

    /// What is worth keeping over a restart: near by, a scene is learned anew in four seconds.
    func savedState() -> [UInt8]? { regime == .tower ? detector.savedState() : nil }

    /// Goes on where a tower's detector stood.
    ///
    /// - Throws: where the state does not fit; then nothing has changed.
    mutating func restore(_ state: [UInt8], at now: MediaTime) throws(SmokeStateError) {
        // A camera that is said to be near has no use for it.
        guard regime == .tower || undecidedSince != nil else { return }
        var tower = Self.detector(.tower, detail)
        try tower.restore(state, at: now)
        regime = .tower
        detector = tower
    }
}
