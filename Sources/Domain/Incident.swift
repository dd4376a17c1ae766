/// One thing that happened at one camera, as it stands after its latest revision.
///
/// An incident opens, is updated and closes after a quiet time; people acknowledge it meanwhile or later. Each such
/// step is an `IncidentRevision`, and no revision is ever changed.
public struct Incident: Sendable, Equatable, Codable {
    public var id: IncidentID
    public var kind: IncidentKind
    public var camera: CameraID
    public var severity: Severity
    public var state: State
    /// When what is seen began, on the host's timeline.
    public var start: MediaTime
    /// How wrong `start` may be, in microseconds.
    public var startUncertaintyMicroseconds: Int64
    /// When it was last seen.
    public var lastSeen: MediaTime
    /// The highest confidence so far, 0 to 1.
    public var confidence: Double
    /// Where it was when it opened; `nil` where the whole picture is meant.
    public var box: Box?
    /// Every place it was seen in.
    public var extent: Box?
    /// Zones of the camera that it touched, in order of first touch.
    public var zones: [String]
    /// Tracks that belong to it, in order of appearance.
    public var tracks: [Int]
    /// Analysed pictures on which it was seen.
    public var frames: Int
    /// The rule that made it, by name.
    public var rule: String
    /// Measured values beside their thresholds when it opened.
    public var measurements: [Measurement]
    /// Version of the detector that found it, and the first digits of its models' hashes; `nil` where that is not kept.
    public var detector: String?
    /// The forest fire danger when it opened; `nil` for what is no fire, and where nobody knew it.
    public var dangerLevel: DangerLevel?
    /// The surest that a classifier made of its objects; `nil` where the camera has no classifier.
    public var object: ObjectFinding?
    /// What the scene became last; `nil` for what is no scene change.
    public var sceneChange: SceneChange?
    /// Where its largest object stood when it was last placed, and the highest speed of any of its objects; `nil` where the
    /// ground is not known.
    public var ground: GroundFinding?
    public var evidence: [EvidenceItem]
    /// The first acknowledgement; `nil` while nobody has taken it.
    public var acknowledgement: Acknowledgement?
    /// What people made of it since; `nil` while nobody has said anything.
    public var handling: IncidentHandling?
    /// True where it was closed because Lookout was stopped or died, not because the scene went quiet.
    public var interrupted: Bool

    public enum State: String, Sendable, Codable {
        case open, closed

        /// What people read in the center and in alerts.
        public func title(in language: Language) -> String {
            switch self {
            case .open: language == .en ? "open" : "đang diễn ra"
            case .closed: language == .en ? "closed" : "đã kết thúc"
            }
        }
    }

    public init(
        id: IncidentID, kind: IncidentKind, camera: CameraID, severity: Severity, start: MediaTime,
        startUncertaintyMicroseconds: Int64 = 0, confidence: Double, box: Box?, rule: String,
        measurements: [Measurement] = []
    ) {
        self.id = id
        self.kind = kind
        self.camera = camera
        self.severity = severity
        state = .open
        self.start = start
        self.startUncertaintyMicroseconds = startUncertaintyMicroseconds
        lastSeen = start
        self.confidence = confidence
        self.box = box
        extent = box
        zones = []
        tracks = []
        frames = 1
        self.rule = rule
        self.measurements = measurements
        evidence = []
        interrupted = false
    }
}

/// Who took an incident, and when.
public struct Acknowledgement: Sendable, Equatable, Codable {
    /// The name of the bearer token.
    public var actor: String
    public var time: MediaTime
    public var note: String?

    public init(actor: String, time: MediaTime, note: String? = nil) {
        self.actor = actor
        self.time = time
        self.note = note
    }
}

