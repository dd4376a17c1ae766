import Alerting
import Domain
import Foundation
import Geolocation
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
