import ArgumentParser
import Center
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

/// What `lookout health` says of the past: how long each camera was watched, and each gap with its cause.
struct HealthCoverage {
    let site: SiteSettings
    let json: Bool

    /// A time, with every gap in it.
    func show(since: MediaTime, until: MediaTime) async throws {
        let text = IncidentText(timezone: site.site.timeZone.identifier)
        try show(try await reports(since: since, until: until)) { Self.lines($0, text) }
    }

    /// The minute that holds a moment, in one sentence for each camera.
    func show(at time: MediaTime, now: MediaTime) async throws {
        let minute = CoverageMinute(containing: time)
        let moment = IncidentText(timezone: site.site.timeZone.identifier).time(minute.start).dropLast(3)
        let found = try await reports(since: minute.start, until: (minute + 1).start)
        if now - (minute + 1).start < .seconds(30), found.contains(where: \.spans.isEmpty) {
            throw Failure(.usage, "the minute of \(moment) is still being written. Ask again in a minute.")
        }
        try show(found) { [Self.sentence($0, String(moment))] }
    }

    private func reports(since: MediaTime, until: MediaTime) async throws -> [CoverageReport] {
        do {
            return try await CoverageLog(directory: site.storage.directory, clock: SystemClock())
                .reports(cameras: site.cameras.map(\.id), since: since, until: until)
        } catch {
            throw Failure(.inputUnreadable, error)
        }
    }

    private func show(_ reports: [CoverageReport], _ lines: (CoverageReport) -> [String]) throws {
        for report in reports {
            if json {
                print(try JSONText.line(CoverageDocument(report)))
            } else {
                for line in lines(report) { print(line) }
            }
        }
        if reports.contains(where: { $0.spans.contains(where: \.isGap) || !$0.unrecorded.isEmpty }) {
            throw Failure(.problemFound)
        }
    }

    /// `ridge was blind at 2026-11-22 03:12, for 42 s of that minute: …`
    private static func sentence(_ report: CoverageReport, _ moment: String) -> String {
        guard let span = report.spans.first else { return "Nothing is recorded of \(report.camera) at \(moment)." }
        let seconds = Int((Double(report.shares[span.state]) / 1e6).rounded())
        let length = span.isGap && seconds < 60 ? ", for \(seconds) s of that minute" : ""
        let cause = span.fault.map { ": \($0.title(in: .en))" } ?? ""
        let word = span.state == .off ? "switched off" : span.state.title(in: .en)
        let unrecorded = report.unrecorded.first.map { " It was not recorded: \($0.fault.title(in: .en))." } ?? ""
        return "\(report.camera) was \(word) at \(moment)\(length)\(cause).\(unrecorded)"
    }

    private static func lines(_ report: CoverageReport, _ text: IncidentText) -> [String] {
        guard report.shares.total > 0 else { return ["\(report.camera)  nothing is recorded of it"] }
        let shares = CoverageState.allCases.compactMap { state -> String? in
            guard let percent = report.percent(state), percent > 0 else { return nil }
            return state.title(in: .en) + String(format: " %.2f %%", percent)
        }
        let head = "\(report.camera)  \(shares.joined(separator: "  "))  since \(text.time(report.from.start))"
        let gaps = report.spans.filter(\.isGap).map { gap in
            let cause = gap.fault.map { "  \($0.title(in: .en))" } ?? ""
            return (gap.first, "\(gap.count) min  \(gap.state.title(in: .en))\(cause)")
        }
        let unrecorded = report.unrecorded.map { span in
            (span.first, "\(span.count) min  not recorded  \(span.fault.title(in: .en))")
        }
        let lines = (gaps + unrecorded).sorted { $0.0 < $1.0 }.map { "  \(text.time($0.0.start))  \($0.1)" }
        return [head] + lines
    }
}

/// `24h`, `90m`, `7d` as seconds.
func parseSince(_ text: String) throws -> Double {
    let factors: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
    guard let unit = text.last, let factor = factors[unit], let count = Double(text.dropLast()), count > 0,
        count * factor <= 400 * 86_400
    else { throw ValidationError("'\(text)' is no length of time. Write 90m, 24h or 7d, up to 400d.") }
    return count * factor
}
