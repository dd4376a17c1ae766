import Domain
import Incidents
import Testing

/// One cause, one incident: how incidents open, go on and close.
struct IncidentJudgeTests {
    @Test func anObjectOpensOneIncidentThatClosesAfterItsQuietTime() throws {
        var bench = JudgeBench()
        for i in 0..<50 { bench.picture(100 + Double(i) / 10, [motion(100 + Double(i) / 10, since: 99.7)]) }
        for i in 50..<160 { bench.picture(100 + Double(i) / 10) }
        #expect(bench.changes == [.opened, .closed])
        let incident = try #require(bench.incidents.first)
        #expect(incident.id.rawValue == "gate-motion-19700101T000139700")
        #expect(incident.start == MediaTime(seconds: 99.7) && incident.lastSeen == MediaTime(seconds: 104.9))
        #expect(incident.frames == 50 && incident.tracks == [1] && incident.zones == ["yard"])
        #expect(incident.state == .closed && !incident.interrupted && incident.rule == "motion")
        #expect(incident.severity == .info && incident.startUncertaintyMicroseconds == 20_000)
        #expect(incident.measurements == [Measurement(name: "areaFraction", value: 0.02, threshold: 0.001)])
        #expect(bench.revisions[0].incident.state == .open && bench.revisions[0].incident.frames == 1)
        #expect(bench.revisions[0].time == MediaTime(seconds: 100))
        // Exactly at the end of the quiet time.
        #expect(bench.revisions[1].time == MediaTime(seconds: 114.9))
    }

    @Test func aFireSaysWhatFoundItAndAtWhichDanger() throws {
        let rules = [IncidentKind.smoke, .motion].map { IncidentRule(kind: $0, minimumDuration: .zero) }
        var bench = JudgeBench(rules)
        bench.judge.incidents(of: .smoke, areFoundBy: "smoke-1 ab12cd34ef56")
        bench.judge.fireDanger(is: .dangerous)
        var smoke = motion(1)
        smoke.kind = .smoke
        bench.picture(1, [smoke, motion(1, track: 2)])
        // What changes later changes nothing of what is open.
        bench.judge.fireDanger(is: .low)
        bench.judge.incidents(of: .smoke, areFoundBy: "smoke-2")
        bench.close(2)
        let found = try #require(bench.incidents.first { $0.kind == .smoke })
        #expect(found.state == .closed && found.detector == "smoke-1 ab12cd34ef56" && found.dangerLevel == .dangerous)
        let other = try #require(bench.incidents.first { $0.kind == .motion })
        #expect(other.detector == nil && other.dangerLevel == nil)
    }

    @Test func aPauseShorterThanTheQuietTimeIsTheSameIncidentAndALongerOneAnother() {
        for (pause, count) in [(9.9, 1), (10.0, 2), (30.0, 2)] {
            var bench = JudgeBench()
            bench.picture(0, [motion(0)])
            bench.picture(pause, [motion(pause, track: 2)])
            bench.close(pause + 1)
            #expect(bench.incidents.count == count, "\(pause)")
            #expect(bench.incidents.allSatisfy { $0.state == .closed })
        }
    }

    @Test func severalObjectsAtOnceAreOneIncident() {
        var bench = JudgeBench()
        bench.picture(0, [motion(0, track: 1), motion(0, track: 2, foot: (0.8, 0.8))])
        bench.picture(0.1, [motion(0.1, track: 3)])
        bench.picture(0.2, [motion(0.2, track: 4, foot: (0.9, 0.3))])
        // News wait until a second has gone since the last revision, seen or not.
        bench.picture(0.9)
        bench.picture(1.0)
        bench.picture(1.1)
        #expect(bench.changes == [.opened, .updated])
        #expect(bench.revisions[0].incident.tracks == [1, 2])
        #expect(bench.revisions[1].incident.tracks == [1, 2, 3, 4] && bench.revisions[1].time == MediaTime(seconds: 1))
        #expect(bench.incidents.count == 1)
    }

    @Test func aLongIncidentIsWrittenEveryTenSecondsAndNotPerPicture() {
        var bench = JudgeBench()
        for i in 0...605 { bench.picture(Double(i) / 10, [motion(Double(i) / 10)]) }
        #expect(bench.changes == [.opened] + Array(repeating: .updated, count: 6))
        let times = bench.revisions.map(\.time.seconds)
        #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 10) < 1e-9 })
        #expect(bench.revisions.last?.incident.frames == 601)
    }

