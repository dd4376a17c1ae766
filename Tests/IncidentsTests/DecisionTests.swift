import Domain
import Incidents
import Testing

/// Each candidate gives one decision, with the values that decided; orders silence rules and are said to have done so.
struct DecisionTests {
    private func judge(
        _ rules: [IncidentRule], orders: StandingOrders = StandingOrders(),
        localTime: @escaping @Sendable (MediaTime) -> LocalTime = { LocalTime(at: $0, secondsEastOfUTC: 0) }
    ) -> IncidentJudge {
        IncidentJudge(
            camera: CameraID("gate"), zones: [JudgeBench.yard], rules: rules, standingOrders: { orders },
            localTime: localTime)
    }

    /// Two seconds of one object, then five of nothing.
    private func decisions(_ judge: IncidentJudge, _ seen: (Double) -> [Observation]) -> [Decision] {
        var judge = judge
        for index in 0..<70 {
            let seconds = Double(index) / 10
            _ = judge.consider(
                seconds < 2 ? seen(seconds) : [],
                at: CaptureTime(time: MediaTime(seconds: seconds), uncertainty: .zero))
        }
        return judge.takeDecisions().decisions
    }

    @Test func aConfirmedCandidateIsDecidedOnce() throws {
        let made = decisions(judge([IncidentRule(kind: .motion)])) { [motion($0)] }
        let decision = try #require(made.first)
        #expect(made.count == 1 && decision.outcome == .confirmed && decision.reason == .opened)
        #expect(decision.incident?.rawValue.hasPrefix("gate-motion-") == true && decision.track == 1)
        #expect(decision.measurements == [Measurement(name: "areaFraction", value: 0.02, threshold: 0.001)])
    }

    /// A rule about people: a dog is none, and what nobody looked at may be one.
    @Test func anotherObjectThanAskedForIsRefused() {
        var people = IncidentRule(kind: .motion)
        people.objects = [.person]
        for (finding, reason) in [
            (ObjectFinding.recognised("dog", confidence: 0.7), Decision.Reason.otherObject),
            (.unrecognised, .otherObject), (.recognised("person", confidence: 0.5), .opened), (.unverified, .opened),
        ] {
            let made = decisions(judge([people])) { seconds in
                var observation = motion(seconds)
                observation.object = finding
                return [observation]
            }
            #expect(made.map(\.reason) == [reason], "\(finding)")
            let measured = made.first?.measurements.first { $0.name == "classifierConfidence" }?.value
            #expect(measured == (finding.label == "dog" ? 0.7 : nil))
        }
    }

    @Test func whoComesLaterJoins() {
        let made = decisions(judge([IncidentRule(kind: .motion)])) { seconds in
            [motion(seconds, track: 1)] + (seconds > 1 ? [motion(seconds, track: 2)] : [])
        }
        #expect(made.map(\.reason) == [.opened, .joined] && made.map(\.track) == [1, 2])
        #expect(Set(made.map(\.incident)).count == 1)
    }

