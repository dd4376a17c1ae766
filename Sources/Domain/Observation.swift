/// What a detector saw on one picture and holds to be real: a confirmed moving object, a smoke tube, a tampered view.
/// Raw candidates are not observations.
public struct Observation: Sendable, Equatable {
    public var kind: IncidentKind
    public var time: MediaTime
    /// `nil` where the whole picture is meant (a scene change, a covered camera).
    public var box: Box?
    /// 0 to 1.
    public var confidence: Double
    /// Stable over the life of one object, unique within a camera's run of a detector.
    public var track: Int?
    /// When this track was first seen, which is before it was confirmed; `nil` where the detector does not know.
    public var since: MediaTime?
    /// Since when a moving object has been standing where it is, so that nothing of it moves; `nil` where it moves.
    public var restingSince: MediaTime?
    /// Measured values beside the thresholds they were held against, for "why did it fire".
    public var measurements: [Measurement]
    /// What a classifier made of it; `nil` where the camera has none.
    public var object: ObjectFinding?
    /// What became of the scene; `nil` for everything else.
    public var sceneChange: SceneChange?
    /// Where it stands, which no detector knows: the rules' judge adds it.
    public var ground: GroundFinding?

    public init(
        kind: IncidentKind, time: MediaTime, box: Box? = nil, confidence: Double, track: Int? = nil,
        since: MediaTime? = nil, measurements: [Measurement] = [], object: ObjectFinding? = nil,
        sceneChange: SceneChange? = nil
    ) {
        self.kind = kind
        self.time = time
        self.box = box
        self.confidence = confidence
        self.track = track
        self.since = since
        self.measurements = measurements
        self.object = object
        self.sceneChange = sceneChange
    }
}

/// One measured value beside the threshold it was held against.
public struct Measurement: Sendable, Equatable, Codable {
    /// With its unit where it has one: `areaFraction`, `ageSeconds`.
    public var name: String
    public var value: Double
    public var threshold: Double?
    /// By how much the log-odds would fall without it; `nil` where nobody weighed it.
    public var weight: Double?

    public init(name: String, value: Double, threshold: Double? = nil, weight: Double? = nil) {
        self.name = name
        self.value = value
        self.threshold = threshold
        self.weight = weight
    }
}
