public import Domain

/// One camera: where its pictures come from, what looks at them and by which rules it is judged.
public struct CameraSettings: Sendable, Equatable, Identifiable {
    public var id: CameraID
    /// For people; the id where none is given.
    public var name: String
    public var source: SourceAddress
    /// A smaller stream of the same camera for the detectors; `nil`: they look at `source`.
    public var detectSource: SourceAddress?
    public var transport: StreamTransport
    /// Pictures per second of a folder of numbered stills.
    public var stillsPerSecond: Double
    /// Which of its pictures are decoded for the detectors.
    public var decode = DecodedPictures.all
    /// Whether decoding leaves out the deblocking filter.
    public var skipsLoopFilter = false
    /// A camera that is not enabled is listed but not connected to.
    public var isEnabled: Bool
    /// Each at most once.
    public var detect: [DetectorKind]
    public var motion: MotionOptions
    public var smoke: SmokeOptions
    /// What tells moving objects apart; `nil`: nothing does.
    public var classify: ClassifyOptions?
    /// How the clips of its incidents are made.
    public var clips: ClipOptions
    /// Whether it is recorded all the time.
    public var recording: RecordingOptions
    /// Whether clips and recordings hold the camera's sound.
    public var audio = false
    public var zones: [Zone]
    /// As given, or the usual ones for what it detects where none is.
    public var rules: [RuleSettings]
    /// Where nothing counts.
    public var masks: [MaskSettings] = []
    /// What speeds in km/h are told from.
    public var ground: GroundPlane?
    /// Whether it is told when the camera itself is covered, moved, out of focus, black, over-exposed or frozen.
    public var tamper = false
    /// The switch, link or mast that it shares with others: cameras that are lost together are one incident. Those without
    /// one share the site.
    public var uplink: String?
    /// Where it stands and looks; `nil` where nobody said.
    public var pose: CameraPose?
}

extension CameraSettings {
    /// A camera of which nothing is given but its source: for clips that are analysed without a configuration.
    public init(id: CameraID, source: SourceAddress) {
        let section = SectionSettings.empty(at: .start)
        self.init(
            id: id, name: id.rawValue, source: source, detectSource: nil, transport: section[CameraKeys.transport],
            stillsPerSecond: section[CameraKeys.stillsPerSecond], isEnabled: section[CameraKeys.enabled],
            detect: section[CameraKeys.detect], motion: MotionOptions(section), smoke: SmokeOptions(section),
            clips: ClipOptions(section), recording: RecordingOptions(section), zones: [],
            rules: [RuleSettings.usual(.motion), RuleSettings.usual(.sceneChange)])
    }
}

/// How RTSP carries packets.
public enum StreamTransport: String, Sendable, CaseIterable {
    case tcp, udp, automatic
}

/// Which pictures of a stream are decoded. Decoding is what costs.
public enum DecodedPictures: String, Sendable, CaseIterable {
    /// Every one that a detector wants, and those that it refers to.
    case all
    /// Only those that others refer to.
    case reference
    /// Only those that refer to no other.
    case keyframes
}

/// What can look at a camera's pictures.
public enum DetectorKind: String, Sendable, CaseIterable {
    case motion, smoke, flame
}

/// How motion is looked for.
public struct MotionOptions: Sendable, Equatable {
    /// Rows of the picture that is analysed; a smaller source is never enlarged.
    public var workingHeight: Int
    /// Pictures analysed per second at most.
    public var framesPerSecond: Double
    /// The same while nothing moves; more than `framesPerSecond` counts as that.
    public var quietFramesPerSecond: Double
    /// The smallest object, as a fraction of the picture's area.
    public var minimumAreaFraction: Double
    /// How long an object must move before it counts.
    public var confirmSeconds: Double
}

/// How smoke is looked for.
public struct SmokeOptions: Sendable, Equatable {
    /// What the pictures are like.
    public enum Regime: String, Sendable, CaseIterable {
        case automatic = "auto"
        case near, tower
    }

    /// How finely the pictures of a near camera are looked at.
    public enum Detail: String, Sendable, CaseIterable {
        case usual, fine
    }

    public var regime: Regime
    public var detail = Detail.usual
    /// From how long before the alarm the time-lapse of a tower's smoke begins; 0: there is none.
    public var timelapseMinutes = 30.0
    /// What the pictures for it may take of the memory, in 10^6 bytes.
    public var timelapseMegabytes = 24.0
    /// A detector of the user's own, which is asked, too.
    public var secondOpinion: SecondOpinionOptions?
}

/// What makes an incident.
public struct RuleSettings: Sendable, Equatable {
    /// Unique within the camera.
    public var name: String
    public var kind: IncidentKind
    /// One of the camera's zones; always there for an intrusion.
    public var zone: Zone?
    /// In the site's local time.
    public var schedule: WeeklySchedule
    public var severity: Severity
    /// An incident closes after so long without a sighting.
    public var quietSeconds: Double
    /// How long an object must be seen before it opens an incident.
    public var minimumSeconds: Double
    /// 0 to 1.
    public var minimumConfidence: Double
    /// How it is told whether an object is in the zone; `nil`: as is usual for the kind.
    public var test: PlaceTest?
    /// Share of its box, above 0 and up to 1.
    public var minimumOverlap: Double
    /// Always there for a line crossing.
    public var line: PictureLine?
    public var crossing: PictureLine.Crossing
    /// From start to end; always there for a wrong direction.
    public var allowedWay: PictureLine?
    /// One of the two is there for a speed.
    public var kilometresPerHour: Double?
    public var heightsPerSecond: Double?
    /// Area of an object's box, as a fraction of the picture's.
    public var minimumAreaFraction: Double
    /// For how long after an incident the rule opens no other one.
    public var cooldownSeconds: Double
    /// What it is about, of what moves; empty: whatever does.
    public var objects: Set<ObjectGroup> = []
}

/// How it is told whether an object is in a zone.
public enum PlaceTest: String, Sendable, CaseIterable {
    case footPoint = "foot-point"
    case overlap
}

/// A part of the picture in which nothing counts.
public struct MaskSettings: Sendable, Equatable {
    public var polygon: PicturePolygon
    /// Whether smoke and flame do not count there either.
    public var hidesFire: Bool
}
