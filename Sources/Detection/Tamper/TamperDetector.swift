public import Domain
public import PixelKernels

/// What a `TamperDetector` makes of one picture.
public struct TamperReport: Sendable, Equatable {
    /// One for what is wrong with the view, on each picture for as long as it is; none while all is well.
    public var observations: [Observation]
    public var isLearning: Bool
}

/// Notices that a camera no longer shows what it was put up for: covered, turned away, out of focus, black,
/// over-exposed or frozen.
///
/// Each picture is held, cell by cell, against a view that is learned over minutes: how bright a cell is and how much edge
/// it holds. What changes slowly (dawn, fog, rain, dusk) is learned on the way; what changes at once but leaves the edges
/// where they were (a lamp, the switch to infrared) is no tampering; what loses them must do so for seconds. The edges'
/// loss and displacement follow the usual features of the field (P. Gil-Jiménez et al., "Automatic control of video
/// surveillance camera sabotage", 2007; A. Sağlam and A. Temizel, "Real-time adaptive camera tamper detection for video
/// surveillance", 2009).
///
/// Deterministic: the same pictures with the same capture times give the same report.
public struct TamperDetector: ~Copyable, Sendable {
    /// A pause between pictures counts for no more than this.
    private static let longestStep = 2.0
    /// Cells that may change in a frozen picture: the clock that a camera writes into it.
    private static let frozenChange = 0.01

    private let settings: TamperSettings
    public private(set) var schedule: AnalysisSchedule
    private var picture: TamperPicture?
    private var sourceSize = (width: 0, height: 0)
    private var view = TamperReference(cells: 0)
    /// Seconds for which each condition has held, up to what confirms it.
    private var held = [Double](repeating: 0, count: TamperCondition.allCases.count)
    private var current: TamperCondition?
    private var since: MediaTime?
    private var currentSeconds = 0.0

    public init(settings: TamperSettings = TamperSettings()) {
        self.settings = settings
        schedule = AnalysisSchedule(framesPerSecond: settings.framesPerSecond)
    }

    /// Whether a picture taken then would be looked at.
    public func isDue(at time: MediaTime) -> Bool { schedule.isDue(at: time) }

    /// Pictures come again after a pause. The learned view stays: the camera may have been turned meanwhile.
    public mutating func streamRestarted() {
        schedule.interrupted()
        picture?.forgetPrevious()
        held[TamperCondition.frozen.place] = 0
    }

    /// Analyses one picture.
    public mutating func analyse(_ source: borrowing PictureView, at time: MediaTime) -> TamperReport {
        let seconds = min(schedule.analysed(at: time) ?? 0, Self.longestStep)
        prepare(source)
        guard var picture = picture.take() else { return TamperReport(observations: [], isLearning: false) }
        picture.load(source)
        let report = report(on: picture, seconds: seconds, at: time)
        self.picture = consume picture
        return report
    }

    private mutating func report(on picture: borrowing TamperPicture, seconds: Double, at time: MediaTime)
        -> TamperReport
    {
        guard view.learnedSeconds >= settings.learnSeconds else {
            view.learn(picture, seconds: seconds, following: settings.followSeconds)
            return TamperReport(observations: [], isLearning: true)
        }
        let measures = view.measure(picture)
        let isStill = (picture.changedShare ?? 1) <= Self.frozenChange
        judge(measures, isStill: isStill, seconds: seconds, at: time)
        follow(picture, seconds: seconds)
        return TamperReport(observations: observations(measures, at: time), isLearning: false)
    }

    /// A stream of another size is another view.
    private mutating func prepare(_ source: borrowing PictureView) {
        guard sourceSize != (source.width, source.height) else { return }
        sourceSize = (source.width, source.height)
        forget()
        view = TamperReference(cells: 0)
        picture = nil
        guard let made = TamperPicture(sourceWidth: source.width, sourceHeight: source.height) else { return }
        view = TamperReference(cells: made.means.count)
        picture = consume made
    }

    private mutating func forget() {
        for index in held.indices { held[index] = 0 }
        current = nil
        since = nil
        currentSeconds = 0
    }

    /// Counts how long each condition has held, and settles on one.
    private mutating func judge(_ measures: TamperMeasures, isStill: Bool, seconds: Double, at time: MediaTime) {
        var isTaken = false
        for condition in TamperCondition.allCases {
            let isFrozen = condition == .frozen
            let limit = isFrozen ? settings.frozenSeconds : settings.confirmSeconds
            let holds =
                isFrozen ? isStill : !isTaken && condition.holds(measures, against: view, isOn: current == condition)
            isTaken = isTaken || (holds && !isFrozen)
            let place = condition.place
            // A picture that moves is not frozen; the others may flicker.
            held[place] = holds ? min(held[place] + seconds, limit) : isFrozen ? 0 : max(0, held[place] - 2 * seconds)
        }
        if let current, held[current.place] > 0 {
            currentSeconds += seconds
            return
        }
        current = TamperCondition.allCases.first { condition in
            held[condition.place] >= (condition == .frozen ? settings.frozenSeconds : settings.confirmSeconds)
        }
        currentSeconds = 0
        since = current.map { condition in time - .seconds(held[condition.place]) }
    }

    /// Learns the view, unless it is in doubt.
    private mutating func follow(_ picture: borrowing TamperPicture, seconds: Double) {
        if let current, current.isAccepted, currentSeconds > settings.acceptSeconds {
            view = TamperReference(cells: picture.means.count)
            forget()
        }
        let isInDoubt = TamperCondition.allCases.contains { $0 != .frozen && held[$0.place] > 0 }
        if !isInDoubt { view.learn(picture, seconds: seconds, following: settings.followSeconds) }
    }

    private func observations(_ measures: TamperMeasures, at time: MediaTime) -> [Observation] {
        guard let current else { return [] }
        var measurements = current.measurements(measures)
        if current == .frozen {
            measurements = [Measurement(name: "unchangedSeconds", value: currentSeconds + settings.frozenSeconds)]
        }
        return [
            Observation(kind: current.kind, time: time, confidence: 0.9, since: since, measurements: measurements)
        ]
    }
}

extension TamperCondition {
    fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
