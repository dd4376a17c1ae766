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
        var box: Box?
    }

    /// An object that stays away longer than this has to be seen long enough again.
    private static let longestMiss = Duration.seconds(3)
    /// The same in pictures, where its detector looks at few.
    private static let picturesMissed = 2
    /// Who stands still becomes part of the background for a while: someone who loiters is waited for longer.
    private static let longestStandstill = Duration.seconds(15)

    let rule: IncidentRule
    private let camera: CameraID
    private let zones: [Zone]
    private var open: OpenIncident?
    /// In order of appearance.
    private var candidates: [Candidate] = []
    private var lineWatch: LineWatch?
    private var ledger: CandidateLedger
    /// Where the previous incident ended: the next one begins after it.
    private var previousEnd: MediaTime?
    /// When the previous incident was closed.
    private var previousClose: MediaTime?
    /// What the open incident has been told about, where each object is an event of its own.
    private var told: Set<Int> = []
    /// Counts pictures, since capture times may repeat.
    private var picture = 0

    init(rule: IncidentRule, camera: CameraID, zones: [Zone]) {
        self.rule = rule
        self.camera = camera
        self.zones = zones
        lineWatch = rule.line.map(LineWatch.init)
        ledger = CandidateLedger(camera: camera, rule: rule)
    }

    var incident: Incident? { open?.incident }

    /// Where the open incident was seen on the picture taken at `time`; `nil` where it was not.
    func sighting(at time: MediaTime) -> IncidentSighting? {
        guard let open, open.incident.lastSeen == time, let seen = open.sighted, let box = seen.box else { return nil }
        return IncidentSighting(incident: open.incident, box: box, confidence: seen.confidence)
    }

    /// - Parameters:
    ///   - paths: where each track went, this picture included.
    ///   - gate: what keeps the rule from counting anything now. What it follows it goes on following.
    mutating func consider(
        _ sightings: [Sighting], paths: [Int: TrackPath], in scene: Scene, gate: Gate, at time: CaptureTime,
        naming: inout IncidentNaming
    ) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        if let open, open.isQuiet(at: time.time, for: rule.quietTime) {
            revisions += [close(at: time.time, interrupted: false)].compactMap { $0 }
        }
        picture += 1
        let step = scene.steps[rule.kind] ?? .zero
        dropCandidates(seenNow: sightings, step: step, at: time.time)
        let seen = counted(sightings, paths: paths, in: scene, gate: gate, at: time.time)
        if rule.waitsForEach || open == nil { note(seen, at: time.time) }
        if open != nil, !newcomers(among: seen, at: time.time).isEmpty {
            // Something lies there for hours: another thing that is left meanwhile is told of, too.
            revisions += [finish(at: time.time, interrupted: false)].compactMap { $0 }
            // Which came while the first one was there.
            previousEnd = nil
        }
        if open != nil {
            let joining = rule.waitsForEach ? ripeSightings(seen, at: time.time) : seen
            if !joining.isEmpty {
                open?.absorb(joining.map(\.observation), at: time.time, zones: zones, rule: rule)
                confirm(joining, .joined, at: time.time)
            }
            if let update = open?.dueUpdate(at: time.time) { revisions.append(update) }
        } else if !seen.isEmpty {
            if let opened = openIfSeenLongEnough(seen, in: scene, at: time, naming: &naming) {
                revisions.append(opened)
            }
        }
        ledger.settle(at: time.time, step: step)
        return revisions
    }

    mutating func close(at time: MediaTime, interrupted: Bool) -> IncidentRevision? {
        if !rule.waitsForEach || interrupted { candidates = [] }
        told = []
        return finish(at: time, interrupted: interrupted)
    }

    private mutating func finish(at time: MediaTime, interrupted: Bool) -> IncidentRevision? {
        guard let closing = open else { return nil }
        open = nil
        previousEnd = closing.incident.lastSeen
        previousClose = time
        return closing.closed(at: time, interrupted: interrupted)
    }

    mutating func forgetCandidates() {
        candidates = []
        told = []
        lineWatch?.forgetAll()
        ledger.settleAll()
    }

    mutating func streamReturned(at time: MediaTime) { open?.quietSince = time }

    mutating func restartTimeline() {
        forgetCandidates()
        previousEnd = nil
        previousClose = nil
    }

    /// What was decided since the last call.
    mutating func takeDecisions() -> (decisions: [Decision], overflow: Int) { ledger.take() }

    /// For tests: what is remembered of tracks.
    var remembered: Int { candidates.count + (lineWatch?.count ?? 0) }
}

