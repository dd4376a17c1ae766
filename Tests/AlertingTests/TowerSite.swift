import Alerting
import Domain
import Foundation
import Geolocation
import Testing

/// Two towers seven kilometres apart, and one eight kilometres north, look at a place between them.
enum TowerSite {
    static let noon = MediaTime(seconds: 1_769_925_600)

    static func desk() throws -> FireDesk {
        let cameras: [CameraID: FireReporter.Camera] = [
            CameraID("west"): .init(name: "Tháp Tây", pose: try pose(10.30, 103.95, 45)),
            CameraID("east"): .init(name: "Tháp Đông", pose: try pose(10.30, 104.01, 315)),
            CameraID("north"): .init(name: "Tháp Bắc", pose: try pose(10.40, 103.98, 180, tilt: -0.7)),
            // Looks away from what the others see.
            CameraID("south"): .init(name: "Tháp Nam", pose: try pose(10.30, 104.01, 135)),
            CameraID("gate"): .init(name: "Cổng", pose: nil),
        ]
        let issuer = CAPSeries.Issuer(
            sender: "lookout@test", name: "Test", status: .exercise, timeZone: .gmt, webAddress: "http://10.0.0.2:8080")
        return FireDesk(reporter: FireReporter(issuer: issuer, cameras: cameras, locator: Locator()))
    }

    private static func pose(_ latitude: Double, _ longitude: Double, _ azimuth: Double, tilt: Double = -2) throws
        -> CameraPose
    {
        CameraPose(
            position: try #require(GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude)),
            heightMetres: 310, azimuthDegrees: azimuth, tiltDegrees: tilt, fieldOfViewDegrees: 54, sigmaDegrees: 0.5)
    }

    static func incident(_ camera: String, after seconds: Double = 0) -> Incident {
        Incident(
            id: IncidentID("\(camera)-smoke-\(Int(seconds))"), kind: .smoke, camera: CameraID(camera),
            severity: .critical, start: noon + .seconds(seconds), confidence: 0.9,
            box: Box(x: 0.475, y: 0.5, width: 0.05, height: 0.05), rule: "smoke")
    }

    static func opening(_ incident: Incident) -> IncidentRevision {
        IncidentRevision(incident: incident, change: .opened, time: incident.start)
    }

    static func closing(_ incident: Incident, after seconds: Double) -> IncidentRevision {
        var incident = incident
        incident.state = .closed
        return IncidentRevision(incident: incident, change: .closed, time: noon + .seconds(seconds))
    }

    /// Lets a person take a step, and remembers it in the incident as the journal does.
    static func step(
        _ step: HandlingStep, _ incident: inout Incident, after seconds: Double, note: String? = nil
    ) -> IncidentRevision {
        let time = noon + .seconds(seconds)
        incident.take(step, actor: "an", time: time, note: note)
        return IncidentRevision(incident: incident, change: step.change, actor: "an", time: time)
    }
}
