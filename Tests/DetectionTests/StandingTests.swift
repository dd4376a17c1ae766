import Detection
import Domain
import Incidents
import Testing

/// Detector and rules together, on pictures: who stands in a zone is there until he leaves, and is no object left.
@Suite struct StandingTests {
    private static let rate = 5.0
    private static let zone = Zone(
        id: "yard",
        polygon: PicturePolygon(
            points: [(0.25, 0.4), (0.75, 0.4), (0.75, 1.0), (0.25, 1.0)].map { PicturePoint(x: $0.0, y: $0.1) }))

    private static var rules: [IncidentRule] {
        [
            IncidentRule(kind: .motion), IncidentRule(kind: .intrusion, zone: zone),
            IncidentRule(name: "stays 10 s", kind: .loitering, zone: zone, minimumDuration: .seconds(10)),
            IncidentRule(name: "stays 30 s", kind: .loitering, zone: zone, minimumDuration: .seconds(30)),
            IncidentRule(kind: .objectLeft), IncidentRule(kind: .objectRemoved),
        ]
    }

    private struct Told {
        var incidents: [Incident] = []
        /// When each was opened.
        var opened: [IncidentID: Double] = [:]

        func of(_ rule: String) -> [Incident] { incidents.filter { $0.rule == rule } }
    }

