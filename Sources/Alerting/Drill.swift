public import Domain
public import Journal

/// An alert that proves the chain from Lookout to the receivers, and is marked as an exercise whatever the site is set to.
public enum Drill {
    /// Smoke that a camera is said to see, and that it is no longer seen.
    ///
    /// - Parameters:
    ///   - camera: which is said to see it; with a pose the alert names a place.
    ///   - channels: ids of the channels that are told.
    ///   - time: host's wall clock.
    public static func notices(
        camera: CameraID, settings: AlertSettings, channels: [String], at time: MediaTime
    ) throws -> [Notice] {
        var writer = settings.writer
        writer.isExercise = true
        var reporter = settings.reporter
        reporter.issuer.status = .exercise
        var desk = FireDesk(reporter: reporter)
        var incident = Incident(
            id: IncidentID("drill-\(CivilTime(time).compact)"), kind: .smoke, camera: camera, severity: .info,
            start: time, confidence: 1, box: Box(x: 0.45, y: 0.45, width: 0.1, height: 0.1), rule: "drill")
        var notices: [Notice] = []
        for (number, change) in [(1, IncidentRevision.Change.opened), (2, .closed)] {
            incident.state = change == .closed ? .closed : .open
            let revision = IncidentRevision(incident: incident, change: change, actor: "drill", time: time)
            let stored = StoredRevision(sequence: 0, number: number, revision: revision, hash: "", previousHash: "")
            let words = writer.notice(
                stored, cameraName: reporter.name(of: camera), dangerLevel: settings.dangerLevel(time),
                bulletin: desk.consider(revision).first)
            notices.append(
                Notice(
                    event: words.event, subject: incident.id.rawValue, picture: time, body: try words.stored,
                    channels: channels))
        }
        return notices
    }
}
