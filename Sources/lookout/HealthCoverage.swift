import ArgumentParser
import Center
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

/// What `lookout health --since` says: how long each camera was watched, and each gap with its cause.
struct HealthCoverage {
    let site: SiteSettings
    let since: MediaTime
    let json: Bool

    func show() async throws {
        let clock = SystemClock()
        let reports: [CoverageReport]
        do {
            reports = try await CoverageLog(directory: site.storage.directory, clock: clock)
                .reports(cameras: site.cameras.map(\.id), since: since, until: clock.wall())
        } catch {
            throw Failure(.inputUnreadable, error)
        }
        let text = IncidentText(timezone: site.site.timeZone.identifier)
        for report in reports {
            if json {
                print(try JSONText.line(CoverageDocument(report)))
            } else {
                for line in Self.lines(report, text) { print(line) }
            }
        }
        if reports.contains(where: { $0.spans.contains(where: \.isGap) }) { throw Failure(.problemFound) }
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
            return "  \(text.time(gap.first.start))  \(gap.count) min  \(gap.state.title(in: .en))\(cause)"
        }
        return [head] + gaps
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
