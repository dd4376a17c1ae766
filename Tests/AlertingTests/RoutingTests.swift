import Alerting
import Domain
import Testing

struct RoutingTests {
    private func revision(
        _ kind: IncidentKind = .intrusion, _ change: IncidentRevision.Change = .opened, zones: [String] = ["yard"],
        severity: Severity = .warning
    ) -> IncidentRevision {
        var incident = Incident(
            id: IncidentID("gate-1"), kind: kind, camera: CameraID("gate"), severity: severity,
            start: MediaTime(seconds: 1_769_904_000), confidence: 0.8, box: nil, rule: "r")
        incident.zones = zones
        return IncidentRevision(incident: incident, change: change, time: incident.start)
    }

    private let noon = LocalTime(weekday: .monday, minuteOfDay: 720)

    @Test func aRouteHoldsAgainstEachOfItsConditions() {
        let route = AlertRoute(
            channels: ["a"], kinds: [.intrusion], cameras: [CameraID("gate")], zones: ["yard"], leastSeverity: .warning,
            leastDangerLevel: 3,
            schedule: WeeklySchedule(windows: [.init(startMinute: 600, endMinute: 780)]))
        #expect(route.fits(revision(), start: noon, dangerLevel: 3))
        #expect(route.fits(revision(), start: noon, dangerLevel: nil), "what nobody knows holds nothing back")
        #expect(!route.fits(revision(), start: noon, dangerLevel: 2))
        #expect(!route.fits(revision(.motion), start: noon, dangerLevel: 3))
        #expect(!route.fits(revision(zones: ["road"]), start: noon, dangerLevel: 3))
        #expect(!route.fits(revision(severity: .info), start: noon, dangerLevel: 3))
        #expect(!route.fits(revision(.intrusion, .updated), start: noon, dangerLevel: 3))
        let evening = LocalTime(weekday: .monday, minuteOfDay: 800)
        #expect(!route.fits(revision(), start: evening, dangerLevel: 3))
        var elsewhere = route
        elsewhere.cameras = [CameraID("hill")]
        #expect(!elsewhere.fits(revision(), start: noon, dangerLevel: 3))
    }

    @Test func pausesDoubleUpToTheLongestAndAreSpread() {
        let policy = RetryPolicy(first: .seconds(1), longest: .seconds(60))
        #expect(policy.pause(afterAttempt: 1, chance: 0) == .seconds(1))
        #expect(policy.pause(afterAttempt: 4, chance: 0) == .seconds(8))
        #expect(policy.pause(afterAttempt: 4, chance: 1) == .seconds(4))
        #expect(policy.pause(afterAttempt: 500, chance: 0) == .seconds(60))
    }

    @Test func templatesKnowTheirNamesAndEscape() throws {
        let template = try AlertTemplate("a{{ headline }}b{{link}}")
        func value(_ name: AlertTemplate.Name) -> String { name == .headline ? "\"Khói\"\n\u{1}&" : "" }
        #expect(template.text(escaping: .json, value) == "a\\\"Khói\\\"\\n\\u0001&b")
        #expect(template.text(escaping: .percent, value) == "a%22Kh%C3%B3i%22%0A%01%26b")
        #expect(template.text(escaping: .line, value) == "a\"Khói\"  &b")
        #expect(throws: AlertTemplate.Fault.self) { _ = try AlertTemplate("{{headlin}}") }
        #expect(throws: AlertTemplate.Fault.self) { _ = try AlertTemplate("{{headline") }
    }

    @Test func durationsAreCountedUnderEachBound() {
        var histogram = LatencyHistogram()
        for seconds in [0.1, 0.25, 3, 100_000, .nan] { histogram.add(seconds: seconds) }
        #expect(histogram.count == 4)
        #expect(histogram.cumulative.first == 2)
        #expect(histogram.cumulative.last == 3)
    }
}
