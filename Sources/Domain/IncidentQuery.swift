/// Which incidents to list: newest first, each as it stands now.
public struct IncidentQuery: Sendable, Equatable {
    public var camera: CameraID?
    public var kind: IncidentKind?
    public var state: Incident.State?
    /// `true`: only acknowledged ones; `false`: only those that nobody has taken.
    public var acknowledged: Bool?
    /// `true`: only those whose evidence is locked; `false`: only the others.
    public var locked: Bool?
    /// Last seen at this instant or later.
    public var since: MediaTime?
    /// Started before this instant.
    public var until: MediaTime?
    /// Continues a listing: incidents that stand after this one in it.
    public var after: IncidentID?
    /// 1 to 1,000.
    public var limit: Int

    public init(
        camera: CameraID? = nil, kind: IncidentKind? = nil, state: Incident.State? = nil, acknowledged: Bool? = nil,
        locked: Bool? = nil, since: MediaTime? = nil, until: MediaTime? = nil, after: IncidentID? = nil,
        limit: Int = 100
    ) {
        self.camera = camera
        self.kind = kind
        self.state = state
        self.acknowledged = acknowledged
        self.locked = locked
        self.since = since
        self.until = until
        self.after = after
        self.limit = limit
    }
}
