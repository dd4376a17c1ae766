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
        // One for each switch, however often its cameras went away and came back.
        let opened = site.told.filter { $0.change == .opened }.map(\.incident)
        #expect(opened.count == 4 && opened.allSatisfy { $0.kind == .streamUnstable })
        #expect(site.told.allSatisfy { $0.change != .closed } && site.told.count == 22)
        #expect(Set(site.told.flatMap(\.incident.zones)).count == 22)
        for camera in 0..<64 { site.set("c\(100 + camera)", .watching) }
        site.pass(302)
        #expect(site.told.suffix(4).allSatisfy { $0.change == .closed })
        site.told = []
        for camera in 0..<16 { site.set("c\(100 + camera)", .blind) }
        site.pass(30)
        #expect(site.told.filter { $0.change == .opened }.count == 1)
        #expect(site.told.last?.incident.measurements.first?.value == 16)
        let open = site.watch.close(wall: site.wall)
        #expect(open.count == 1 && open[0].incident.interrupted)
    }

    @Test func aCameraThatFlapsIsOneIncidentUntilItIsSteady() throws {
        var site = Site(["gate": nil, "pier": nil])
        for second in 0..<600 {
            site.set("gate", second % 20 < 10 ? .blind : .watching)
            site.pass(1)
        }
        let first = try #require(site.told.first)
        #expect(site.told.count == 1 && first.change == .opened)
        #expect(first.incident.kind == .streamUnstable && first.incident.zones == ["gate"])
        #expect(first.incident.measurements.contains { $0.name == "losses" && $0.value == 10 })
        // It is lost for longer now, which is short for a camera of which people know that it flaps.
        site.set("gate", .blind)
        site.pass(60)
        site.set("gate", .watching)
        site.pass(299)
        #expect(site.told.count == 1)
        site.pass(2)
        #expect(site.told.map(\.change) == [.opened, .closed])
        // Gone for good, it is lost.
        site.set("gate", .blind)
        site.pass(30)
        #expect(site.told.last?.incident.kind == .streamLost && site.told.count == 3)
    }

    @Test func awayForAFifthOfTheTimeIsUnstableToo() {
        var site = Site(["gate": nil])
        for second in 0..<600 {
            site.set("gate", second % 90 < 19 ? .blind : .watching)
            site.pass(1)
        }
        #expect(site.told.map(\.incident.kind) == [.streamUnstable])
        var calmer = Site(["gate": nil])
        for second in 0..<1_200 {
            calmer.set("gate", second % 120 < 19 ? .blind : .watching)
            calmer.pass(1)
        }
        #expect(calmer.told.isEmpty)
    }

    @Test func camerasThatShareNoMoreThanTheSiteAreLostTogether() throws {
        var site = Site(["a": nil, "b": nil, "c": nil, "d": "switch-1"])
        site.set("a", .blind)
        site.set("d", .blind)
        site.pass(8)
        site.set("b", .refused)
        site.pass(30)
        let opened = site.told.filter { $0.change == .opened }.map(\.incident)
        #expect(opened.map(\.zones).sorted { $0[0] < $1[0] } == [["a", "b"], ["d"]])
        #expect(opened.map(\.rule).sorted() == ["stream-lost", "stream-lost-switch-1"])
        site.set("c", .blind)
        site.pass(30)
        #expect(site.told.last?.change == .opened && site.told.last?.incident.zones == ["c"])
    }

    @Test func aCameraThatSeesNothingSinceItIsCoveredIsNotLost() {
        var site = Site(["gate": nil])
        site.set("gate", .blind)
        site.statuses[0].fault = .tampered
        site.pass(120)
        #expect(site.told.isEmpty)
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
