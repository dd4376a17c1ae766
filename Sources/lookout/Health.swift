import ArgumentParser
import Center
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One line per camera. Exit code 0 when every camera watches, 1 when one does not.",
        discussion: "With --since and --at: exit code 0 when every minute was watched, 1 when one was not.")

    @OptionGroup var settings: SettingsFile
    @Option(
        help: "How long each camera was watched, and each gap with its cause, for so long: 90m, 24h or 7d.",
        transform: parseSince)
    var since: Double?
    @Option(
        help: """
            Whether each camera was watched at a moment on the site's clock, and why not: 03:12, \
            \"2026-11-22 03:12\", or with an offset as in RFC 3339.
            """)
    var at: String?
    @Option(help: "Only this camera.") var camera: String?
    @Flag(help: "One JSON object per line.") var json = false

    func validate() throws {
        if at != nil, since != nil { throw ValidationError("--at and --since do not go together.") }
    }

    func run() async throws {
        var site = try settings.load()
        if let camera {
            let known = site.cameras.map(\.id.rawValue).joined(separator: ", ")
            site.cameras.removeAll { $0.id.rawValue != camera }
            guard !site.cameras.isEmpty else {
                throw Failure(.usage, "no camera '\(camera)' in the configuration. It has: \(known).")
            }
        }
        let now = SystemClock().wall()
        let coverage = HealthCoverage(site: site, json: json)
        if let since { return try await coverage.show(since: now - .seconds(since), until: now) }
        if let at { return try await coverage.show(at: moment(at, of: site, now: now), now: now) }
        try await showNow(site, now)
    }

    private func moment(_ text: String, of site: SiteSettings, now: MediaTime) throws -> MediaTime {
        guard let time = SiteMoment.parse(text, timezone: site.site.timeZone.identifier, now: now), time <= now else {
            throw Failure(
                .usage,
                "'\(text)' is no time that has come. Write 03:12, \"2026-11-22 03:12\" or 2026-11-22T03:12:00+07:00.")
        }
        return time
    }

    private func showNow(_ site: SiteSettings, _ now: MediaTime) async throws {
        let statuses: [CameraStatus]
        let orders: StandingOrders
        let drill: DrillReport?
        do {
            let journal = try Incidents.journal(of: site)
            statuses = try await journal.statuses()
            orders = try await journal.standingOrders()
            drill = try await journal.lastDrill()
        } catch let error as JournalError {
            throw Failure(.inputUnreadable, error)
        }
        let text = IncidentText(timezone: site.site.timeZone.identifier)
        var isWell = true
        for camera in site.cameras where camera.isEnabled {
            guard var status = statuses.first(where: { $0.camera == camera.id }) else {
                isWell = false
                var missing = CameraStatus(camera: camera.id, name: camera.name, state: .off, since: now)
                missing.fault = .neverWatched
                missing.cause = CameraFault.neverWatched.title(in: .en) + "."
                try show(missing, orders, at: now, text)
                continue
            }
            if now - status.updated > SiteWatch.heartbeat * 3, status.state != .off {
                status.fault = .lookoutSilent
                status.cause =
                    "Lookout last reported \(Int((now - status.updated).inSeconds)) s ago and is not running. Start `lookout run`."
                status.state = .off
                status.since = status.updated
            }
            isWell = isWell && [.watching, .learning].contains(status.state)
            try show(status, orders, at: now, text)
        }
        if let drill, !json { print("last exercise \(text.time(drill.start)) by \(drill.actor): \(drill.summary)") }
        if !isWell { throw Failure(.problemFound) }
    }

    private func show(
        _ status: CameraStatus, _ orders: StandingOrders, at now: MediaTime, _ text: IncidentText
    ) throws {
        guard !json else { return print(try JSONText.line(CameraDocument(status, orders: orders, at: now))) }
        let counters = status.counters
        var line = "\(status.camera)  \(status.state.rawValue)"
        if counters.framesDecoded > 0 {
            line += String(
                format: "  %.1f frames/s  %.0f kbit/s", counters.framesPerSecond, counters.bitsPerSecond / 1000)
            line += "  \(status.codec) \(status.width)x\(status.height)"
            if let leftOut = counters.framesLeftOut { line += "  left out \(leftOut)" }
            line += "  shed \(counters.packetsShed)  errors \(counters.decodeErrors)  reconnects \(counters.reconnects)"
        }
        // Silenced rules are nobody's fault: they are said, and change nothing in the exit code.
        for order in orders.silent(camera: status.camera, at: now) {
            let place = order.zone.map { "zone \($0) " } ?? ""
            let end = order.until.map { " until \(text.time($0))" } ?? ""
            line += "  \(place)\(order.action.title(in: .en))\(end) by \(order.actor)"
        }
        print(line + (status.cause.map { "  \($0)" } ?? ""))
    }
}