    @Test func eachReasonIsToldWithItsValue() throws {
        var small = IncidentRule(name: "small", kind: .motion)
        small.minimumArea = 0.1
        var far = IncidentRule(name: "far", kind: .lineCrossing)
        far.line = PictureLine(start: PicturePoint(x: 0.9, y: 0), end: PicturePoint(x: 0.9, y: 1))
        var fast = IncidentRule(name: "fast", kind: .speed)
        fast.speedLimit = .heightsPerSecond(1)
        let rules = [
            IncidentRule(name: "sure", kind: .motion, minimumConfidence: 0.9), small, far, fast,
            IncidentRule(name: "yard", kind: .intrusion, zone: JudgeBench.yard),
            IncidentRule(name: "long", kind: .motion, minimumDuration: .seconds(5)),
            IncidentRule(
                name: "night", kind: .motion,
                schedule: WeeklySchedule(windows: [.init(startMinute: 60, endMinute: 120)])),
        ]
        let made = decisions(judge(rules)) { [motion($0, foot: (0.7 + 0.05 * $0, 0.75))] }
        #expect(made.allSatisfy { $0.outcome == .suppressed && $0.incident == nil && $0.track == 1 })
        let reasons = Dictionary(uniqueKeysWithValues: made.map { ($0.rule, $0.reason) })
        #expect(
            reasons == [
                "sure": .lowConfidence, "small": .tooSmall, "far": .notCrossed, "fast": .tooSlow, "yard": .outsideZone,
                "long": .tooShort, "night": .offSchedule,
            ])
        func first(_ rule: String) throws -> Measurement {
            try #require(made.first { $0.rule == rule }?.measurements.first)
        }
        #expect(try first("sure") == Measurement(name: "confidence", value: 0.8, threshold: 0.9))
        #expect(try first("long") == Measurement(name: "staySeconds", value: 1.9, threshold: 5))
        #expect(try first("fast").threshold == 1 && abs(first("fast").value - 0.05 * 16 / 9) < 1e-6)
    }

    @Test func whatWasNearestToAnIncidentIsTold() {
        let rule = IncidentRule(kind: .intrusion, zone: JudgeBench.yard, minimumDuration: .seconds(5))
        let made = decisions(judge([rule])) { [motion($0, foot: $0 < 1 ? (0.25, 0.75) : (0.8, 0.75))] }
        // It left the zone again; that it was in it at all is the nearer miss.
        #expect(made.map(\.reason) == [.tooShort])
    }

    @Test func whatStaysSuppressedIsToldOnceAMinute() {
        var judge = judge([IncidentRule(kind: .intrusion, zone: JudgeBench.yard)])
        for index in 0..<2_000 {
            let seconds = Double(index) / 10
            _ = judge.consider(
                [motion(seconds, foot: (0.8, 0.8))],
                at: CaptureTime(time: MediaTime(seconds: seconds), uncertainty: .zero))
        }
        #expect(judge.takeDecisions().decisions.map(\.reason) == [.outsideZone, .outsideZone, .outsideZone])
    }

    @Test func aStormIsBoundedAndCounted() {
        var judge = judge([IncidentRule(kind: .intrusion, zone: JudgeBench.yard)])
        var total = 0
        for index in 0..<100 {
            let seconds = Double(index) / 10
            let flakes = (0..<300).map { motion(seconds, track: index * 300 + $0, foot: (0.8, 0.8)) }
            total += flakes.count
            _ = judge.consider(flakes, at: CaptureTime(time: MediaTime(seconds: seconds), uncertainty: .zero))
        }
        _ = judge.close(at: MediaTime(seconds: 10), interrupted: false)
        let (made, dropped) = judge.takeDecisions()
        #expect(made.count <= 1_000 && made.count + dropped == total)
    }

    // MARK: Orders

    @Test func anOrderSilencesItsKindsAndIsNamedAsTheReason() throws {
        let rules = [
            IncidentRule(kind: .motion), IncidentRule(kind: .smoke), IncidentRule(kind: .sceneChange),
        ]
        var orders = StandingOrders()
        orders.give(try ArmingOrder(.disarm, since: .zero, actor: "duty"))
        var silent = judge(rules, orders: orders)
        let place = Box(x: 0.1, y: 0.1, width: 0.1, height: 0.1)
        var kinds: Set<IncidentKind> = []
        for index in 0..<80 {
            let seconds = Double(index) / 10
            let seen =
                index < 20
                ? [
                    motion(seconds), Observation(kind: .smoke, time: .zero, box: place, confidence: 0.9),
                    Observation(kind: .sceneChange, time: .zero, confidence: 0.9),
                ] : []
            for revision in silent.consider(
                seen, at: CaptureTime(time: MediaTime(seconds: seconds + 1), uncertainty: .zero))
            { kinds.insert(revision.incident.kind) }
        }
        #expect(kinds == [.smoke, .sceneChange])
        let made = silent.takeDecisions().decisions
        #expect(made.first { $0.kind == .motion }?.reason == .disarmed)
    }

    @Test func aSnoozeEndsByItself() throws {
        var orders = StandingOrders()
        orders.give(try ArmingOrder(.snooze, since: .zero, until: MediaTime(seconds: 10), actor: "duty"))
        var bench = JudgeBench()
        bench.judge = judge([IncidentRule(kind: .motion)], orders: orders)
        for index in 0..<150 { bench.picture(Double(index) / 10, [motion(Double(index) / 10)]) }
        #expect(bench.incidents.map(\.start.seconds) == [10])
        #expect(bench.judge.takeDecisions().decisions.map(\.reason) == [.opened])
    }

    @Test func anIncidentThatIsOpenWhenItsRuleIsDisarmedCloses() throws {
        let order = try ArmingOrder(.disarm, since: .zero, actor: "duty")
        let orders = TestOrders()
        var bench = JudgeBench()
        bench.judge = IncidentJudge(
            camera: CameraID("gate"), rules: [IncidentRule(kind: .motion)], standingOrders: { orders.standing },
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
        for index in 0..<200 {
            if index == 50 { orders.give(order) }
            bench.picture(Double(index) / 10, [motion(Double(index) / 10)])
        }
        #expect(bench.changes == [.opened, .closed] && bench.incidents[0].lastSeen == MediaTime(seconds: 4.9))
    }

    /// A tower's detector looks each half minute: between its pictures nothing is gone.
    @Test(arguments: [30.0, 60])
    func patienceFollowsTheDetectorsStep(step: Double) throws {
        let place = Box(x: 0.1, y: 0.1, width: 0.1, height: 0.1)
        func watch(_ rule: IncidentRule, pictures: Int, seen: Range<Int>) -> JudgeBench {
            var bench = JudgeBench([rule])
            for index in 0..<pictures {
                let time = Double(index) * step
                bench.judge.incidents(of: .smoke, areLookedForEvery: .seconds(step))
                let smoke = Observation(
                    kind: .smoke, time: MediaTime(seconds: time), box: place, confidence: 0.5, track: 1)
                bench.picture(time, seen.contains(index) && index != 3 ? [smoke] : [])
            }
            return bench
        }
        var unsure = watch(IncidentRule(kind: .smoke, minimumConfidence: 0.9), pictures: 14, seen: 0..<8)
        let made = unsure.judge.takeDecisions().decisions
        #expect(made.count == 1 && made.first?.reason == .lowConfidence)
        #expect(made.first?.start == .zero && made.first?.end == MediaTime(seconds: 7 * step))
        var staying = watch(IncidentRule(kind: .smoke, minimumConfidence: 0.9), pictures: 21, seen: 0..<21)
        #expect(staying.judge.takeDecisions().decisions.count == 2, "one in ten pictures")
        let patient = IncidentRule(kind: .smoke, quietTime: .seconds(300), minimumDuration: .seconds(4 * step))
        let bench = watch(patient, pictures: 8, seen: 0..<8)
        #expect(bench.incidents.map(\.start) == [.zero], "it was there for four steps, one picture missed")
    }
}
