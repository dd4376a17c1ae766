import Domain
import Geolocation
import Incidents
import Testing

/// Loitering, wrong direction, speed, objects left behind: what each kind of rule asks of an object.
struct RuleKindTests {
    private func loitering(seconds: Double, quiet: Double = 20) -> IncidentRule {
        IncidentRule(
            kind: .loitering, zone: JudgeBench.yard, quietTime: .seconds(quiet), minimumDuration: .seconds(seconds))
    }

    // MARK: Tampering

    /// So that the clip shows the hand, not only the covered lens.
    @Test func whatCoversTheLensBeganBeforeItWasCertain() throws {
        var bench = JudgeBench([IncidentRule(kind: .cameraCovered)])
        bench.picture(
            20,
            [
                Observation(
                    kind: .cameraCovered, time: MediaTime(seconds: 20), confidence: 0.9, since: MediaTime(seconds: 12))
            ])
        #expect(try #require(bench.incidents.first).start == MediaTime(seconds: 12))
    }

    // MARK: Scene changes

    @Test func sceneChangeSaysWhichItWasLast() throws {
        var bench = JudgeBench([IncidentRule(kind: .sceneChange)])
        for (seconds, change) in [(20.0, SceneChange.infrared), (22, .light)] {
            bench.picture(
                seconds,
                [
                    Observation(
                        kind: .sceneChange, time: MediaTime(seconds: seconds), confidence: 0.9, sceneChange: change)
                ])
        }
        #expect(bench.incidents.count == 1 && bench.incidents[0].sceneChange == .light)
        #expect(bench.revisions.first?.incident.sceneChange == .infrared)
    }

    // MARK: Loitering

    @Test func whoStaysLongEnoughLoitersFromWhenHeCame() throws {
        var bench = JudgeBench([loitering(seconds: 30)])
        for index in 0..<400 {
            let seconds = Double(index) / 10
            // Five seconds outside first: the clock runs from the zone on, not from the track's beginning.
            bench.picture(seconds, [motion(seconds, foot: seconds < 5 ? (0.8, 0.8) : (0.25, 0.75))])
        }
        let incident = try #require(bench.incidents.first)
        #expect(bench.incidents.count == 1 && incident.start == MediaTime(seconds: 5))
        #expect(bench.revisions[0].time == MediaTime(seconds: 35))
        #expect(incident.measurements[0] == Measurement(name: "staySeconds", value: 30, threshold: 30))
    }

    @Test func whoPassesThroughOftenDoesNotLoiter() {
        var bench = JudgeBench([loitering(seconds: 30)])
        for index in 0..<1_200 {
            let seconds = Double(index) / 10
            let isInside = Int(seconds) % 20 < 12
            bench.picture(seconds, [motion(seconds, foot: isInside ? (0.25, 0.75) : (0.8, 0.8))])
        }
        #expect(bench.incidents.isEmpty)
    }

    @Test func whoStandsStillAndMovesAgainAsANewTrackGoesOnLoitering() {
        var bench = JudgeBench([loitering(seconds: 30)])
        for index in 0..<400 {
            let seconds = Double(index) / 10
            switch seconds {
            case ..<10: bench.picture(seconds, [motion(seconds, track: 1)])
            case ..<22: bench.picture(seconds)
            default: bench.picture(seconds, [motion(seconds, track: 2, foot: (0.26, 0.75))])
            }
        }
        #expect(bench.incidents.count == 1 && bench.incidents.first?.start == .zero)
        // Another one, elsewhere in the zone, is somebody else.
        var other = JudgeBench([loitering(seconds: 30)])
        for index in 0..<400 {
            let seconds = Double(index) / 10
            switch seconds {
            case ..<10: other.picture(seconds, [motion(seconds, track: 1)])
            case ..<22: other.picture(seconds)
            default: other.picture(seconds, [motion(seconds, track: 2, foot: (0.45, 0.95))])
            }
        }
        #expect(other.incidents.isEmpty)
    }

    @Test func passersByDoNotKeepALoiterersIncidentOpen() {
        var bench = JudgeBench([loitering(seconds: 5, quiet: 10)])
        for index in 0..<600 {
            let seconds = Double(index) / 10
            var seen: [Observation] = []
            if seconds < 10 { seen.append(motion(seconds, track: 1)) }
            // Somebody new walks through in two seconds out of four, for ever.
            let since = seconds.truncatingRemainder(dividingBy: 4)
            if since < 2 {
                seen.append(motion(seconds, track: 100 + Int(seconds) / 4, foot: (0.02 + 0.23 * since, 0.95)))
            }
            bench.picture(seconds, seen)
        }
        #expect(bench.incidents.count == 1 && bench.incidents[0].tracks == [1])
        #expect(bench.incidents[0].state == .closed && bench.incidents[0].lastSeen == MediaTime(seconds: 9.9))
    }

