public import Domain
public import Geolocation

/// Smoke or flame as one camera sees it at one moment.
public struct FireSighting: Equatable, Sendable {
    /// The camera's own incident; what belongs to one incident is one thing in the picture.
    public var incident: IncidentID
    public var camera: CameraID
    public var time: MediaTime
    public var pose: CameraPose
    /// To the foot of what is seen.
    public var sightLine: SightLine

    public init(incident: IncidentID, camera: CameraID, time: MediaTime, pose: CameraPose, sightLine: SightLine) {
        self.incident = incident
        self.camera = camera
        self.time = time
        self.pose = pose
        self.sightLine = sightLine
    }
}

/// One fire, as it stands after all that was seen of it.
public struct Fire: Equatable, Sendable {
    /// What one incident of one camera says about the fire.
    public struct Witness: Equatable, Sendable {
        public var incident: IncidentID
        public var camera: CameraID
        public var pose: CameraPose
        /// The mean azimuth and the lowest elevation of its sightings. The error stays that of one sighting, since that of
        /// the pose is the same in all of them.
        public var sightLine: SightLine
        public var sightings: Int
        public var lastSeen: MediaTime

        public var bearing: Bearing { Bearing(camera: camera, pose: pose, sightLine: sightLine) }

        init(_ sighting: FireSighting) {
            incident = sighting.incident
            camera = sighting.camera
            pose = sighting.pose
            sightLine = sighting.sightLine
            sightings = 1
            lastSeen = sighting.time
        }

        mutating func add(_ sighting: FireSighting) {
            // A plume bends with the wind; its foot is what the lowest and latest sightings show.
            sightings = min(sightings + 1, 20)
            let turn = (sighting.sightLine.azimuthDegrees - sightLine.azimuthDegrees).wrappedTo180
            sightLine.azimuthDegrees = (sightLine.azimuthDegrees + turn / Double(sightings)).wrappedTo360
            sightLine.elevationDegrees = min(sightLine.elevationDegrees, sighting.sightLine.elevationDegrees)
            sightLine.azimuthSigmaDegrees = sighting.sightLine.azimuthSigmaDegrees
            sightLine.elevationSigmaDegrees = sighting.sightLine.elevationSigmaDegrees
            lastSeen = max(lastSeen, sighting.time)
        }
    }

    /// A step in the fire's life.
    public struct Event: Equatable, Sendable {
        public enum Kind: Equatable, Sendable {
            case opened
            /// Another camera's incident joined.
            case joined(IncidentID)
            /// It has a position now, or another than before.
            case located
            /// The other fire was this one; its witnesses came over.
            case absorbed(fire: String)
            /// It was the other fire, and lives on there.
            case merged(into: String)
            /// A witness that no longer fits left and is a fire of its own.
            case split(off: String)
            /// It began as a witness of the other fire.
            case splitFrom(fire: String)
            case closed
        }

        public var time: MediaTime
        public var kind: Kind
    }

    /// `fire-<UTC of the first sighting>`, with `-<n>` where two would collide.
    public var id: String
    public var witnesses: [Witness]
    /// `nil` while one camera alone sees it, or its bearings do not cross well.
    public var fix: PositionFix?
    public var history: [Event]
    public var isOpen: Bool

    public var lastSeen: MediaTime { witnesses.map(\.lastSeen).max() ?? history.last?.time ?? .zero }

    /// Whether two cameras agree on it.
    public var isCorroborated: Bool { Set(witnesses.map(\.camera)).count > 1 }
}

/// A fire as it stands after one step.
public struct FireRevision: Equatable, Sendable {
    public var fire: Fire
    public var change: Fire.Event.Kind
    public var time: MediaTime
}
