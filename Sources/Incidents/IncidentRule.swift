public import Domain

/// What makes an incident of what a detector sees.
public struct IncidentRule: Sendable, Hashable {
    /// Unique within a camera; stands in the incident.
    public var name: String
    public var kind: IncidentKind
    /// Where it must be seen; `nil`: anywhere in the picture. An intrusion without a zone never fires.
    public var zone: Zone?
    /// When the rule watches, in the site's local time. What is seen outside it does not count.
    public var schedule: WeeklySchedule
    public var severity: Severity
    /// Observations closer together than this belong to one incident; after it an incident closes.
    public var quietTime: Duration
    /// How long one object must be seen by this rule before it opens an incident.
    public var minimumDuration: Duration
    /// 0 to 1; what the detector holds less likely is ignored.
    public var minimumConfidence: Double

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
        let observed: IncidentKind = kind == .intrusion ? .motion : kind
        return observation.kind == observed && observation.confidence >= minimumConfidence
    }

    /// Whether the observation lies where this rule looks; what concerns the whole picture concerns every zone in it.
    func covers(_ box: Box?) -> Bool {
        guard let box else { return kind != .intrusion }
        guard let zone else { return kind != .intrusion }
        return touches(zone, box)
    }

    /// An intruder is where his feet are. Anything else counts in a zone with its middle too, since zones for motion are
    /// drawn on gates, roofs and roads alike.
    func touches(_ zone: Zone, _ box: Box) -> Bool {
        zone.polygon.contains(box.footPoint.insidePicture)
            || (kind != .intrusion && zone.polygon.contains(box.center.insidePicture))
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
