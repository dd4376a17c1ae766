import Center
import Domain
import Foundation
import Glibc
import Logging
import ServiceLifecycle
import SiteConfiguration
import Synchronization
import UnixSignals
import Watch

/// Takes over a changed configuration while Lookout runs: its cameras, one by one. A faulty file changes nothing.
final class SiteReloader: Sendable {
    private let path: String
    private let watch: SiteWatch
    private let logger: Logger
    /// What all but the cameras was read from.
    private let started: SiteSettings
    private let turns = Turns()

    /// - Parameters:
    ///   - path: where `site` was read from.
    ///   - site: what Lookout was started with.
    init(path: String, site: SiteSettings, watch: SiteWatch, logger: Logger) {
        self.path = path
        started = site
        self.watch = watch
        self.logger = logger
    }

    /// Reads the file again and does what it asks for.
    ///
    /// - Parameter actor: who asked, for the log.
    /// - Throws: `ConfigurationRefused` with every fault of the file, `WatchEnded` while Lookout stops.
    func reload(actor: String) async throws -> ReloadReport {
        try await turns.run { [self] in
            do {
                let report = try await apply()
                logger.notice("configuration taken over, asked for by '\(actor)': \(Self.text(of: report))")
                return report
            } catch {
                logger.error("the changed configuration is not taken over, asked for by '\(actor)': \(error)")
                throw error
            }
        }
    }

    private func apply() async throws -> ReloadReport {
        let path = path
        let read = await onOwnThread {
            Result { () throws(ConfigurationFaults) in
                try SiteSettings.load(path: path, environment: ProcessInfo.processInfo.environment)
            }
        }
        let site: SiteSettings
        do {
            site = try read.get()
        } catch {
            throw ConfigurationRefused(problem: "\(error)", remedy: "Correct the file; everything goes on as it was")
        }
        var report = try await watch.apply(site.cameras)
        report.waitingForRestart = Self.waiting(from: started, to: site)
        return report
    }

    /// The parts of the configuration that are read at a start only and differ.
    static func waiting(from old: SiteSettings, to new: SiteSettings) -> [String] {
        var parts: [String] = []
        if old.site != new.site { parts.append("site") }
        if old.storage != new.storage { parts.append("storage") }
        if old.center != new.center { parts.append("center") }
        if old.geography != new.geography { parts.append("geography") }
        if old.fireDanger != new.fireDanger { parts.append("fireDanger") }
        if old.alerts != new.alerts { parts.append("alerts") }
        if old.channels != new.channels { parts.append("channels") }
        if old.routes != new.routes { parts.append("routes") }
        // Alerts know where a camera stands, and Home Assistant which cameras there are, from the start.
        let placed = { (site: SiteSettings) in
            site.cameras.compactMap { camera in camera.pose.map { [camera.id: $0] } }
        }
        if placed(old) != placed(new) { parts.append("cameras.pose") }
        let listed = { (site: SiteSettings) in site.cameras.filter(\.isEnabled).map { [$0.id.rawValue, $0.name] } }
        if listed(old) != listed(new), new.channels.contains(where: \.showsCameras) {
            parts.append("channels.discovery")
        }
        return parts
    }

    static func text(of report: ReloadReport) -> String {
        let lists = [
            ("added", report.added.map(\.rawValue)), ("removed", report.removed.map(\.rawValue)),
            ("changed", report.changed.map(\.rawValue)), ("waiting for a restart", report.waitingForRestart),
        ]
        let told = lists.filter { !$0.1.isEmpty }.map { "\($0.0): \($0.1.joined(separator: ", "))" }
        return (told + ["\(report.unchanged.count) cameras untouched"]).joined(separator: "; ")
    }
}

extension ChannelSettings {
    /// Whether it tells a home automation which cameras there are.
    fileprivate var showsCameras: Bool {
        if case .mqtt(let mqtt) = type { return mqtt.discovery != nil }
        return false
    }
}

/// Reads the configuration again when the process is sent SIGHUP.
struct ReloadService: Service {
    let reloader: SiteReloader

    func run() async throws {
        // A terminal that goes away sends the same signal, and means the end.
        let hadTerminal = isatty(STDIN_FILENO) == 1
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            if hadTerminal, tcgetpgrp(STDIN_FILENO) < 0 {
                kill(getpid(), SIGTERM)
                continue
            }
            _ = try? await reloader.reload(actor: "SIGHUP")
        }
    }
}
