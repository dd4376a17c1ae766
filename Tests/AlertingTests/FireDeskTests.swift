import Alerting
import Domain
import Foundation
import Geolocation
import Incidents
import Testing

struct FireDeskTests {
    @Test func twoCamerasThatSeeOneFireMakeOneAlertAndOneUpdate() throws {
        var desk = try TowerSite.desk()
        let west = TowerSite.incident("west")
        let east = TowerSite.incident("east", after: 30)
        let first = try #require(desk.consider(TowerSite.opening(west)).first)
        #expect(first.stage == .possible)
        #expect(first.message?.kind == .alert)
        let second = try #require(desk.consider(TowerSite.opening(east)).first)
        #expect(second.fire == first.fire, "both bearings meet: one fire")
        #expect(second.stage == .likely)
        #expect(second.message?.kind == .update)
        #expect(second.report.location?.fix != nil)
        #expect(second.report.cameras == ["Tháp Tây", "Tháp Đông"])
        // One camera that loses sight of it says nothing of the fire; the last one does.
        #expect(desk.consider(TowerSite.closing(west, after: 60)).isEmpty)
        let last = try #require(desk.consider(TowerSite.closing(east, after: 90)).first)
        #expect(last.stage == .unseen)
        #expect(last.message?.references.count == 2)
    }

    @Test func firesFarApartStayApart() throws {
        var desk = try TowerSite.desk()
        let west = try #require(desk.consider(TowerSite.opening(TowerSite.incident("west"))).first)
        let other = try #require(desk.consider(TowerSite.opening(TowerSite.incident("south", after: 30))).first)
        let gate = try #require(desk.consider(TowerSite.opening(TowerSite.incident("gate", after: 40))).first)
        #expect(Set([west.fire, other.fire, gate.fire]).count == 3)
        #expect(gate.fire == "gate-smoke-40", "without a direction it is a fire of its own")
    }

    @Test func whatTurnsOutToBeElsewhereLeavesTheFireAndIsAnAlertOfItsOwn() throws {
        var desk = try TowerSite.desk()
        let names = ["west", "north", "east"]
        let incidents = names.enumerated().map { TowerSite.incident($1, after: Double($0) * 10) }
        let fires = incidents.flatMap { desk.consider(TowerSite.opening($0)) }.map(\.fire)
        #expect(Set(fires).count == 1 && fires.count == 3)
        // What the eastern camera follows is a cloud that drifts away.
        var east = incidents[2]
        var told: [FireDesk.Bulletin] = []
        for step in 1...60 where told.isEmpty {
            east.box?.x += 0.008
            east.lastSeen = east.start + .seconds(step * 10)
            told = desk.consider(IncidentRevision(incident: east, change: .updated, time: east.lastSeen))
        }
        #expect(told.map { $0.message?.kind } == [.update, .alert])
        #expect(told.map(\.fire).first == fires[0] && told.last?.fire != fires[0])
        #expect(told.first?.report.cameras == ["Tháp Tây", "Tháp Bắc"])
        #expect(told.first?.message?.note?.hasPrefix("Tháp Đông → fire-") == true)
        #expect(told.last?.stage == .possible && told.last?.message?.references.isEmpty == true)
        #expect(desk.outline(of: incidents[0].id)?.incidents == [incidents[0].id, incidents[1].id])
        #expect(desk.outline(of: east.id)?.incidents == [east.id])
        #expect(desk.history(of: east.id).contains { $0.event.kind == .splitFrom(fire: fires[0]) })
        #expect(desk.history(of: incidents[0].id).contains { $0.event.kind == .joined(east.id) })
        // That the cloud is dismissed says nothing of the fire.
        let dismissed = desk.consider(TowerSite.step(.dismiss(.cloud), &east, after: 700))
        #expect(dismissed.map(\.fire) == [told.last?.fire] && dismissed.first?.message?.kind == .cancel)
        #expect(desk.outline(of: incidents[0].id)?.stage == .likely)
    }

    @Test func aMessageNamesModelDangerAndWhatItIsAbout() throws {
        var desk = try TowerSite.desk()
        var west = TowerSite.incident("west")
        west.detector = "smoke-1 ab12cd34ef56"
        west.dangerLevel = .dangerous
        west.object = .unverified
        let message = try #require(desk.consider(TowerSite.opening(west)).first?.message)
        func parameters(_ message: CAPMessage?) -> [String] {
            message?.parameters.map { "\($0.name)=\($0.value)" } ?? []
        }
        #expect(parameters(message).contains("modelHash=smoke-1 ab12cd34ef56"))
        #expect(parameters(message).contains("fireDangerLevel=IV"))
        #expect(parameters(message).contains("secondOpinion=unverified"))
        #expect(message.texts.first?.description.contains(" Ý kiến thứ hai: chưa xác minh. ") == true)
        #expect(message.texts.last?.description.contains(" Second opinion: unverified. ") == true)
        #expect(message.web == "http://10.0.0.2:8080/#west-smoke-0")
        #expect(message.texts.first?.areaDescription.contains("phương vị 45.0° ± ") == true)
        #expect(message.texts.first?.areaDescription.contains(" từ Tháp Tây") == true)
        #expect(message.texts.first?.description.hasSuffix("Dự báo cháy rừng: cấp IV, nguy hiểm.") == true)
        #expect(message.texts.last?.description.hasSuffix("Forest fire danger: level IV, dangerous.") == true)
        // A camera without it takes nothing away.
        let joined = desk.consider(TowerSite.opening(TowerSite.incident("east", after: 30))).first?.message
        #expect(parameters(joined).contains("fireDangerLevel=IV"))
    }

    @Test func whatIsShownAgainSaysTheSame() throws {
        let steps = [
            TowerSite.opening(TowerSite.incident("west")), TowerSite.opening(TowerSite.incident("east", after: 30)),
            TowerSite.closing(TowerSite.incident("west"), after: 60),
            TowerSite.opening(TowerSite.incident("west", after: 70)),
            TowerSite.closing(TowerSite.incident("east", after: 30), after: 90),
        ]
        func messages() throws -> [Data] {
            var desk = try TowerSite.desk()
            return steps.flatMap { desk.consider($0) }.compactMap { $0.message?.xml }
        }
        let once = try messages()
        #expect(once.count > 2)
        #expect(try messages() == once)
    }

    @Test func aCrashSaysNothingAboutAFire() throws {
        var desk = try TowerSite.desk()
        let gate = TowerSite.incident("gate")
        _ = desk.consider(TowerSite.opening(gate))
        var closing = TowerSite.closing(gate, after: 60)
        closing.incident.interrupted = true
        #expect(desk.consider(closing).isEmpty)
        #expect(desk.fire(of: gate.id) == "gate-smoke-0")
    }
}
