import Domain

/// What one rule makes of one sighting.
enum Verdict: Sendable {
    /// It counts, by these values.
    case counts([Measurement])
    case refused(Decision.Reason, [Measurement])
}

/// Why a rule may not count anything now, although it sees it.
enum Gate: Sendable {
    case open
    case offSchedule
    case silenced(ArmingOrder.Action)

    var reason: Decision.Reason? {
        switch self {
        case .open: nil
        case .offSchedule: .offSchedule
        case .silenced(let action): action == .snooze ? .snoozed : .disarmed
        }
    }
}

/// What is known of the camera whose pictures a rule judges.
struct Scene: Sendable {
    /// The picture's width over its height.
    var aspectRatio = 16.0 / 9
    var ground: GroundView?
    /// Version of what finds incidents of a kind.
    var detectors: [IncidentKind: String] = [:]
    /// How far apart the pictures are on which a kind is looked for, where that is not each one.
    var steps: [IncidentKind: Duration] = [:]
    /// The danger of fire at present; `nil` where nobody knows it.
    var fireDanger: DangerLevel?
}

extension IncidentRule {
    /// How far against the allowed way, in picture heights, an object must have come within three seconds, and as a share
    /// of its own height, whose box wavers.
    private static let wrongWay = (least: 0.02, ofHeight: 0.3)

    /// Whether an object counts by everything but the hour and the line, which is followed elsewhere.
    ///
    /// - Parameter path: where its track went; `nil` where it has none.
    func examine(_ sighting: Sighting, path: TrackPath?, in scene: Scene) -> Verdict {
        let observation = sighting.observation
        guard observation.confidence >= minimumConfidence else {
            return .refused(
                .lowConfidence, [.init(name: "confidence", value: observation.confidence, threshold: minimumConfidence)]
            )
        }
        if sighting.isMasked { return .refused(.masked, []) }
        if let box = observation.box, box.area < minimumArea {
            return .refused(.tooSmall, [.init(name: "boxAreaFraction", value: box.area, threshold: minimumArea)])
        }
        guard covers(observation.box) else { return .refused(.outsideZone, overlap(observation.box)) }
        if let object = observation.object, !object.isAdmitted(among: objects) {
            return .refused(.otherObject, Self.confidence(of: object))
        }
        if kind == .objectLeft, let object = observation.object, object.group == .person {
            return .refused(.otherObject, Self.confidence(of: object))
        }
        switch kind {
        case .wrongDirection: return wrongDirection(path, scene)
        case .speed: return speed(path, scene)
        case .lineCrossing where path == nil: return .refused(.untracked, [])
        default: return .counts(overlap(observation.box))
        }
    }

    private static func confidence(of object: ObjectFinding) -> [Measurement] {
        object.confidence.map { [.init(name: "classifierConfidence", value: $0)] } ?? []
    }

    private func overlap(_ box: Box?) -> [Measurement] {
        guard case .overlap(let minimum) = placeTest, let box, let zone else { return [] }
        return [.init(name: "zoneOverlap", value: zone.polygon.coverage(of: box), threshold: minimum)]
    }

    /// Within 60 degrees of straight against the allowed way.
    private func wrongDirection(_ path: TrackPath?, _ scene: Scene) -> Verdict {
        guard let path, let allowedWay else { return .refused(.untracked, []) }
        let way = (
            x: (allowedWay.end.x - allowedWay.start.x) * scene.aspectRatio, y: allowedWay.end.y - allowedWay.start.y
        )
        let length = (way.x * way.x + way.y * way.y).squareRoot()
        guard length > 0, let moved = path.displacement(aspectRatio: scene.aspectRatio) else {
            return .refused(.allowedWay, [])
        }
        let distance = (moved.x * moved.x + moved.y * moved.y).squareRoot()
        let against = -(moved.x * way.x + moved.y * way.y) / length
        let needed = max(Self.wrongWay.least, Self.wrongWay.ofHeight * min(max(path.box.height, 0), 1))
        let measured = [Measurement(name: "heightsAgainst", value: against, threshold: needed)]
        return distance >= needed && against >= distance / 2 ? .counts(measured) : .refused(.allowedWay, measured)
    }

    private func speed(_ path: TrackPath?, _ scene: Scene) -> Verdict {
        guard let path, let speedLimit else { return .refused(.untracked, []) }
        let motion: TrackPath.Motion?
        let name: String
        let factor: Double
        let limit: Double
        switch speedLimit {
        case .kilometresPerHour(let wanted):
            (name, factor, limit) = ("kilometresPerHour", 3.6, wanted)
            motion = path.motion { $0.spot?.place }
        case .heightsPerSecond(let wanted):
            (name, factor, limit) = ("heightsPerSecond", 1, wanted)
            motion = path.motion { GroundPlane.Place(x: $0.foot.x * scene.aspectRatio, y: $0.foot.y) }
        }
        guard let motion, motion.isClear else { return .refused(.tooSlow, []) }
        let measured = [Measurement(name: name, value: motion.perSecond * factor, threshold: limit)]
        return motion.perSecond * factor > limit ? .counts(measured) : .refused(.tooSlow, measured)
    }
}
