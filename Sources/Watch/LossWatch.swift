import Domain

/// Makes an incident of cameras whose stream is lost, and one of those that are lost together: a switch that fails takes
/// its cameras with it within seconds, and so does a site's power. A camera that is lost again and again makes one
/// incident, too. Pure: it reads no clock.
struct LossWatch {
    /// Shorter losses are counted and shown, but nobody is called.
    static let patience = Duration.seconds(20)
    /// The same of a camera of which it is told already that it is lost again and again.
    static let patienceWithUnstable = Duration.seconds(120)
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
        /// `nil` for cameras that share no more than the site.
        var group: String?
        /// When the last camera that belongs to it was lost, or began to be unstable.
        var lastNoticed: Duration
        var cameras: Set<CameraID> = []
        /// Those of which it is not over.
        var open: Set<CameraID> = []
    }

    /// What each camera shares with others; those without an entry share the site.
    private var groups: [CameraID: String]
    private var losses: [CameraID: Loss] = [:]
    private var flaps = FlapWatch()
    /// The cause that each unstable camera was put down to.
    private var unstable: [CameraID: Int] = [:]
    private var causes: [Int: Cause] = [:]
    private var nextCause = 0

    init(groups: [CameraID: String]) { self.groups = groups }

    /// Takes in what all cameras are doing; to be called every few seconds.
    ///
    /// - Parameter monotonic: now.
    mutating func consider(_ statuses: [CameraStatus], wall: MediaTime, monotonic: Duration) -> [IncidentRevision] {
        var revisions: [IncidentRevision] = []
        for status in statuses {
            let camera = status.camera
            let isAway = Self.isAway(status)
            if status.state == .off {
                flaps.forget(camera)
            } else {
                flaps.note(camera, isAway: isAway, at: monotonic)
            }
            if isAway {
                if losses[camera] == nil { losses[camera] = Loss(since: status.since, noticed: monotonic) }
            } else if let cause = losses.removeValue(forKey: camera)?.cause {
                revisions += ended(camera, of: cause, wall: wall)
            }
            if let cause = unstable[camera], flaps.isSteady(camera, at: monotonic) {
                unstable[camera] = nil
                // It begins anew: what was told must not be told again.
                flaps.forget(camera)
                revisions += ended(camera, of: cause, wall: wall)
            }
        }
        for camera in statuses.map(\.camera).sorted() where unstable[camera] == nil {
            let figures = flaps.figures(of: camera, at: monotonic)
            // While it is gone for good, that is what is told of it.
            guard figures.isUnstable, losses[camera]?.cause == nil else { continue }
            revisions += callUnstable(camera, figures, wall: wall, monotonic: monotonic)
        }
        let due = losses.filter { camera, loss in
            let patience = unstable[camera] == nil ? Self.patience : Self.patienceWithUnstable
            return loss.cause == nil && monotonic - loss.noticed >= patience
        }
        for (camera, loss) in due.sorted(by: { ($0.value.noticed, $0.key) < ($1.value.noticed, $1.key) }) {
            guard losses[camera]?.cause == nil else { continue }
            revisions += settle(camera, loss, wall: wall)
        }
        return revisions
    }

    /// A covered camera sees nothing, but its stream is there; the incident of its cover tells of it.
    private static func isAway(_ status: CameraStatus) -> Bool {
        [.blind, .refused, .connecting].contains(status.state) && status.fault != .tampered
    }

    /// The cameras and what they share have changed: what was put down to cameras that are gone ends.
    mutating func regroup(_ groups: [CameraID: String], cameras: [CameraID], wall: MediaTime) -> [IncidentRevision] {
        self.groups = groups
        let gone = Set(losses.keys).union(unstable.keys).subtracting(cameras)
        return gone.sorted().flatMap { camera -> [IncidentRevision] in
            flaps.forget(camera)
            return [losses.removeValue(forKey: camera)?.cause, unstable.removeValue(forKey: camera)]
                .compactMap { $0 }.flatMap { ended(camera, of: $0, wall: wall) }
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
        if let known = cause(of: .streamLost, in: group, near: loss.noticed) {
            return [join([camera], known, at: loss.noticed, change: .updated, wall: wall)].compactMap { $0 }
        }
        var together = [camera]
        var last = loss.noticed
        let others = losses.filter { groups[$0.key] == group && $0.value.cause == nil && $0.key != camera }
        for (other, its) in others.sorted(by: { $0.value.noticed < $1.value.noticed })
        where isNear(its.noticed, last) {
            together.append(other)
            last = its.noticed
        }
        let number = open(.streamLost, by: camera, since: loss.since, at: last)
        return [join(together, number, at: last, change: .opened, wall: wall)].compactMap { $0 }
    }

    private mutating func callUnstable(
        _ camera: CameraID, _ figures: FlapWatch.Figures, wall: MediaTime, monotonic: Duration
    ) -> [IncidentRevision] {
        let known = cause(of: .streamUnstable, in: groups[camera], near: monotonic)
        let number = known ?? open(.streamUnstable, by: camera, since: wall, at: monotonic)
        if known == nil {
            causes[number]?.incident.measurements = [
                Measurement(
                    name: "awayFraction", value: figures.awayFraction, threshold: FlapWatch.mostAwayFraction),
                Measurement(
                    name: "losses", value: Double(figures.losses), threshold: Double(FlapWatch.mostLosses)),
            ]
        }
        let change: IncidentRevision.Change = known == nil ? .opened : .updated
        return [join([camera], number, at: monotonic, change: change, wall: wall)].compactMap { $0 }
    }

    private func cause(of kind: IncidentKind, in group: String?, near noticed: Duration) -> Int? {
        causes.filter {
            $0.value.incident.kind == kind && $0.value.group == group && isNear(noticed, $0.value.lastNoticed)
        }.keys.min()
    }

    private func isNear(_ a: Duration, _ b: Duration) -> Bool {
        a - b <= Self.togetherWithin && b - a <= Self.togetherWithin
    }

    private mutating func open(_ kind: IncidentKind, by camera: CameraID, since: MediaTime, at noticed: Duration) -> Int
    {
        let group = groups[camera]
        let incident = Incident(
            id: IncidentID("\(camera)-\(kind.rawValue)-\(CivilTime(since).compact)"),
            kind: kind, camera: camera, severity: kind.usualSeverity, start: since,
            confidence: 1, box: nil, rule: group.map { "\(kind.rawValue)-\($0)" } ?? kind.rawValue)
        defer { nextCause += 1 }
        causes[nextCause] = Cause(incident: incident, group: group, lastNoticed: noticed)
        return nextCause
    }

    private mutating func join(
        _ cameras: [CameraID], _ number: Int, at noticed: Duration, change: IncidentRevision.Change, wall: MediaTime
    ) -> IncidentRevision? {
        guard var cause = causes[number] else { return nil }
        for camera in cameras {
            if cause.incident.kind == .streamLost { losses[camera]?.cause = number } else { unstable[camera] = number }
            cause.cameras.insert(camera)
            cause.open.insert(camera)
        }
        cause.lastNoticed = max(cause.lastNoticed, noticed)
        cause.incident.lastSeen = max(cause.incident.lastSeen, wall)
        let count = Measurement(name: "camerasLost", value: Double(cause.cameras.count))
        cause.incident.measurements = [count] + cause.incident.measurements.filter { $0.name != count.name }
        // A zone of the site rather than of a picture: the cameras that are away.
        cause.incident.zones = cause.cameras.map(\.rawValue).sorted()
        causes[number] = cause
        return IncidentRevision(incident: cause.incident, change: change, time: wall)
    }

    /// It is over for this camera.
    private mutating func ended(_ camera: CameraID, of number: Int, wall: MediaTime) -> [IncidentRevision] {
        guard var cause = causes[number] else { return [] }
        cause.open.remove(camera)
        causes[number] = cause
        guard cause.open.isEmpty else { return [] }
        causes[number] = nil
        cause.incident.state = .closed
        cause.incident.lastSeen = max(cause.incident.lastSeen, wall)
        return [IncidentRevision(incident: cause.incident, change: .closed, time: wall)]
    }
}
