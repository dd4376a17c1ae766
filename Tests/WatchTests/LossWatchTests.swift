import Domain
import Testing

@testable import Watch

/// Cameras that are lost together make one incident; a short loss makes none.
@Suite struct LossWatchTests {
    private struct Site {
        var watch: LossWatch
        var statuses: [CameraStatus]
        var wall = MediaTime(seconds: 1_795_305_600)
        var monotonic = Duration.seconds(50)
        var told: [IncidentRevision] = []

        init(_ groups: [String: String?]) {
            let ids = groups.keys.sorted()
            watch = LossWatch(
                groups: Dictionary(
                    uniqueKeysWithValues: ids.compactMap { id in
                        (groups[id] ?? nil).map { (CameraID(id), $0) }
                    }))
            statuses = ids.map { CameraStatus(camera: CameraID($0), name: $0, state: .watching, since: .zero) }
        }

        mutating func set(_ camera: String, _ state: CameraStatus.State) {
            for index in statuses.indices where statuses[index].camera.rawValue == camera {
                statuses[index].state = state
                statuses[index].since = wall
            }
        }

        mutating func pass(_ seconds: Int) {
            for _ in 0..<seconds {
                wall = wall + .seconds(1)
                monotonic += .seconds(1)
                told += watch.consider(statuses, wall: wall, monotonic: monotonic)
            }
        }
    }

    @Test func aShortLossCallsNobody() {
        var site = Site(["gate": nil])
        site.set("gate", .blind)
        site.pass(18)
        site.set("gate", .learning)
        site.pass(60)
        #expect(site.told.isEmpty)
    }

    @Test func camerasOfOneSwitchAreOneIncident() throws {
        var site = Site(["a": "switch-1", "b": "switch-1", "c": "switch-1", "d": "switch-2", "e": nil])
        site.set("a", .blind)
        site.pass(6)
        site.set("b", .blind)
        site.set("d", .blind)
        site.set("e", .blind)
        site.pass(60)
        let opened = site.told.filter { $0.change == .opened }.map(\.incident)
        #expect(opened.map(\.camera.rawValue).sorted() == ["a", "d", "e"])
        let first = try #require(opened.first)
        #expect(first.kind == .streamLost && first.zones == ["a", "b"] && first.rule == "stream-lost-switch-1")
        #expect(first.measurements == [Measurement(name: "camerasLost", value: 2)])
        // Half a minute after the others: another cause.
        site.set("c", .refused)
        site.pass(60)
        #expect(site.told.filter { $0.change == .opened }.count == 4)
        // It ends when the last of its cameras is back.
        site.told = []
        site.set("a", .watching)
        site.pass(5)
        #expect(site.told.isEmpty)
        site.set("b", .watching)
        site.pass(5)
        #expect(site.told.map(\.change) == [.closed] && site.told[0].incident.state == .closed)
    }

    @Test func sixtyFourCamerasAndAThirdThatFlap() {
        var site = Site(
            Dictionary(uniqueKeysWithValues: (0..<64).map { ("c\(100 + $0)", "switch-\($0 / 16)") }))
        for second in 0..<600 {
            for camera in stride(from: 0, to: 64, by: 3) {
                site.set("c\(100 + camera)", (second + camera) % 20 < 10 ? .blind : .watching)
            }
            site.pass(1)
        }
        #expect(site.told.isEmpty)
        for camera in 0..<64 { site.set("c\(100 + camera)", .watching) }
        site.pass(1)
        for camera in 0..<16 { site.set("c\(100 + camera)", .blind) }
        site.pass(30)
        #expect(site.told.filter { $0.change == .opened }.count == 1)
        #expect(site.told.last?.incident.measurements.first?.value == 16)
        let open = site.watch.close(wall: site.wall)
        #expect(open.count == 1 && open[0].incident.interrupted)
    }

    @Test func aCameraThatIsTakenAwayEndsWhatItWasLostBy() {
        var site = Site(["gate": "switch-1", "pier": nil])
        site.set("gate", .blind)
        site.pass(30)
        #expect(site.told.map(\.change) == [.opened])
        let ended = site.watch.regroup(
            [CameraID("pier"): "switch-2"], cameras: [CameraID("pier")], wall: site.wall)
        #expect(ended.map(\.change) == [.closed] && ended[0].incident.camera == CameraID("gate"))
        #expect(site.watch.close(wall: site.wall).isEmpty)
    }
}