    // MARK: Who stands

    /// Walks about for five seconds and stands from then on.
    private func stander(_ seconds: Double) -> Observation {
        var observation = motion(seconds)
        if seconds >= 5 { observation.restingSince = MediaTime(seconds: 5) }
        return observation
    }

    @Test func whoStandsLoitersAndIntrudesButDoesNotMove() throws {
        var bench = JudgeBench([
            loitering(seconds: 30, quiet: 10), IncidentRule(kind: .intrusion, zone: JudgeBench.yard),
            IncidentRule(kind: .motion),
        ])
        for index in 0..<1_500 {
            let seconds = Double(index) / 2
            bench.picture(seconds, [stander(seconds)])
        }
        let ends = bench.incidents.reduce(into: [IncidentKind: Double]()) { $0[$1.kind] = $1.lastSeen.seconds }
        #expect(bench.incidents.count == 3)
        // Ten minutes, and the time that the rule asks for.
        #expect(ends == [.motion: 4.5, .intrusion: 605, .loitering: 635])
    }

    // MARK: Wrong direction

    private var oneWay: IncidentRule {
        var rule = IncidentRule(kind: .wrongDirection)
        rule.allowedWay = PictureLine(start: PicturePoint(x: 0.1, y: 0.5), end: PicturePoint(x: 0.9, y: 0.5))
        return rule
    }

    /// - Parameter heading: x and y a second, in fractions of the picture.
    private func move(_ rule: IncidentRule, heading: (x: Double, y: Double), wave: Double = 0) -> JudgeBench {
        var bench = JudgeBench([rule])
        for index in 0..<28 {
            let seconds = Double(index) / 10
            let swing = index % 2 == 0 ? wave : -wave
            bench.picture(
                seconds, [motion(seconds, foot: (0.5 + heading.x * seconds + swing, 0.4 + heading.y * seconds))])
        }
        return bench
    }

    @Test(arguments: [
        (0.1, 0.0, false), (-0.1, 0.0, true), (-0.1, 0.05, true), (0.0, 0.1, false), (0.0, -0.1, false),
        // On a picture of 16 to 9 this is 62 degrees off the opposite way, this one 58.
        (-0.0507, 0.17, false), (-0.0594, 0.17, true), (0.0, 0.0, false),
    ])
    func againstTheAllowedWayIsWithinSixtyDegreesOfItsOpposite(x: Double, y: Double, expected: Bool) {
        #expect(move(oneWay, heading: (x, y)).incidents.count == (expected ? 1 : 0))
    }

    @Test func whoWaversOnTheSpotGoesNoWay() {
        #expect(move(oneWay, heading: (0, 0), wave: 0.015).incidents.isEmpty)
        var rule = oneWay
        rule.allowedWay = PictureLine(start: PicturePoint(x: 0.5, y: 0.5), end: PicturePoint(x: 0.5, y: 0.5))
        #expect(move(rule, heading: (-0.1, 0)).incidents.isEmpty)
    }

    @Test func theShapeOfThePictureCounts() {
        var bench = JudgeBench([oneWay])
        bench.judge.pictures(haveAspectRatio: .nan)
        bench.judge.pictures(haveAspectRatio: 1)
        for index in 0..<28 {
            let seconds = Double(index) / 10
            // 58 degrees off at 16 to 9, 71 degrees off on a square picture.
            bench.picture(seconds, [motion(seconds, foot: (0.5 - 0.0594 * seconds, 0.4 + 0.17 * seconds))])
        }
        #expect(bench.incidents.isEmpty)
    }

    // MARK: Speed

    /// A picture of which the lower half is 20 metres wide and 30 deep, seen as a plain rectangle.
    private var plan: GroundPlane? {
        GroundPlane(
            [(0.0, 0.5, 0.0, 30.0), (1.0, 0.5, 20.0, 30.0), (1.0, 1.0, 20.0, 0.0), (0.0, 1.0, 0.0, 0.0)].map {
                .init(picture: PicturePoint(x: $0.0, y: $0.1), ground: .init(x: $0.2, y: $0.3))
            })
    }

