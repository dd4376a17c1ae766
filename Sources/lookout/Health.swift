import ArgumentParser
import Center
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "One line per camera. Exit code 0 when every camera watches, 1 when one does not.")

    @OptionGroup var settings: SettingsFile
    @Flag(help: "One JSON object per line.") var json = false

    func run() async throws {
        let site = try settings.load()
        let statuses: [CameraStatus]
        do {
            statuses = try await Incidents.journal(of: site).statuses()
        } catch let error as JournalError {
            throw Failure(.inputUnreadable, error)
        }
        let now = SystemClock().wall()
        var isWell = true
        for camera in site.cameras where camera.isEnabled {
            guard var status = statuses.first(where: { $0.camera == camera.id }) else {
                isWell = false
                var missing = CameraStatus(camera: camera.id, name: camera.name, state: .off, since: now)
                missing.fault = .neverWatched
                missing.cause = CameraFault.neverWatched.title(in: .en) + "."
                try show(missing)
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
            try show(status)
        }
        if !isWell { throw Failure(.problemFound) }
    }

    private func show(_ status: CameraStatus) throws {
        guard !json else { return print(try JSONText.line(CameraDocument(status))) }
        let counters = status.counters
        var line = "\(status.camera)  \(status.state.rawValue)"
        if counters.framesDecoded > 0 {
            line += String(
                format: "  %.1f frames/s  %.0f kbit/s", counters.framesPerSecond, counters.bitsPerSecond / 1000)
            line += "  \(status.codec) \(status.width)x\(status.height)"
            line += "  shed \(counters.packetsShed)  errors \(counters.decodeErrors)  reconnects \(counters.reconnects)"
        }
        print(line + (status.cause.map { "  \($0)" } ?? ""))
    }
}
