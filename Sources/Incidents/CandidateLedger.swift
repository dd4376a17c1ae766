import Domain

/// What one rule has seen and not yet decided, and what it decided: each candidate gives one decision when it becomes
/// part of an incident, or when it is gone without having done so.
struct CandidateLedger: Sendable {
    private struct Entry: Sendable {
        var track: Int?
        var first: MediaTime
        var last: MediaTime
        var box: Box?
        var confidence: Double
        var reason: Decision.Reason
        var measurements: [Measurement]
        /// The incident that it became part of.
        var incident: IncidentID?
    }

    /// A candidate that is not seen for so long, and on so many pictures of its detector, is gone.
    private static let patience = (time: Duration.seconds(3), pictures: 3)
    /// One that stays is told of once in this time, so that the question "why not" has an answer soon; but not more often
    /// than once in so many pictures.
    private static let longest = (time: Duration.seconds(60), pictures: 10)
    /// More candidates at once are counted only.
    private static let mostEntries = 128

    private let camera: CameraID
    private let rule: String
    private let kind: IncidentKind
    private var entries: [Entry] = []
    private(set) var decisions: [Decision] = []
    /// Candidates that were not followed because there were too many at once.
    private(set) var overflow = 0

    init(camera: CameraID, rule: IncidentRule) {
        self.camera = camera
        self.rule = rule.name
        kind = rule.kind
    }

    /// Takes in why a candidate does not count on this picture, or not yet.
    mutating func refuse(
        _ observation: Observation, _ reason: Decision.Reason, _ measurements: [Measurement], at time: MediaTime
    ) {
        guard let index = entry(for: observation, at: time) else { return }
        let old = entries[index]
        // Of several reasons the one that came nearest to an incident, with the value that did.
        let isNearer =
            old.reason.rank < reason.rank
            || (old.reason == reason && (measurements.first?.value ?? 0) >= (old.measurements.first?.value ?? 0))
        guard isNearer else { return }
        entries[index].reason = reason
        entries[index].measurements = measurements + observation.measurements
        entries[index].box = observation.box
    }

    /// A candidate has become part of an incident.
    mutating func confirm(
        _ observation: Observation, _ reason: Decision.Reason, incident: IncidentID, at time: MediaTime
    ) {
        guard let index = entry(for: observation, at: time), entries[index].incident != incident else { return }
        entries[index].incident = incident
        var entry = entries[index]
        entry.reason = reason
        entry.measurements = observation.measurements
        entry.box = observation.box
        decide(entry, .confirmed)
    }

    /// Decides on those that are gone, and on those that have waited long.
    ///
    /// - Parameter step: how far apart the pictures are on which the detector looks.
    mutating func settle(at time: MediaTime, step: Duration) {
        guard !entries.isEmpty else { return }
        let patience = max(Self.patience.time, step * Self.patience.pictures)
        let longest = max(Self.longest.time, step * Self.longest.pictures)
        var kept: [Entry] = []
        for var entry in entries {
            let isGone = time - entry.last > patience
            if entry.incident == nil, isGone || time - entry.first >= longest { decide(entry, .suppressed) }
            if isGone { continue }
            if entry.incident == nil, time - entry.first >= longest {
                entry.first = time
                entry.reason = .opened
            }
            kept.append(entry)
        }
        entries = kept
    }

    /// The timeline or the stream ends: nothing more will be seen of any of them.
    mutating func settleAll() {
        for entry in entries where entry.incident == nil { decide(entry, .suppressed) }
        entries = []
    }

    mutating func take() -> (decisions: [Decision], overflow: Int) {
        defer {
            decisions = []
            overflow = 0
        }
        return (decisions, overflow)
    }

    private mutating func entry(for observation: Observation, at time: MediaTime) -> Int? {
        if let index = entries.firstIndex(where: { $0.track == observation.track }) {
            entries[index].last = time
            entries[index].confidence = max(entries[index].confidence, observation.confidence)
            return index
        }
        guard entries.count < Self.mostEntries else {
            overflow += 1
            return nil
        }
        // `opened` ranks below every reason to refuse: whatever comes first replaces it.
        entries.append(
            Entry(
                track: observation.track, first: time, last: time, box: observation.box,
                confidence: observation.confidence, reason: .opened, measurements: []))
        return entries.count - 1
    }

    private mutating func decide(_ entry: Entry, _ outcome: Decision.Outcome) {
        // A candidate that was refused by nothing since it was last told of has nothing new to tell.
        guard outcome == .confirmed || entry.reason.rank > Decision.Reason.joined.rank else { return }
        decisions.append(
            Decision(
                camera: camera, rule: rule, kind: kind, outcome: outcome, reason: entry.reason, start: entry.first,
                end: entry.last, track: entry.track, box: entry.box, confidence: entry.confidence,
                measurements: entry.measurements, incident: entry.incident))
    }
}

extension Decision.Reason {
    /// How near to an incident: reasons stand in that order.
    fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
