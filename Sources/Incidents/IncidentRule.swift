public import Domain

/// What makes an incident of what a detector sees.
public struct IncidentRule: Sendable, Hashable {
    /// How it is told whether an object is in a zone.
    public enum PlaceTest: Sendable, Hashable {
        /// Where its feet are; for motion and objects on the ground its middle counts too, since such zones are drawn on
        /// gates, roofs and roads alike.
        case usual
        case footPoint
        /// At least this share of its box, above 0 and up to 1.
        case overlap(minimum: Double)
    }

    /// What a speed is held against.
    public enum SpeedLimit: Sendable, Hashable {
        /// On the camera's ground plane; never exceeded where the camera has none.
        case kilometresPerHour(Double)
        /// Heights of the picture a second.
        case heightsPerSecond(Double)
    }

    /// How long somebody who stands still counts as present, beside the time that the rule asks for.
    public static let restAfterMinimum = Duration.seconds(600)

    /// Unique within a camera; stands in the incident.
    public var name: String
    public var kind: IncidentKind
    /// Where it must be seen; `nil`: anywhere in the picture. An intrusion without a zone never fires.
    public var zone: Zone?
    public var placeTest = PlaceTest.usual
    /// What must be crossed, and which way: a line crossing without a line never fires.
    public var line: PictureLine?
    public var crossing = PictureLine.Crossing.both
    /// The way that traffic goes, from `start` to `end`: a wrong direction without it never fires.
    public var allowedWay: PictureLine?
    /// What a speed must exceed: without it a rule of that kind never fires.
    public var speedLimit: SpeedLimit?
    /// When the rule watches, in the site's local time. What is seen outside it does not count.
    public var schedule: WeeklySchedule
    public var severity: Severity
    /// Observations closer together than this belong to one incident; after it an incident closes.
    public var quietTime: Duration
    /// How long one object must be seen by this rule before it opens an incident. For loitering: how long it must stay.
    public var minimumDuration: Duration
    /// 0 to 1; what the detector holds less likely is ignored.
    public var minimumConfidence: Double
    /// Area of the object's box as a fraction of the picture's; what is smaller is ignored.
    public var minimumArea = 0.0
    /// What it is about, of what moves; empty: whatever does. What no classifier has looked at counts as well.
    public var objects: Set<ObjectGroup> = []
    /// How long after the end of an incident this rule opens no other one.
    public var cooldown = Duration.zero

    /// - Parameters:
    ///   - name: the kind's name where `nil`, with the zone's where there is one: `intrusion-yard`.
    ///   - severity: the kind's usual severity where `nil`.
    public init(
        name: String? = nil, kind: IncidentKind, zone: Zone? = nil, schedule: WeeklySchedule = .always,
        severity: Severity? = nil, quietTime: Duration = .seconds(10), minimumDuration: Duration = .zero,
        minimumConfidence: Double = 0
    ) {
        self.name = name ?? kind.usualRuleName(zone: zone?.id)
        self.kind = kind
        self.zone = zone
        self.schedule = schedule
        self.severity = severity ?? kind.usualSeverity
        self.quietTime = quietTime
        self.minimumDuration = minimumDuration
        self.minimumConfidence = minimumConfidence
    }

    /// What a camera is judged by whose configuration names no rule.
    public static let usual = [IncidentRule(kind: .motion), IncidentRule(kind: .sceneChange)]

    /// Whether this rule is about what was observed, wherever and whenever that was.
    func concerns(_ observation: Observation) -> Bool {
        guard observation.kind == (kind.isAboutMovingObjects ? .motion : kind) else { return false }
        guard let since = observation.restingSince else { return true }
        return [.intrusion, .loitering].contains(kind) && observation.time - since <= longestRest
    }

    /// Who stands in a zone is there for as long as that, and no longer, so that a parked car does not hide whoever comes
    /// after it.
    var longestRest: Duration { minimumDuration + Self.restAfterMinimum }

    /// Whether each object is an event of its own, though others are still there.
    var tellsEach: Bool { kind == .objectLeft || kind == .objectRemoved }

    /// Whether an object joins an incident only once it has been seen for as long as one that opens it.
    var waitsForEach: Bool { kind == .loitering || tellsEach }

    /// Whether the observation lies where this rule looks; what concerns the whole picture concerns every zone in it.
    func covers(_ box: Box?) -> Bool {
        guard let box, let zone else { return kind != .intrusion }
        return touches(zone, box)
    }

    func touches(_ zone: Zone, _ box: Box) -> Bool {
        switch placeTest {
        case .usual:
            let isAnywhere = [.motion, .objectLeft, .objectRemoved, .smoke, .flame].contains(kind)
            return zone.polygon.contains(box.footPoint.insidePicture)
                || (isAnywhere && zone.polygon.contains(box.center.insidePicture))
        case .footPoint: return zone.polygon.contains(box.footPoint.insidePicture)
        case .overlap(let minimum): return zone.polygon.coverage(of: box) >= max(minimum, 1e-9)
        }
    }
}

extension PicturePoint {
    /// The same point, moved inside the picture: an object cut off by the lower edge stands on the edge itself, which
    /// even-odd polygons drawn to the edge leave out.
    var insidePicture: PicturePoint {
        let last = 1 - 1e-9
        return PicturePoint(x: min(max(x, 0), last), y: min(max(y, 0), last))
    }
}

/// A part of the picture in which nothing counts.
public struct PictureMask: Sendable, Hashable {
    public var polygon: PicturePolygon
    /// Whether smoke and flame do not count there either.
    public var hidesFire: Bool

    public init(polygon: PicturePolygon, hidesFire: Bool = false) {
        self.polygon = polygon
        self.hidesFire = hidesFire
    }
}
