import Domain

/// Makes an incident of cameras whose stream is lost, and one of those that are lost together: a switch that fails takes
/// its cameras with it within seconds. Pure: it reads no clock.
struct LossWatch {
    /// Shorter losses are counted and shown, but nobody is called.
    static let patience = Duration.seconds(20)
    /// Losses of one group that begin no further apart than this have one cause.
    static let togetherWithin = Duration.seconds(10)

    private struct Loss {
        var since: MediaTime
        var noticed: Duration
        /// Of the cause that it was put down to.
        var cause: Int?
    }

    private struct Cause {
        var incident: Incident
        var group: String
        /// When the last camera that belongs to it was lost.
        var lastNoticed: Duration
        var cameras: Set<CameraID>
        var away: Set<CameraID>
    }

    /// What each camera shares with others; a camera without an entry is lost alone.
    private var groups: [CameraID: String]
    private var losses: [CameraID: Loss] = [:]
    private var causes: [Int: Cause] = [:]
    private var nextCause = 0

    init(groups: [CameraID: String]) { self.groups = groups }

    /// Takes in what all cameras are doing; to be called every few seconds.
    ///
    /// - Parameter monotonic: now.
    mutating func consider(_ statuses: [CameraStatus], wall: MediaTime, monotonic: Duration) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        for status in statuses {
            switch status.state {
            case .blind, .refused, .connecting:
                if losses[status.camera] == nil {
                    losses[status.camera] = Loss(since: status.since, noticed: monotonic)
                }
            case .watching, .learning, .degraded, .off:
                guard let cause = losses.removeValue(forKey: status.camera)?.cause else { continue }
                revisions += returned(status.camera, from: cause, wall: wall)
            }
        }
        let due = losses.filter { $0.value.cause == nil && monotonic - $0.value.noticed >= Self.patience }
        for (camera, loss) in due.sorted(by: { ($0.value.noticed, $0.key) < ($1.value.noticed, $1.key) }) {
            guard losses[camera]?.cause == nil else { continue }
            revisions += settle(camera, loss, wall: wall)
        }
        return revisions
    }

    /// The cameras and what they share have changed: what was put down to cameras that are gone ends.
    mutating func regroup(_ groups: [CameraID: String], cameras: [CameraID], wall: MediaTime) -> [IncidentRevision] {
        self.groups = groups
        return losses.keys.filter { !cameras.contains($0) }.sorted().flatMap { camera -> [IncidentRevision] in
            guard let cause = losses.removeValue(forKey: camera)?.cause else { return [] }
            return returned(camera, from: cause, wall: wall)
        }
    }

    /// Lookout stops: what is open ends without anybody knowing how.
    mutating func close(wall: MediaTime) -> [IncidentRevision] {
        defer { causes = [:] }
        return causes.sorted { $0.key < $1.key }.map { _, cause in
            var incident = cause.incident
            incident.state = .closed
            incident.interrupted = true
            return IncidentRevision(incident: incident, change: .closed, time: wall)
        }
    }

    /// Puts a loss down to a cause: one that is known, or a new one with all that were lost at about the same time.
    private mutating func settle(_ camera: CameraID, _ loss: Loss, wall: MediaTime) -> [IncidentRevision] {
        let group = groups[camera]
        let known = causes.first {
            group != nil && $0.value.group == group && isNear(loss.noticed, $0.value.lastNoticed)
        }
        if let known {
            return [join([camera], known.key, at: loss.noticed, change: .updated, wall: wall)].compactMap { $0 }
        }
        var together = [camera]
        var last = loss.noticed
        if let group {
            let others = losses.filter { groups[$0.key] == group && $0.value.cause == nil && $0.key != camera }
            for (other, its) in others.sorted(by: { $0.value.noticed < $1.value.noticed })
            where isNear(its.noticed, last) {
                together.append(other)
                last = its.noticed
            }
        }
        let name = group ?? camera.rawValue
        let incident = Incident(
            id: IncidentID("\(camera)-\(IncidentKind.streamLost.rawValue)-\(CivilTime(loss.since).compact)"),
            kind: .streamLost, camera: camera, severity: IncidentKind.streamLost.usualSeverity, start: loss.since,
            confidence: 1, box: nil, rule: group.map { "stream-lost-\($0)" } ?? "stream-lost")
        causes[nextCause] = Cause(incident: incident, group: name, lastNoticed: last, cameras: [], away: [])
        nextCause += 1
        return [join(together, nextCause - 1, at: last, change: .opened, wall: wall)].compactMap { $0 }
    }

    private func isNear(_ a: Duration, _ b: Duration) -> Bool {
        a - b <= Self.togetherWithin && b - a <= Self.togetherWithin
    }

    private mutating func join(
        _ cameras: [CameraID], _ number: Int, at noticed: Duration, change: IncidentRevision.Change, wall: MediaTime
    ) -> IncidentRevision? {
        guard var cause = causes[number] else { return nil }
        for camera in cameras {
            losses[camera]?.cause = number
            cause.cameras.insert(camera)
            cause.away.insert(camera)
        }
        cause.lastNoticed = max(cause.lastNoticed, noticed)
        cause.incident.lastSeen = max(cause.incident.lastSeen, wall)
        cause.incident.measurements = [
            Measurement(name: "camerasLost", value: Double(cause.cameras.count))
        ]
        // A zone of the site rather than of a picture: the cameras that are away.
        cause.incident.zones = cause.cameras.map(\.rawValue).sorted()
        causes[number] = cause
        return IncidentRevision(incident: cause.incident, change: change, time: wall)
    }

    private mutating func returned(_ camera: CameraID, from number: Int, wall: MediaTime) -> [IncidentRevision] {
        guard var cause = causes[number] else { return [] }
        cause.away.remove(camera)
        causes[number] = cause
        guard cause.away.isEmpty else { return [] }
        causes[number] = nil
        cause.incident.state = .closed
        cause.incident.lastSeen = max(cause.incident.lastSeen, wall)
        return [IncidentRevision(incident: cause.incident, change: .closed, time: wall)]
    }
}
