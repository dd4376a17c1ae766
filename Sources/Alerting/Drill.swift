public import Domain
public import Journal

/// An alert that proves the chain from Lookout to the receivers, and is marked as an exercise whatever the site is set to.
public struct Drill: Sendable {
    /// Smoke that a camera is said to see. It is in no journal.
    public private(set) var incident: Incident
    private var desk: FireDesk
    private let writer: AlertWriter
    private let cameraName: String
    private let dangerLevel: Int?
    private let channels: [String]

    /// - Parameters:
    ///   - camera: which is said to see it; with a pose the alert names a place.
    ///   - channels: ids of the channels that are told.
    ///   - time: host's wall clock.
    public init(camera: CameraID, settings: AlertSettings, channels: [String], at time: MediaTime) {
        var writer = settings.writer
        writer.isExercise = true
        var reporter = settings.reporter
        reporter.issuer.status = .exercise
        self.writer = writer
        desk = FireDesk(reporter: reporter)
        cameraName = reporter.name(of: camera)
        dangerLevel = settings.dangerLevel(time)
        self.channels = channels
        incident = Incident(
            id: IncidentID("drill-\(CivilTime(time).compact)"), kind: .smoke, camera: camera, severity: .info,
            start: time, confidence: 1, box: Box(x: 0.45, y: 0.45, width: 0.1, height: 0.1), rule: "drill")
        incident.dangerLevel = dangerLevel.flatMap(DangerLevel.init)
    }

    /// What is told first: smoke is seen.
    public mutating func opening() throws -> Notice { try notice(.opened, number: 1, at: incident.start) }

    /// What is told at the end: it is no longer seen.
    public mutating func closing(at time: MediaTime) throws -> Notice {
        incident.state = .closed
        return try notice(.closed, number: 2, at: time)
    }

    private mutating func notice(
        _ change: IncidentRevision.Change, number: Int, at time: MediaTime
    ) throws -> Notice {
        let revision = IncidentRevision(incident: incident, change: change, actor: "drill", time: time)
        let stored = StoredRevision(sequence: 0, number: number, revision: revision, hash: "", previousHash: "")
        let words = writer.notice(
            stored, cameraName: cameraName, dangerLevel: dangerLevel, bulletin: desk.consider(revision).first)
        return Notice(
            event: words.event, subject: incident.id.rawValue, picture: time, body: try words.stored,
            channels: channels)
    }

    /// What is told of an exercise that waits for no answer.
    public static func notices(
        camera: CameraID, settings: AlertSettings, channels: [String], at time: MediaTime
    ) throws -> [Notice] {
        var drill = Drill(camera: camera, settings: settings, channels: channels, at: time)
        return [try drill.opening(), try drill.closing(at: time)]
    }
}
