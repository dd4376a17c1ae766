import ArgumentParser
import Center
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says why a camera's rules fired at a time, or why they did not.",
        discussion:
            "Each candidate that was seen about then, with the measured values beside what they were held against.")

    @Argument(help: "The camera.") var camera: String
    @Option(
        help:
            "When, on the site's clock: \"2026-11-22 22:03\", 22:03:12 for the last time it was that late, or with an offset as in RFC 3339."
    )
    var at: String
    @Option(help: "How many seconds before and after it count too.") var within = 60.0
    @Option(help: "How many decisions at most, 1 to 1000.") var limit = 100
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Flag(help: "One JSON object per line.") var json = false

    func validate() throws {
        guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000.") }
        guard within > 0, within <= 86_400 else { throw ValidationError("--within takes up to 86400 seconds.") }
    }

    func run() async throws {
        let site = try SettingsFile.load(path)
        guard site.cameras.contains(where: { $0.id.rawValue == camera }) else {
            let known = site.cameras.map(\.id.rawValue).joined(separator: ", ")
            throw Failure(.usage, "no camera '\(camera)' in the configuration. It has: \(known).")
        }
        guard let time = SiteMoment.parse(at, timezone: site.site.timeZone.identifier, now: SystemClock().wall()) else {
            throw Failure(
                .usage, "'\(at)' is no time. Write \"2026-11-22 22:03\", 22:03:12 or 2026-11-22T22:03:12+07:00.")
        }
        let query = DecisionQuery(
            camera: CameraID(camera), from: time - .seconds(within), to: time + .seconds(within), limit: limit)
        let found: [StoredDecision]
        do {
            found = try await DecisionLog(directory: site.storage.directory).decisions(matching: query)
        } catch {
            throw Failure(.inputUnreadable, error)
        }
        let text = DecisionText(timezone: site.site.timeZone.identifier)
        // They were written as they were settled, those of other rules later than some that ended after them.
        for stored in found.sorted(by: { $0.decision.end < $1.decision.end }) {
            print(json ? try JSONText.line(DecisionDocument(stored)) : text.lines(stored.decision))
        }
        if found.isEmpty, !json {
            printError(
                "No candidate was decided at '\(camera)' within \(Int(within)) s of \(text.moment(time)): nothing was seen "
                    + "there, or the camera did not watch. `lookout health` says how it does now.")
        }
    }
}

/// Decisions in a terminal.
struct DecisionText {
    private let incidents: IncidentText

    init(timezone: String) { incidents = IncidentText(timezone: timezone) }

    func moment(_ time: MediaTime) -> String { incidents.time(time) }

    /// One line of what happened, one of what was measured.
    func lines(_ decision: Decision) -> String {
        let track = decision.track.map { "  track \($0)" } ?? ""
        let incident = decision.incident.map { "  \($0)" } ?? ""
        let seconds = String(format: "%.1f", (decision.end - decision.start).inSeconds)
        var text = "\(moment(decision.end))  \(decision.rule)  \(decision.outcome.rawValue): "
        text += "\(decision.reason.title(in: .en)) · \(decision.reason.title(in: .vi))"
        text += "\(track)  seen for \(seconds) s\(incident)"
        if !decision.measurements.isEmpty {
            text += "\n    " + decision.measurements.map(value).joined(separator: ", ")
        }
        text += "\n    detector \(decision.detector), configuration sha256 \(decision.configuration.prefix(16))…"
        return text
    }

    private func value(_ measurement: Domain.Measurement) -> String {
        let held = measurement.threshold.map { String(format: " (threshold %.4g)", $0) } ?? ""
        return String(format: "%@ %.4g%@", measurement.name, measurement.value, held)
    }
}

/// Instants as people type them.
enum SiteMoment {
    /// A time of the day alone is the last one that has come.
    static func parse(_ text: String, timezone: String, now: MediaTime) -> MediaTime? {
        let exact = ISO8601DateFormatter()
        exact.formatOptions = [.withInternetDateTime]
        if let date = exact.date(from: text) { return MediaTime(seconds: date.timeIntervalSince1970) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: timezone) ?? .gmt
        formatter.isLenient = false
        formatter.dateFormat = "yyyy-MM-dd"
        let wanted = text.replacing("T", with: " ")
        let days = [0, 1].map { formatter.string(from: Date(timeIntervalSince1970: now.seconds - $0 * 86_400)) }
        let wholes = wanted.contains(" ") ? [wanted] : days.map { "\($0) \(wanted)" }
        let found = wholes.compactMap { whole in
            ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm"].lazy.compactMap { format in
                formatter.dateFormat = format
                return formatter.date(from: whole).map { MediaTime(seconds: $0.timeIntervalSince1970) }
            }.first
        }
        return found.first { $0 <= now } ?? found.first
    }
}