    @Test func aTrackOnEachPictureIsWrittenOnceASecond() {
        var bench = JudgeBench()
        for i in 0..<1_000 { bench.picture(Double(i) / 10, [motion(Double(i) / 10, track: i)]) }
        // The first 200 tracks are named, ten a second; after that there is nothing new, so every ten seconds will do.
        #expect((20...30).contains(bench.changes.filter { $0 == .updated }.count))
        bench.close(100)
        #expect(bench.incidents[0].tracks == Array(0..<200) && bench.incidents[0].frames == 1_000)
    }

    @Test func growingConfidenceIsWrittenWhenItIsNotable() {
        var bench = JudgeBench()
        for (i, confidence) in [0.5, 0.55, 0.59, 0.61, 0.62, 0.9].enumerated() {
            bench.picture(Double(i) * 2, [motion(Double(i) * 2, confidence: confidence)])
        }
        #expect(bench.revisions.map(\.incident.confidence) == [0.5, 0.61, 0.9])
    }

    @Test func anIntruderIsWhereHisFeetAre() {
        let rule = IncidentRule(kind: .intrusion, zone: JudgeBench.yard)
        for (foot, isInside) in [
            ((0.25, 0.75), true), ((0.25, 1.0), true), ((0.75, 0.75), false), ((0.25, 0.45), false),
            // Head in the zone, feet below the picture's edge: the edge counts.
            ((0.25, 1.1), true),
        ] as [((Double, Double), Bool)] {
            var bench = JudgeBench([rule])
            bench.picture(0, [motion(0, foot: (x: foot.0, y: foot.1))])
            #expect(bench.incidents.count == (isInside ? 1 : 0), "\(foot)")
        }
        var bench = JudgeBench([rule])
        bench.picture(0, [Observation(kind: .motion, time: .zero, box: nil, confidence: 1)])
        bench.picture(1, [Observation(kind: .sceneChange, time: .zero, box: nil, confidence: 1)])
        #expect(bench.revisions.isEmpty)
    }

    @Test func motionCountsInAZoneWithItsMiddleToo() {
        // The middle lies in the yard, the foot below it is cut off by nothing: a banner on the wall.
        let wall = Zone(
            id: "wall",
            polygon: PicturePolygon(
                points: [(0, 0), (1, 0), (1, 0.5), (0, 0.5)].map { PicturePoint(x: $0.0, y: $0.1) }))
        var bench = JudgeBench([IncidentRule(kind: .motion, zone: wall)], zones: [wall])
        bench.picture(0, [motion(0, foot: (0.5, 0.55))])
        bench.picture(1, [motion(1, track: 2, foot: (0.5, 0.95))])
        #expect(bench.incidents.map(\.tracks) == [[1]] && bench.incidents[0].rule == "motion-wall")
    }

    @Test func anIntrusionBeginsWhenTheZoneIsEntered() {
        var bench = JudgeBench([IncidentRule(kind: .intrusion, zone: JudgeBench.yard)])
        bench.picture(5, [motion(5, foot: (0.9, 0.9), since: 4)])
        bench.picture(6, [motion(6, foot: (0.3, 0.9), since: 4)])
        #expect(bench.incidents.map(\.start) == [MediaTime(seconds: 6)])
        // One that is in the zone from its first picture on began when it was first seen.
        var other = JudgeBench([IncidentRule(kind: .intrusion, zone: JudgeBench.yard)])
        other.picture(6, [motion(6, foot: (0.3, 0.9), since: 5.5)])
        #expect(other.incidents.map(\.start) == [MediaTime(seconds: 5.5)])
    }

    @Test func anObjectMustBeSeenLongEnough() {
        let rule = IncidentRule(kind: .motion, minimumDuration: .seconds(2))
        var bench = JudgeBench([rule])
        for i in 0..<20 { bench.picture(Double(i) / 10, [motion(Double(i) / 10)]) }
        #expect(bench.revisions.isEmpty)
        bench.picture(2, [motion(2)])
        #expect(bench.changes == [.opened] && bench.incidents[0].start == .zero && bench.incidents[0].frames == 21)
        // What comes and goes in less is nothing, however often.
        var flicker = JudgeBench([rule])
        for i in 0..<50 { flicker.picture(Double(i) * 4, [motion(Double(i) * 4, track: 1)]) }
        #expect(flicker.revisions.isEmpty)
    }

    @Test func whatIsNotLikelyEnoughIsIgnored() {
        var bench = JudgeBench([IncidentRule(kind: .motion, minimumConfidence: 0.6)])
        bench.picture(0, [motion(0, confidence: 0.59), motion(0, track: 2, confidence: .nan)])
        #expect(bench.revisions.isEmpty)
        bench.picture(1, [motion(1, confidence: 0.6)])
        #expect(bench.changes == [.opened])
    }

