import Domain
import Foundation
import Testing

@testable import Center

/// What `/metrics` shows is held against Prometheus' own tool, and the alert rules against what `/metrics` shows.
@Suite struct AlertRuleTests {
    private static let tool = "/usr/bin/promtool"
    private static let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/prometheus")

    private static var isMissing: Bool {
        let missing = !FileManager.default.isExecutableFile(atPath: tool)
        if missing { print("skipped: no promtool (Debian's package prometheus)") }
        return missing
    }

    private struct Answer {
        var status: Int32
        var text: String
    }

    private func ask(_ arguments: String..., input: String = "") throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.tool)
        process.arguments = arguments
        process.currentDirectoryURL = Self.rules
        let (entrance, exit) = (Pipe(), Pipe())
        process.standardInput = entrance
        process.standardOutput = exit
        process.standardError = exit
        try process.run()
        try entrance.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try entrance.fileHandleForWriting.close()
        let text = String(decoding: exit.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Answer(status: process.terminationStatus, text: text)
    }

    /// A camera of which everything could be measured, and one of which nothing could.
    private var families: [MetricFamily] {
        var gate = CameraStatus(camera: CameraID("gate"), name: "Cổng \"chính\"", state: .watching, since: .zero)
        gate.counters.packetsLost = 3
        gate.counters.keyframeIntervalSeconds = 2
        gate.counters.jitterSeconds = 0.004
        gate.counters.latencySeconds = 0.06
        gate.counters.clockOffsetSeconds = -1.5
        let hill = CameraStatus(camera: CameraID("hill"), name: "", state: .blind, since: .zero)
        return CameraMetrics.families(of: [gate, hill])
    }

    @Test func metricsFollowTheConventions() throws {
        guard !Self.isMissing else { return }
        let text = PrometheusText.render(families + CenterCounters().families())
        let answer = try ask("check", "metrics", input: text)
        #expect(answer.status == 0 && answer.text.isEmpty, "\(answer.text)")
        // The tool does find what is wrong.
        #expect(try ask("check", "metrics", input: "# TYPE bad counter\nbad 1\n").status != 0)
    }

    @Test func whatCouldNotBeMeasuredIsLeftOut() {
        let lost = families.first { $0.name == "lookout_rtp_packets_lost_total" }
        #expect(lost?.samples.map(\.value) == [3])
    }

    @Test func alertRulesHoldAndFire() throws {
        guard !Self.isMissing else { return }
        let check = try ask("check", "rules", "lookout-alerts.yaml")
        #expect(check.status == 0, "\(check.text)")
        let test = try ask("test", "rules", "lookout-alerts.test.yaml")
        #expect(test.status == 0, "\(test.text)")
    }

    /// A rule about a metric that nobody exports never fires.
    @Test func alertRulesAreAboutMetricsThatThereAre() throws {
        let text = try String(contentsOf: Self.rules.appending(path: "lookout-alerts.yaml"), encoding: .utf8)
        let elsewhere = [
            "lookout_incident_requests_waiting", "lookout_storage_free_bytes", "lookout_storage_minimum_free_bytes",
            "lookout_clips_total", "lookout_recording_segments_total", "lookout_recording_segments_waiting",
        ]
        let known = Set(families.map(\.name) + elsewhere)
        let expressions = text.split(separator: "\n").filter { !$0.contains("#") }.joined(separator: "\n")
        let named = Set(expressions.matches(of: /lookout_[a-z_]+/).map { String($0.output) })
        #expect(named.count >= 9 && named.isSubset(of: known), "\(named.subtracting(known))")
    }
}