extension RuleState {
    /// The sightings that count on this picture, with what this rule has measured; notes why others do not.
    private mutating func counted(
        _ sightings: [Sighting], paths: [Int: TrackPath], in scene: Scene, gate: Gate, at time: MediaTime
    ) -> [Sighting] {
        if let count = lineWatch?.count, count > 256 { lineWatch?.forget(before: time - IncidentJudge.trackMemory) }
        var seen: [Sighting] = []
        for sighting in sightings where rule.concerns(sighting.observation) {
            let path = sighting.observation.track.flatMap { paths[$0] }
            var verdict = rule.examine(sighting, path: path, in: scene)
            // Followed whatever else holds, so that a line that was crossed at a wrong hour is not crossed later.
            if rule.kind == .lineCrossing {
                let crossed = crossing(of: sighting.observation.track, path, in: scene)
                if case .counts = verdict { verdict = crossed }
            }
            if case .counts = verdict, let reason = gate.reason ?? coolingReason(at: time) {
                verdict = .refused(reason, [])
            }
            switch verdict {
            case .counts(let measured):
                var observation = sighting.observation
                observation.measurements = measured + observation.measurements
                seen.append(Sighting(sighting, observation))
            case .refused(let reason, let measured):
                ledger.refuse(sighting.observation, reason, measured, at: time)
            }
        }
        return seen
    }

    private mutating func crossing(of track: Int?, _ path: TrackPath?, in scene: Scene) -> Verdict {
        guard let track, let path, lineWatch != nil else { return .refused(.untracked, []) }
        guard let way = lineWatch?.follow(track, path, aspectRatio: scene.aspectRatio) else {
            return .refused(.notCrossed, [])
        }
        let isWanted =
            switch rule.crossing {
            case .both: true
            case .leftToRight: way == .leftToRight
            case .rightToLeft: way == .rightToLeft
            }
        let measured = [Measurement(name: "crossedLeftToRight", value: way == .leftToRight ? 1 : 0)]
        return isWanted ? .counts(measured) : .refused(.notCrossed, measured)
    }

    private func coolingReason(at time: MediaTime) -> Decision.Reason? {
        guard open == nil, let previousClose, time - previousClose < rule.cooldown else { return nil }
        return .coolingDown
    }

    private mutating func dropCandidates(seenNow: [Sighting], step: Duration, at time: MediaTime) {
        let miss = max(min(Self.longestMiss, rule.quietTime), step * Self.picturesMissed)
        guard rule.kind == .loitering else {
            candidates.removeAll { time - $0.last > miss }
            return
        }
        // One whose track is seen, but not here, has left; one of whom nothing is seen may be standing still.
        let standstill = min(Self.longestStandstill, rule.quietTime)
        candidates.removeAll { candidate in
            let isElsewhere = seenNow.contains { $0.observation.track == candidate.track }
            return time - candidate.last > (isElsewhere ? miss : standstill)
        }
    }

    private mutating func note(_ seen: [Sighting], at time: MediaTime) {
        for sighting in seen {
            let box = sighting.observation.box
            if let index = index(of: sighting, among: seen) {
                // Several observations of one picture that have no track are one thing seen.
                if candidates[index].picture != picture { candidates[index].frames += 1 }
                candidates[index].track = sighting.observation.track
                candidates[index].picture = picture
                candidates[index].last = time
                candidates[index].extent = candidates[index].extent.union(box)
                candidates[index].box = box
            } else {
                let first = rule.kind.beganBeforeItWasConfirmed ? sighting.since : time
                candidates.append(
                    Candidate(
                        track: sighting.observation.track, first: first, last: time, picture: picture, frames: 1,
                        extent: box, box: box))
            }
        }
    }

    /// The candidate that a sighting belongs to. Someone who loiters and stood still comes back as a new track, near where
    /// the old one ended.
    private func index(of sighting: Sighting, among seen: [Sighting]) -> Int? {
        let track = sighting.observation.track
        if let index = candidates.firstIndex(where: { $0.track == track }) { return index }
        guard rule.kind == .loitering, let box = sighting.observation.box else { return nil }
        return candidates.firstIndex { candidate in
            guard candidate.picture != picture, let old = candidate.box else { return false }
            let isSeenItself = seen.contains { $0.observation.track == candidate.track }
            return !isSeenItself && old.intersectionArea(with: box) > 0.2 * min(old.area, box.area)
        }
    }