    private func drive(
        _ limit: IncidentRule.SpeedLimit, metresPerSecond: Double, picturesPerSecond: Double = 10, noise: Double = 0,
        ground: GroundPlane?
    ) -> JudgeBench {
        var rule = IncidentRule(kind: .speed)
        rule.speedLimit = limit
        var bench = JudgeBench([rule])
        bench.judge = IncidentJudge(
            camera: CameraID("gate"), rules: [rule],
            ground: GroundView(camera: CameraID("gate"), points: ground, pose: nil, on: .level(heightMetres: 0)),
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        var random = SeededGenerator(state: 5)
        var seconds = 0.0
        while true {
            let x = 0.1 + metresPerSecond * seconds / 20 + Double.random(in: -1...1, using: &random) * noise
            guard x < 0.9, seconds < 20 else { break }
            bench.picture(seconds, [motion(seconds, foot: (x, 0.75))])
            seconds += 1 / picturesPerSecond
        }
        return bench
    }

    @Test(arguments: [1.0, 5, 10, 30])
    func kilometresPerHourAreThoseOfTheGround(rate: Double) throws {
        let ground = try #require(plan)
        for (limit, count) in [(17.0, 1), (19, 0)] {
            // 5 m/s are 18 km/h; at a picture a second three of them tell it.
            let bench = drive(
                .kilometresPerHour(limit), metresPerSecond: 5, picturesPerSecond: rate, ground: ground)
            #expect(bench.incidents.count == count, "\(limit) at \(rate)")
            let measured = bench.incidents.first?.measurements.first
            #expect(count == 0 || abs((measured?.value ?? 0) - 18) < 0.01 && measured?.threshold == limit)
        }
    }

    @Test func withoutAGroundNothingIsToldInMetres() {
        #expect(drive(.kilometresPerHour(1), metresPerSecond: 5, ground: nil).incidents.isEmpty)
        // A quarter of the width a second is 0.44 heights of a picture of 16 to 9.
        #expect(drive(.heightsPerSecond(0.4), metresPerSecond: 5, ground: nil).incidents.count == 1)
        #expect(drive(.heightsPerSecond(0.5), metresPerSecond: 5, ground: nil).incidents.isEmpty)
    }

    @Test func aWaveringBoxIsNoSpeed() throws {
        let ground = try #require(plan)
        #expect(drive(.kilometresPerHour(5), metresPerSecond: 0, noise: 0.03, ground: ground).incidents.isEmpty)
        #expect(drive(.kilometresPerHour(15), metresPerSecond: 5, noise: 0.01, ground: ground).incidents.count == 1)
    }

    // MARK: Objects, sizes, masks, cooldown

    @Test(arguments: [IncidentKind.objectLeft, .objectRemoved])
    func objectsLeftAndRemovedAreToldByTheirDetector(kind: IncidentKind) {
        var bench = JudgeBench([IncidentRule(kind: kind, zone: JudgeBench.yard)])
        let place = Box(x: 0.2, y: 0.7, width: 0.05, height: 0.05)
        for index in 0..<20 {
            bench.picture(
                Double(index), [Observation(kind: kind, time: .zero, box: place, confidence: 0.9, track: 7)])
        }
        bench.picture(20, [motion(20)])
        bench.close(21)
        #expect(bench.incidents.map(\.kind) == [kind] && bench.incidents[0].frames == 20)
    }

    @Test(arguments: [0.0, 10])
    func eachThingThatIsLeftIsAnIncidentOfItsOwn(minimum: Double) {
        var bench = JudgeBench([IncidentRule(kind: .objectLeft, minimumDuration: .seconds(minimum))])
        for index in 0..<60 {
            let seconds = Double(index)
            // The second one from 30 s on, a third one for five seconds only.
            let seen = [1] + (index >= 30 ? [2] : []) + (index >= 40 && index < 45 ? [3] : [])
            bench.picture(
                seconds,
                seen.map { track in
                    Observation(
                        kind: .objectLeft, time: MediaTime(seconds: seconds),
                        box: Box(x: 0.2 * Double(track), y: 0.7, width: 0.05, height: 0.05), confidence: 0.9,
                        track: track)
                })
        }
        bench.close(60)
        #expect(bench.incidents.map(\.start.seconds) == (minimum > 0 ? [0, 30] : [0, 30, 40]))
        #expect(bench.incidents.last?.lastSeen.seconds == 59)
    }

    @Test func aPersonIsNoObjectLeft() {
        for (finding, count) in [
            (ObjectFinding.recognised("person", confidence: 0.8), 0), (.recognised("suitcase", confidence: 0.8), 1),
            (.unverified, 1), (.unrecognised, 1),
        ] {
            var bench = JudgeBench([IncidentRule(kind: .objectLeft)])
            bench.picture(
                0,
                [
                    Observation(
                        kind: .objectLeft, time: .zero, box: Box(x: 0.2, y: 0.7, width: 0.05, height: 0.05),
                        confidence: 0.9, track: 7, object: finding)
                ])
            #expect(bench.incidents.count == count)
        }
    }

    @Test func whatIsSmallerThanTheRuleAsksForIsIgnored() {
        var rule = IncidentRule(kind: .motion)
        for (minimum, count) in [(0.019, 1), (0.021, 0)] {
            rule.minimumArea = minimum
            var bench = JudgeBench([rule])
            bench.picture(0, [motion(0)])
            #expect(bench.incidents.count == count)
        }
    }

    @Test func overlapAndFootPointAreTwoTests() {
        var rule = IncidentRule(kind: .intrusion, zone: JudgeBench.yard)
        // The box's lower quarter is in the yard, its feet with it; then its left half, without its feet.
        let low = motion(0, foot: (0.25, 0.55))
        let left = motion(0, foot: (0.51, 0.75))
        for (test, countLow, countLeft) in [
            (IncidentRule.PlaceTest.footPoint, 1, 0), (.overlap(minimum: 0.2), 1, 1), (.overlap(minimum: 0.6), 0, 0),
        ] {
            rule.placeTest = test
            for (observation, count) in [(low, countLow), (left, countLeft)] {
                var bench = JudgeBench([rule])
                bench.picture(0, [observation])
                #expect(bench.incidents.count == count, "\(test)")
            }
        }
    }

    @Test func polygonsThatCrossThemselvesCoverWhatTheEvenOddRuleSays() {
        // A bow tie: two triangles that meet in the middle.
        let bow = PicturePolygon(
            points: [(0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)].map { PicturePoint(x: $0.0, y: $0.1) })
        #expect(abs(bow.coverage(of: Box(x: 0, y: 0, width: 1, height: 1)) - 0.5) < 0.05)
        #expect(bow.coverage(of: Box(x: 0.4, y: 0, width: 0.2, height: 0.2)) == 0)
        #expect(bow.coverage(of: Box(x: 0, y: 0.4, width: 0.2, height: 0.2)) == 1)
        #expect(PicturePolygon(points: []).coverage(of: Box(x: 0, y: 0, width: 1, height: 1)) == 0)
        #expect([bow, bow].coverage(of: Box(x: 0, y: 0.4, width: 0.2, height: 0.2)) == 1)
    }

    @Test func nothingCountsUnderAMaskButFire() {
        let lower = PicturePolygon(
            points: [(0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)].map { PicturePoint(x: $0.0, y: $0.1) })
        for (hidesFire, kinds) in [(false, [IncidentKind.smoke]), (true, [])] {
            var bench = JudgeBench()
            bench.judge = IncidentJudge(
                camera: CameraID("gate"), rules: [IncidentRule(kind: .motion), IncidentRule(kind: .smoke)],
                masks: [PictureMask(polygon: lower, hidesFire: hidesFire)],
                localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
            let place = Box(x: 0.4, y: 0.7, width: 0.1, height: 0.1)
            bench.picture(0, [motion(0), Observation(kind: .smoke, time: .zero, box: place, confidence: 0.9)])
            #expect(bench.incidents.map(\.kind) == kinds)
        }
    }

    @Test func afterAnIncidentTheRuleCoolsDown() {
        var rule = IncidentRule(kind: .motion, quietTime: .seconds(5))
        rule.cooldown = .seconds(30)
        var bench = JudgeBench([rule])
        // Seen for a second in every ten: closed five seconds after, silent for thirty more.
        for index in 0..<1_000 where index % 100 < 10 || index % 10 == 0 {
            bench.picture(Double(index) / 10, index % 100 < 10 ? [motion(Double(index) / 10, track: index / 100)] : [])
        }
        #expect(bench.incidents.map(\.start.seconds) == [0, 40, 80])
    }
}