    @Test func aRuleWatchesInItsWindowOnly() {
        // Virtual time starts on a Thursday at midnight UTC.
        let night = WeeklySchedule(windows: [.init(startMinute: 22 * 60, endMinute: 5 * 60)])
        var bench = JudgeBench([IncidentRule(kind: .intrusion, zone: JudgeBench.yard, schedule: night)])
        for (hour, count) in [(4.99, 1), (5.01, 1), (12.0, 1), (21.99, 1), (22.0, 2), (26.0, 3)] {
            let seconds = hour * 3_600
            bench.picture(seconds, [motion(seconds)])
            bench.picture(seconds + 60)
            #expect(bench.incidents.count == count, "\(hour)")
        }
        // Where the window ends the incident does, though the intruder stays.
        var staying = JudgeBench([IncidentRule(kind: .intrusion, zone: JudgeBench.yard, schedule: night)])
        for i in 0..<60 { staying.picture(5 * 3_600 - 30 + Double(i), [motion(5 * 3_600 - 30 + Double(i))]) }
        #expect(staying.incidents.map(\.state) == [.closed])
        #expect(staying.incidents.map(\.lastSeen) == [MediaTime(seconds: 5 * 3_600 - 1)])
    }

    @Test func theWallClockIsAskedOnlyForRulesWithASchedule() {
        var bench = JudgeBench(IncidentRule.usual) { _ in
            Issue.record("asked for the local time")
            return LocalTime(weekday: .monday, minuteOfDay: 0)
        }
        bench.picture(0, [motion(0)])
        #expect(bench.changes == [.opened])
    }

    @Test func aChangeOfTheSceneIsAnIncidentOfItsOwn() {
        var bench = JudgeBench()
        bench.picture(3, [Observation(kind: .sceneChange, time: MediaTime(seconds: 3), confidence: 1)])
        bench.picture(20)
        #expect(bench.incidents.map(\.kind) == [.sceneChange] && bench.incidents[0].severity == .info)
        #expect(
            bench.incidents[0].box == nil && bench.incidents[0].zones.isEmpty && bench.changes == [.opened, .closed])
        #expect(bench.incidents[0].id.rawValue == "gate-scene-change-19700101T000003000")
    }

    @Test func rulesOfOneKindThatOpenTogetherHaveDifferentNames() {
        var bench = JudgeBench([
            IncidentRule(name: "a", kind: .motion), IncidentRule(name: "b", kind: .motion),
            IncidentRule(name: "c", kind: .motion, zone: JudgeBench.yard),
        ])
        bench.picture(1, [motion(1)])
        let base = "gate-motion-19700101T000001000"
        #expect(bench.incidents.map(\.id.rawValue) == [base, base + "-2", base + "-3"])
        #expect(bench.incidents.map(\.rule) == ["a", "b", "c"])
    }

    @Test func closingClosesOnceAndWatchingGoesOn() {
        var bench = JudgeBench()
        bench.picture(0, [motion(0)])
        bench.close(1, interrupted: true)
        bench.close(2)
        #expect(bench.changes == [.opened, .closed] && bench.incidents[0].interrupted)
        #expect(bench.judge.openIncidents.isEmpty)
        bench.picture(3, [motion(3, since: 0)])
        #expect(bench.changes == [.opened, .closed, .opened])
        // A track that belonged to the incident before does not take the new one back into it.
        #expect(bench.incidents[1].start == MediaTime(seconds: 3) && bench.judge.openIncidents.count == 1)
    }
}

/// Where open incidents are seen, for whoever looks for the picture that shows them best.
struct IncidentSightingTests {
    @Test func theLargestObjectOfEachOpenIncidentIsToldOnThePicturesThatShowIt() {
        var bench = JudgeBench([IncidentRule(kind: .motion)])
        var second = 0.0
        while bench.judge.sightings.isEmpty, second < 10 {
            bench.picture(second, [motion(second)])
            second += 0.2
        }
        #expect(bench.judge.sightings.map(\.incident.id) == bench.judge.openIncidents.map(\.id))
        var large = motion(second, track: 2)
        large.box = Box(x: 0.1, y: 0.1, width: 0.4, height: 0.4)
        bench.picture(second, [motion(second), large])
        #expect(bench.judge.sightings.map(\.box) == [large.box])
        bench.picture(second + 0.2)
        #expect(bench.judge.sightings.isEmpty)
    }
}