    private func isRipe(_ candidate: Candidate, at time: MediaTime) -> Bool {
        candidate.picture == picture && time - candidate.first >= rule.minimumDuration
    }

    private func ripeSightings(_ seen: [Sighting], at time: MediaTime) -> [Sighting] {
        seen.filter { sighting in
            candidates.contains { $0.track == sighting.observation.track && isRipe($0, at: time) }
        }
    }

    /// Of objects that are events of their own, those that the open incident has not been told about.
    private func newcomers(among seen: [Sighting], at time: MediaTime) -> [Sighting] {
        guard rule.tellsEach, rule.cooldown == .zero else { return [] }
        return ripeSightings(seen, at: time).filter(isNew)
    }

    private func isNew(_ sighting: Sighting) -> Bool { isNew(sighting.observation.track) }

    private func isNew(_ track: Int?) -> Bool { track.map { !told.contains($0) } ?? true }

    private mutating func confirm(_ sightings: [Sighting], _ reason: Decision.Reason, at time: MediaTime) {
        guard let id = open?.incident.id else { return }
        for sighting in sightings { ledger.confirm(sighting.observation, reason, incident: id, at: time) }
    }

    private mutating func openIfSeenLongEnough(
        _ seen: [Sighting], in scene: Scene, at time: CaptureTime, naming: inout IncidentNaming
    ) -> IncidentRevision? {
        let ripe = candidates.filter { isRipe($0, at: time.time) && isNew($0.track) }
        let causes = ripeSightings(seen, at: time.time).filter(isNew)
        for sighting in seen
        where isNew(sighting) && !causes.contains(where: { $0.observation.track == sighting.observation.track }) {
            let waited = candidates.first { $0.track == sighting.observation.track }.map { time.time - $0.first }
            ledger.refuse(
                sighting.observation, .tooShort,
                [stay(waited ?? .zero)], at: time.time)
        }
        guard let first = ripe.map(\.first).min(), let frames = ripe.map(\.frames).max(),
            let cause = causes.max(by: { $0.observation.confidence < $1.observation.confidence })?.observation
        else { return nil }
        // Where the last incident ended, this one cannot have begun before.
        let start = previousEnd.map { max(first, min($0 + .microseconds(1), time.time)) } ?? first
        let measured = rule.minimumDuration > .zero ? [stay(time.time - first)] : []
        var incident = Incident(
            id: naming.name(camera: camera, kind: rule.kind, start: start), kind: rule.kind, camera: camera,
            severity: rule.severity, start: start,
            startUncertaintyMicroseconds: time.uncertainty.inMicroseconds, confidence: cause.confidence,
            box: cause.box, rule: rule.name, measurements: measured + cause.measurements)
        incident.frames = frames - 1
        incident.detector = scene.detectors[rule.kind]
        if rule.kind.desk == .fire { incident.dangerLevel = scene.fireDanger }
        for candidate in ripe { incident.extent = incident.extent.union(candidate.extent) }
        if !rule.waitsForEach { candidates = [] }
        if rule.tellsEach { told.formUnion(causes.compactMap(\.observation.track)) }
        var opening = OpenIncident(incident, at: time.time)
        // The ripe ones first, so that the incident's tracks begin with those that opened it.
        opening.absorb(causes.map(\.observation), at: time.time, zones: zones, rule: rule)
        if !rule.waitsForEach { opening.join(seen.map(\.observation), zones: zones, rule: rule) }
        let revision = opening.opened(at: time.time)
        open = opening
        confirm(causes, .opened, at: time.time)
        if !rule.waitsForEach { confirm(seen, .joined, at: time.time) }
        return revision
    }

    private func stay(_ duration: Duration) -> Measurement {
        Measurement(name: "staySeconds", value: duration.inSeconds, threshold: rule.minimumDuration.inSeconds)
    }
}

extension Box? {
    /// The box around both; what has no place adds none.
    func union(_ other: Box?) -> Box? {
        guard let self, let other else { return self ?? other }
        return self.union(other)
    }
}
