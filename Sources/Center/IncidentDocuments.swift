public import Domain

/// An incident as the API and the command line show it: the fields of `Incident` under their names, instants as RFC 3339 text and, exactly,
/// in microseconds beside it.
public struct IncidentDocument: Encodable {
    var id: String
    var kind: IncidentKind
    var desk: Desk
    var camera: CameraID
    var severity: Severity
    var state: Incident.State
    var start: String
    var startMicroseconds: Int64
    var startUncertaintyMicroseconds: Int64
    var lastSeen: String
    var lastSeenMicroseconds: Int64
    var confidence: Double
    var box: [Double]?
    var extent: [Double]?
    var zones: [String]
    var tracks: [Int]
    var frames: Int
    var rule: String
    var measurements: [MeasurementDocument]
    var detector: String?
    var dangerLevel: Int?
    var object: ObjectDocument?
    var sceneChange: SceneChange?
    var ground: GroundDocument?
    var evidence: [EvidenceDocument]
    var acknowledgement: AcknowledgementDocument?
    var handling: HandlingDocument?
    var interrupted: Bool

    public init(_ incident: Incident) {
        id = incident.id.rawValue
        kind = incident.kind
        desk = incident.kind.desk
        camera = incident.camera
        severity = incident.severity
        state = incident.state
        start = Timestamp.text(incident.start)
        startMicroseconds = incident.start.microseconds
        startUncertaintyMicroseconds = incident.startUncertaintyMicroseconds
        lastSeen = Timestamp.text(incident.lastSeen)
        lastSeenMicroseconds = incident.lastSeen.microseconds
        confidence = finite(incident.confidence) ?? 0
        box = incident.box.flatMap(coordinates)
        extent = incident.extent.flatMap(coordinates)
        zones = incident.zones
        tracks = incident.tracks
        frames = incident.frames
        rule = incident.rule
        measurements = incident.measurements.map(MeasurementDocument.init)
        detector = incident.detector
        dangerLevel = incident.dangerLevel?.rawValue
        object = incident.object.map(ObjectDocument.init)
        sceneChange = incident.sceneChange
        ground = incident.ground.map(GroundDocument.init)
        evidence = incident.evidence.map { EvidenceDocument($0, of: incident.id) }
        acknowledgement = incident.acknowledgement.map(AcknowledgementDocument.init)
        handling = incident.handling.map(HandlingDocument.init)
        interrupted = incident.interrupted
    }
}

struct MeasurementDocument: Encodable {
    var name: String
    /// Absent where it was no finite number, which JSON can't hold.
    var value: Double?
    var threshold: Double?

    init(_ measurement: Measurement) {
        name = measurement.name
        value = finite(measurement.value)
        threshold = measurement.threshold.flatMap(finite)
    }
}

/// What a classifier took the incident's object for.
struct ObjectDocument: Encodable {
    var state: ObjectFinding.State
    var label: String?
    var group: ObjectGroup?
    var confidence: Double?

    init(_ finding: ObjectFinding) {
        state = finding.state
        label = finding.label
        group = finding.group
        confidence = finding.confidence.flatMap(finite)
    }
}

/// Where the incident's object stood.
public struct GroundDocument: Encodable {
    var xMetres: Double
    var yMetres: Double
    var latitude: Double?
    var longitude: Double?
    var kilometresPerHour: Double?

    public init(_ finding: GroundFinding) {
        xMetres = finding.xMetres
        yMetres = finding.yMetres
        latitude = finding.position?.latitudeDegrees
        longitude = finding.position?.longitudeDegrees
        kilometresPerHour = finding.kilometresPerHour
    }
}

struct EvidenceDocument: Encodable {
    var kind: EvidenceItem.Kind
    /// Where to fetch it.
    var url: String
    var path: String
    var mediaType: String
    var bytes: Int
    var sha256: String
    var time: String
    var timeMicroseconds: Int64
    /// Of a clip.
    var clip: ClipDocument?

    init(_ item: EvidenceItem, of incident: IncidentID) {
        kind = item.kind
        url = EvidencePath.address(of: item.path)
        path = item.path
        mediaType = item.mediaType
        bytes = item.bytes
        sha256 = item.sha256
        time = Timestamp.text(item.time)
        timeMicroseconds = item.time.microseconds
        clip = item.clip.map { ClipDocument($0, of: incident, playUrl: item.kind == .timelapse ? url : nil) }
    }
}

/// What is to be known about a clip before it is played.
struct ClipDocument: Encodable {
    var part: Int
    var durationSeconds: Double
    var codec: String
    var width: Int
    var height: Int
    /// Whether what `playUrl` gives is the evidence itself; otherwise it is a copy derived from it.
    var isWebReady: Bool
    /// Shows less than the whole of what the incident asks for.
    var isTruncated: Bool
    /// Why; absent where it does not.
    var truncation: ClipTruncation?
    /// FFmpeg's short name; absent where there is no sound.
    var soundCodec: String?
    /// What every browser plays.
    var playUrl: String
    /// Of a time-lapse.
    var timelapse: TimelapseDocument?

    /// - Parameter playUrl: where it is no clip of the camera's stream.
    init(_ clip: ClipDetails, of incident: IncidentID, playUrl: String?) {
        part = clip.part
        durationSeconds = Double(clip.durationMicroseconds) / 1_000_000
        codec = clip.codec
        width = clip.width
        height = clip.height
        isWebReady = clip.isWebReady
        isTruncated = clip.isTruncated
        truncation = clip.truncation
        soundCodec = clip.soundCodec
        self.playUrl = playUrl ?? ClipRoutes.address(of: incident, part: clip.part)
        timelapse = clip.timelapse.map(TimelapseDocument.init)
    }
}

/// What a time-lapse shows. It is derived: the analysed pictures, encoded anew.
struct TimelapseDocument: Encodable {
    var pictures: Int
    var first: String
    var firstMicroseconds: Int64
    var last: String
    var lastMicroseconds: Int64

    init(_ details: TimelapseDetails) {
        pictures = details.pictures
        first = Timestamp.text(details.first)
        firstMicroseconds = details.first.microseconds
        last = Timestamp.text(details.last)
        lastMicroseconds = details.last.microseconds
    }
}

struct AcknowledgementDocument: Encodable {
    var actor: String
    var time: String
    var timeMicroseconds: Int64
    var note: String?

    init(_ acknowledgement: Acknowledgement) {
        actor = acknowledgement.actor
        time = Timestamp.text(acknowledgement.time)
        timeMicroseconds = acknowledgement.time.microseconds
        note = acknowledgement.note
    }
}

/// A revision as the API, the event stream and the command line show it.
public struct RevisionDocument: Encodable {
    var sequence: Int64
    var number: Int
    var change: IncidentRevision.Change
    var actor: String
    var time: String
    var timeMicroseconds: Int64
    var hash: String
    var previousHash: String
    var incident: IncidentDocument

    public init(_ stored: StoredRevision) {
        sequence = stored.sequence
        number = stored.number
        change = stored.revision.change
        actor = stored.revision.actor
        time = Timestamp.text(stored.revision.time)
        timeMicroseconds = stored.revision.time.microseconds
        hash = stored.hash
        previousHash = stored.previousHash
        incident = IncidentDocument(stored.revision.incident)
    }
}

/// JSON holds no infinity and no NaN.
func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }

func coordinates(_ box: Box) -> [Double]? {
    let values = [box.x, box.y, box.width, box.height]
    return values.allSatisfy(\.isFinite) ? values : nil
}
