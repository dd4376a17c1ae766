import Domain

/// What one rule of one camera has going on: objects that are not yet seen long enough, and the incident that is open.
struct RuleState: Sendable {
    /// An object that this rule sees, before it has been seen long enough to open an incident.
    private struct Candidate: Sendable {
        var track: Int?
        var first: MediaTime
        var last: MediaTime
        /// Number of the last picture on which it was seen.
        var picture: Int
        var frames: Int
        var extent: Box?
    }

    /// An object that stays away longer than this has to be seen long enough again.
    private static let longestMiss = Duration.seconds(3)

    let rule: IncidentRule
    private let camera: CameraID
    private let zones: [Zone]
    private var open: OpenIncident?
    /// In order of appearance.
    private var candidates: [Candidate] = []
    /// Where the previous incident ended: the next one begins after it.
    private var previousEnd: MediaTime?
    /// Counts pictures, since capture times may repeat.
    private var picture = 0

    init(rule: IncidentRule, camera: CameraID, zones: [Zone]) {
        self.rule = rule
        self.camera = camera
        self.zones = zones
    }

    var incident: Incident? { open?.incident }

    mutating func consider(
        _ sightings: [Sighting], at time: CaptureTime, naming: inout IncidentNaming
    ) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        if let open, open.isQuiet(at: time.time, for: rule.quietTime) {
            revisions += [close(at: time.time, interrupted: false)].compactMap { $0 }
        }
        picture += 1
        candidates.removeAll { time.time - $0.last > min(Self.longestMiss, rule.quietTime) }
        let seen = sightings.filter { rule.concerns($0.observation) && rule.covers($0.observation.box) }
        if open != nil {
            if !seen.isEmpty { open?.absorb(seen.map(\.observation), at: time.time, zones: zones, rule: rule) }
            if let update = open?.dueUpdate(at: time.time) { revisions.append(update) }
        } else if !seen.isEmpty {
            note(seen, at: time.time)
            if let opened = openIfSeenLongEnough(seen, at: time, naming: &naming) { revisions.append(opened) }
        }
        return revisions
    }

    mutating func close(at time: MediaTime, interrupted: Bool) -> IncidentRevision? {
        candidates = []
        guard let closing = open else { return nil }
        open = nil
        previousEnd = closing.incident.lastSeen
        return closing.closed(at: time, interrupted: interrupted)
    }

    mutating func forgetCandidates() { candidates = [] }

    mutating func streamReturned(at time: MediaTime) { open?.quietSince = time }

    mutating func restartTimeline() {
        candidates = []
        previousEnd = nil
    }

    private mutating func note(_ seen: [Sighting], at time: MediaTime) {
        for sighting in seen {
            let box = sighting.observation.box
            if let index = candidates.firstIndex(where: { $0.track == sighting.observation.track }) {
                // Several observations of one picture that have no track are one thing seen.
                if candidates[index].picture != picture { candidates[index].frames += 1 }
                candidates[index].picture = picture
                candidates[index].last = time
                candidates[index].extent = candidates[index].extent.union(box)
            } else {
                // Where the last incident ended, this one cannot have begun before.
                let first = previousEnd.map { max(sighting.since, min($0 + .microseconds(1), time)) } ?? sighting.since
                candidates.append(
                    Candidate(
                        track: sighting.observation.track, first: first, last: time, picture: picture, frames: 1,
                        extent: box))
            }
        }
    }

    private mutating func openIfSeenLongEnough(
        _ seen: [Sighting], at time: CaptureTime, naming: inout IncidentNaming
    ) -> IncidentRevision? {
        let ripe = candidates.filter { $0.picture == picture && time.time - $0.first >= rule.minimumDuration }
        let causes = seen.map(\.observation).filter { observation in ripe.contains { $0.track == observation.track } }
        guard let start = ripe.map(\.first).min(), let frames = ripe.map(\.frames).max(),
            let cause = causes.max(by: { $0.confidence < $1.confidence })
        else { return nil }
        var incident = Incident(
            id: naming.name(camera: camera, kind: rule.kind, start: start), kind: rule.kind, camera: camera,
            severity: rule.severity, start: start,
            startUncertaintyMicroseconds: time.uncertainty.inMicroseconds, confidence: cause.confidence,
            box: cause.box, rule: rule.name, measurements: cause.measurements)
        incident.frames = frames - 1
        for candidate in ripe { incident.extent = incident.extent.union(candidate.extent) }
        candidates = []
        var opening = OpenIncident(incident, at: time.time)
        // The ripe ones first, so that the incident's tracks begin with those that opened it.
        opening.absorb(causes, at: time.time, zones: zones, rule: rule)
        opening.join(seen.map(\.observation), zones: zones, rule: rule)
        let revision = opening.opened(at: time.time)
        open = opening
        return revision
    }
}

extension Box? {
    /// The box around both; what has no place adds none.
    func union(_ other: Box?) -> Box? {
        guard let self, let other else { return self ?? other }
        return self.union(other)
    }
}