    /// Learns the empty scene first; then `draw` paints what is there, by the time in seconds.
    private static func watch(
        seconds: Double, rules: [IncidentRule] = rules, light: Double = 1, _ draw: (inout NoisyScene, Double) -> Void
    ) -> Told {
        var scene = NoisyScene(width: 320, height: 180, noise: light < 1 ? 1 : 2)
        scene.light = light
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: rate))
        var judge = IncidentJudge(
            camera: CameraID("gate"), zones: [zone], rules: rules,
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        var told = Told()
        func take(_ revisions: [IncidentRevision]) {
            for revision in revisions {
                if revision.change == .opened { told.opened[revision.incident.id] = revision.time.seconds }
                guard revision.change == .closed else { continue }
                told.incidents.append(revision.incident)
            }
        }
        for n in 0..<Int(seconds * rate) {
            let now = Double(n) / rate
            scene.render()
            draw(&scene, now)
            let report = scene.analyse(with: &detector, at: now)
            take(
                judge.consider(
                    report.observations + report.resting,
                    at: CaptureTime(time: MediaTime(seconds: now), uncertainty: .zero)))
        }
        take(judge.close(at: MediaTime(seconds: seconds), interrupted: false))
        return told
    }

    private static func paint(_ scene: inout NoisyScene, x: Double, width: Int = 16, height: Int = 46, luma: Int = 30) {
        scene.paint(x: Int(x) - width / 2, y: 160 - height, width: width, height: height, luma: luma)
    }

    /// Where somebody is who comes from the left from 6 s on, stops in the zone at 11 s, and goes on to the right at 60 s.
    private static func visitor(_ now: Double, fidget: Double) -> Double? {
        switch now {
        case ..<6: nil
        case ..<11: -10 + (now - 6) / 5 * 160
        // Another step every three seconds, to either side.
        case ..<60: 150 + fidget * [0, 1, -0.5, 0.5, -1][Int(now - 11) / 3 % 5]
        case ..<66: 150 + (now - 60) * 34
        default: nil
        }
    }

    @Test(arguments: [0.0, 4, 9])
    func whoStandsInAZoneIsThereUntilHeLeaves(fidget: Double) throws {
        let told = Self.watch(seconds: 82) { scene, now in
            if let x = Self.visitor(now, fidget: fidget) { Self.paint(&scene, x: x) }
        }
        let intrusions = told.of("intrusion-yard")
        #expect(intrusions.count == 1)
        let intrusion = try #require(intrusions.first)
        #expect(intrusion.start.seconds < 10 && intrusion.lastSeen.seconds > 61 && intrusion.lastSeen.seconds < 66)
        #expect(intrusion.tracks.count == 1, "he is one and the same")
        for (rule, seconds) in [("stays 10 s", 10.0), ("stays 30 s", 30)] {
            let stays = told.of(rule)
            #expect(stays.count == 1)
            let opened = try #require(stays.first.flatMap { told.opened[$0.id] })
            #expect(abs(opened - intrusion.start.seconds - seconds) < 1)
            #expect(stays.allSatisfy { $0.lastSeen.seconds > 61 })
        }
        // He is nothing that was left, and his going takes nothing away.
        #expect(told.of("object-left").isEmpty && told.of("object-removed").isEmpty)
        // Motion is what moves.
        #expect(told.of("motion").count == 2)
    }

    /// Of full light a seventh: he differs from the wall by 9 to 18 grey levels.
    @Test func whoStandsInTheDarkIsThereToo() throws {
        let told = Self.watch(seconds: 82, light: 0.15) { scene, now in
            if let x = Self.visitor(now, fidget: 4) { Self.paint(&scene, x: x, luma: 4) }
        }
        #expect(told.of("intrusion-yard").count == 1 && told.of("stays 30 s").count == 1)
        #expect((told.of("stays 30 s").first?.lastSeen.seconds ?? 0) > 61)
        #expect(told.of("object-left").isEmpty && told.of("object-removed").isEmpty)
    }

    @Test func whoPassesByDoesNotStand() {
        let told = Self.watch(seconds: 40) { scene, now in
            if now >= 6, now < 18 { Self.paint(&scene, x: -10 + (now - 6) * 30) }
        }
        #expect(told.of("intrusion-yard").count == 1 && told.of("stays 10 s").isEmpty)
        #expect((told.of("intrusion-yard").first?.lastSeen.seconds ?? 0) < 16)
    }

    /// Who stands there sets something down before he leaves: it was one with him, and is there without him.
    @Test(arguments: [0.0, 12])
    func whatSomebodyLeavesIsTold(standing: Double) throws {
        let told = Self.watch(seconds: 60) { scene, now in
            if now >= 11 + standing / 2 { Self.paint(&scene, x: 160, width: 18, height: 16, luma: 230) }
            switch now {
            case ..<6: break
            case ..<11: Self.paint(&scene, x: -10 + (now - 6) / 5 * 160)
            case ..<(11 + standing): Self.paint(&scene, x: 150)
            case ..<(18 + standing): Self.paint(&scene, x: 150 - (now - 11 - standing) * 30)
            default: break
            }
        }
        let left = told.of("object-left")
        #expect(left.count == 1 && told.of("object-removed").isEmpty)
        let box = try #require(left.first?.box)
        #expect(box.overlap(with: Box(x: 151.0 / 320, y: 144.0 / 180, width: 18.0 / 320, height: 16.0 / 180)) > 0.4)
        #expect((left.first?.lastSeen.seconds ?? 0) > 59)
    }

    /// A car that parks is left there once it has not stirred for a while; a person is not.
    @Test func whatIsAsWideAsACarIsAnObjectOnceItIsStill() throws {
        let told = Self.watch(seconds: 70) { scene, now in
            if now >= 6 { Self.paint(&scene, x: min(-30 + (now - 6) * 36, 150), width: 56, height: 26, luma: 210) }
            // Something is put down beside it.
            if now >= 50 { Self.paint(&scene, x: 192, width: 14, height: 12, luma: 20) }
        }
        let left = told.of("object-left")
        let opened = left.compactMap { told.opened[$0.id] }
        try #require(left.count == 2)
        #expect(opened[0] > 28 && opened[0] < 36 && opened[1] > 50 && opened[1] < 54)
        #expect(
            left[0].measurements.contains { $0.name == "stillSeconds" && $0.value >= 20 && $0.threshold == 20 })
    }

    /// A thing stays told of for as long as it lies there, a rule may wait for minutes, and a second thing is told of, too.
    @Test func aThingIsToldOfForAsLongAsItLies() {
        var rules = [IncidentRule(kind: .objectLeft), IncidentRule(kind: .objectLeft)]
        rules[1].name = "for 400 s"
        rules[1].minimumDuration = .seconds(400)
        let told = Self.watch(seconds: 460, rules: rules) { scene, now in
            if now >= 6 { Self.paint(&scene, x: 100, width: 20, height: 16, luma: 230) }
            if now >= 200 { Self.paint(&scene, x: 200, width: 20, height: 16, luma: 230) }
        }
        let left = told.of("object-left")
        #expect(left.count == 2, "each of them is an event")
        #expect(left.map(\.lastSeen.seconds).max() ?? 0 > 459)
        #expect(told.of("for 400 s").map { Int($0.start.seconds) / 100 } == [0])
    }
}
