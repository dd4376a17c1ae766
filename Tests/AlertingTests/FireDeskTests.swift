import Alerting
import Domain
import Foundation
import Geolocation
import Testing

/// Two towers seven kilometres apart look at a place between them.
struct FireDeskTests {
    private let noon = MediaTime(seconds: 1_769_925_600)

    private func desk() throws -> FireDesk {
        func pose(_ latitude: Double, _ longitude: Double, _ azimuth: Double) throws -> CameraPose {
            CameraPose(
                position: try #require(GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude)),
                heightMetres: 310, azimuthDegrees: azimuth, tiltDegrees: -2, fieldOfViewDegrees: 54, sigmaDegrees: 0.5)
        }
        let cameras: [CameraID: FireReporter.Camera] = [
            CameraID("west"): .init(name: "Tháp Tây", pose: try pose(10.30, 103.95, 45)),
            CameraID("east"): .init(name: "Tháp Đông", pose: try pose(10.30, 104.01, 315)),
            // Looks away from what the others see.
            CameraID("south"): .init(name: "Tháp Nam", pose: try pose(10.30, 104.01, 135)),
            CameraID("gate"): .init(name: "Cổng", pose: nil),
        ]
        let issuer = CAPSeries.Issuer(sender: "lookout@test", name: "Test", status: .exercise, timeZone: .gmt)
        return FireDesk(reporter: FireReporter(issuer: issuer, cameras: cameras, locator: Locator()))
    }

    private func incident(_ camera: String, after seconds: Double = 0) -> Incident {
        let start = noon + .seconds(seconds)
        return Incident(
            id: IncidentID("\(camera)-smoke-\(Int(seconds))"), kind: .smoke, camera: CameraID(camera),
            severity: .critical, start: start, confidence: 0.9, box: Box(x: 0.475, y: 0.5, width: 0.05, height: 0.05),
            rule: "smoke")
    }

    private func closing(_ incident: Incident, after seconds: Double) -> IncidentRevision {
        var incident = incident
        incident.state = .closed
        return IncidentRevision(incident: incident, change: .closed, time: noon + .seconds(seconds))
    }

    private func opening(_ incident: Incident) -> IncidentRevision {
        IncidentRevision(incident: incident, change: .opened, time: incident.start)
    }

    @Test func twoCamerasThatSeeOneFireMakeOneAlertAndOneUpdate() throws {
        var desk = try desk()
        let west = incident("west")
        let east = incident("east", after: 30)
        let first = try #require(desk.consider(opening(west)).first)
        #expect(first.stage == .possible)
        #expect(first.message?.kind == .alert)
        let second = try #require(desk.consider(opening(east)).first)
        #expect(second.fire == first.fire, "both bearings meet: one fire")
        #expect(second.stage == .likely)
        #expect(second.message?.kind == .update)
        #expect(second.report.location?.fix != nil)
        #expect(second.report.cameras == ["Tháp Tây", "Tháp Đông"])
        // One camera that loses sight of it says nothing of the fire; the last one does.
        #expect(desk.consider(closing(west, after: 60)).isEmpty)
        let last = try #require(desk.consider(closing(east, after: 90)).first)
        #expect(last.stage == .unseen)
        #expect(last.message?.references.count == 2)
    }

    @Test func firesFarApartStayApart() throws {
        var desk = try desk()
        let west = try #require(desk.consider(opening(incident("west"))).first)
        let other = try #require(desk.consider(opening(incident("south", after: 30))).first)
        let gate = try #require(desk.consider(opening(incident("gate", after: 40))).first)
        #expect(Set([west.fire, other.fire, gate.fire]).count == 3)
        #expect(gate.fire == "gate-smoke-40", "without a direction it is a fire of its own")
    }

    @Test func whatIsShownAgainSaysTheSame() throws {
        let steps = [
            opening(incident("west")), opening(incident("east", after: 30)), closing(incident("west"), after: 60),
            opening(incident("west", after: 70)), closing(incident("east", after: 30), after: 90),
        ]
        func messages() throws -> [Data] {
            var desk = try desk()
            return steps.flatMap { desk.consider($0) }.compactMap { $0.message?.xml }
        }
        let once = try messages()
        #expect(once.count > 2)
        #expect(try messages() == once)
    }

    @Test func aCrashSaysNothingAboutAFire() throws {
        var desk = try desk()
        let gate = incident("gate")
        _ = desk.consider(opening(gate))
        var closing = closing(gate, after: 60)
        closing.incident.interrupted = true
        #expect(desk.consider(closing).isEmpty)
        #expect(desk.fire(of: gate.id) == "gate-smoke-0")
    }
}