/// A file that shows an incident, named by what it holds.
public struct EvidenceItem: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// The picture as it was.
        case snapshot
        /// A copy of a snapshot with the place drawn on it.
        case marked
        /// The same, small.
        case thumbnail
        /// The same three of a later picture that shows the incident best; of several, the last.
        case best, bestMarked, bestThumbnail
        case clip
        /// The place of the incident some time before it began, and when it began.
        case cropThen, cropNow
        /// The pictures that were analysed, as a film: derived from the stream, which a `clip` holds as it came.
        case timelapse

        /// What its files end with, behind the dot.
        public var fileExtension: String { self == .clip || self == .timelapse ? "mp4" : "jpg" }
    }

    public var kind: Kind
    /// Relative to the evidence directory, with `/`.
    public var path: String
    public var mediaType: String
    public var bytes: Int
    /// Lower-case hexadecimal.
    public var sha256: String
    /// Capture time of the picture, or of the clip's first picture.
    public var time: MediaTime
    /// Of a clip or a time-lapse.
    public var clip: ClipDetails?

    public init(
        kind: Kind, path: String, mediaType: String, bytes: Int, sha256: String, time: MediaTime,
        clip: ClipDetails? = nil
    ) {
        self.kind = kind
        self.path = path
        self.mediaType = mediaType
        self.bytes = bytes
        self.sha256 = sha256
        self.time = time
        self.clip = clip
    }
}

/// One immutable step in an incident's life, before it is stored.
public struct IncidentRevision: Sendable, Equatable, Codable {
    public enum Change: String, Sendable, Codable, CaseIterable {
        case opened, updated, closed, acknowledged
        /// Steps of people; see `HandlingStep`.
        case confirmed, dismissed, assigned, noted, reported, locked, unlocked

        /// What people read in the center and in alerts.
        public func title(in language: Language) -> String {
            let text: (en: String, vi: String) =
                switch self {
                case .opened: ("opened", "bắt đầu")
                case .updated: ("updated", "cập nhật")
                case .closed: ("closed", "kết thúc")
                case .acknowledged: ("acknowledged", "đã tiếp nhận")
                case .confirmed: ("confirmed", "đã xác nhận")
                case .dismissed: ("dismissed", "đã loại trừ")
                case .assigned: ("assigned", "đã phân công")
                case .noted: ("note added", "có ghi chú")
                case .reported: ("report from the ground", "báo cáo hiện trường")
                case .locked: ("evidence locked", "đã khóa bằng chứng")
                case .unlocked: ("evidence unlocked", "đã mở khóa bằng chứng")
                }
            return language == .en ? text.en : text.vi
        }

        /// Whether people took it, beyond acknowledging.
        public var isHandling: Bool {
            switch self {
            case .confirmed, .dismissed, .assigned, .noted, .reported, .locked, .unlocked: true
            case .opened, .updated, .closed, .acknowledged: false
            }
        }
    }

    /// The incident as it stands after this step.
    public var incident: Incident
    public var change: Change
    /// `lookout`, or the name of the token that asked for it.
    public var actor: String
    /// Host's wall clock when the step was taken.
    public var time: MediaTime

    public init(incident: Incident, change: Change, actor: String = "lookout", time: MediaTime) {
        self.incident = incident
        self.change = change
        self.actor = actor
        self.time = time
    }
}

/// A revision as the journal holds it: numbered, and chained by content hash to the one before.
public struct StoredRevision: Sendable, Equatable {
    /// Position in the journal, from 1, without gaps: the `Last-Event-ID` of the event stream.
    public var sequence: Int64
    /// Counts the revisions of this incident, from 1.
    public var number: Int
    public var revision: IncidentRevision
    /// SHA-256 over the previous record's hash and this record's canonical bytes, lower-case hexadecimal.
    public var hash: String
    public var previousHash: String

    public init(sequence: Int64, number: Int, revision: IncidentRevision, hash: String, previousHash: String) {
        self.sequence = sequence
        self.number = number
        self.revision = revision
        self.hash = hash
        self.previousHash = previousHash
    }
}
