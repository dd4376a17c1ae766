import Domain

/// An incident while it lasts, and what of it has not been written yet.
struct OpenIncident: Sendable {
    /// Growth of the confidence that is worth a revision.
    private static let notableConfidence = 0.1
    /// A busy road has thousands of tracks an hour, and each revision holds the list: no more than these are named.
    private static let namedTracks = 200

    private(set) var incident: Incident
    /// The largest of its objects on the last picture that shows it.
    private(set) var sighted: Observation?
    /// The quiet time runs from here: last seen, or the return of a stream that was away.
    var quietSince: MediaTime
    private var written: MediaTime
    private var writtenConfidence: Double
    private var hasNews = false

    init(_ incident: Incident, at time: MediaTime) {
        self.incident = incident
        quietSince = time
        written = time
        writtenConfidence = incident.confidence
    }

    func isQuiet(at time: MediaTime, for quietTime: Duration) -> Bool { time - quietSince >= quietTime }

    /// Takes in what one picture shows of it.
    mutating func absorb(_ observations: [Observation], at time: MediaTime, zones: [Zone], rule: IncidentRule) {
        incident.lastSeen = time
        quietSince = time
        incident.frames += 1
        sighted = nil
        join(observations, zones: zones, rule: rule)
    }

    /// Adds observations of a picture that is counted already.
    mutating func join(_ observations: [Observation], zones: [Zone], rule: IncidentRule) {
        for observation in observations {
            incident.extent = incident.extent.union(observation.box)
            incident.confidence = max(incident.confidence, observation.confidence)
            if let object = observation.object {
                let surest = object.combined(with: incident.object)
                if surest.label != incident.object?.label || surest.state != incident.object?.state { hasNews = true }
                incident.object = surest
            }
            if let change = observation.sceneChange, change != incident.sceneChange {
                incident.sceneChange = change
                hasNews = true
            }
            if let track = observation.track, incident.tracks.count < Self.namedTracks,
                !incident.tracks.contains(track)
            {
                incident.tracks.append(track)
                hasNews = true
            }
            guard let box = observation.box else { continue }
            let isLargest = box.area > sighted?.box?.area ?? 0
            if isLargest { sighted = observation }
            place(observation.ground, isLargest: isLargest)
            for zone in zones where !incident.zones.contains(zone.id) && rule.touches(zone, box) {
                incident.zones.append(zone.id)
                hasNews = true
            }
        }
        if incident.confidence - writtenConfidence >= Self.notableConfidence { hasNews = true }
    }

    private mutating func place(_ ground: GroundFinding?, isLargest: Bool) {
        guard let ground else { return }
        guard let known = incident.ground, !isLargest else {
            incident.ground = ground.after(incident.ground)
            return
        }
        incident.ground = known.after(ground)
    }

    mutating func opened(at time: MediaTime) -> IncidentRevision { write(.opened, at: time) }

    /// The update that is due by now, if one is: for news soon, for nothing but going on seldom and only while it is seen.
    mutating func dueUpdate(at time: MediaTime) -> IncidentRevision? {
        let age = time - written
        let isDue =
            (hasNews && age >= IncidentJudge.shortestUpdateInterval)
            || (incident.lastSeen == time && age >= IncidentJudge.longestUpdateInterval)
        return isDue ? write(.updated, at: time) : nil
    }

    consuming func closed(at time: MediaTime, interrupted: Bool) -> IncidentRevision {
        incident.state = .closed
        incident.interrupted = interrupted
        return write(.closed, at: time)
    }

    private mutating func write(_ change: IncidentRevision.Change, at time: MediaTime) -> IncidentRevision {
        written = time
        writtenConfidence = incident.confidence
        hasNews = false
        return IncidentRevision(incident: incident, change: change, time: time)
    }
}
