import Alerting
import ArgumentParser
import Center
import Domain
import EventBus
import Evidence
import Foundation
import Journal
import Logging
import ServiceLifecycle
import SiteConfiguration
import UnixSignals
import Watch

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watches the cameras of the configuration and serves the center.")

    @OptionGroup var settings: SettingsFile
    @Option(help: "Least level that is logged.") var logLevel = LogLevel.info

    func run() async throws {
        let site = try settings.load()
        let level = Logger.Level(rawValue: logLevel.rawValue) ?? .info
        let logger = Logger(label: "lookout") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let clock = SystemClock()
        // Whoever reads the terminal's lines may go away; the watch goes on.
        signal(SIGPIPE, SIG_IGN)
        let parts = try await SiteParts(path: settings.path, site: site, clock: clock, logger: logger)
        let text = IncidentText(timezone: site.site.timeZone.identifier)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        let dangerService = DangerService(
            desk: parts.dangerDesk, board: parts.danger, site: site, logger: logger)
        services.append(.init(service: dangerService))
        // Ended from the last to the first: people still hear how the cameras' incidents end.
        services += [
            .init(
                service: VitalsService(
                    journal: parts.journal, heartbeat: site.alerts.heartbeat, logger: logger)),
            .init(service: CenterService(server: parts.center)),
            .init(service: ReloadService(reloader: parts.reloader)),
            .init(
                service: DrillService(
                    desk: parts.drills, site: site, journal: parts.journal, clock: clock, logger: logger),
                successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore),
            .init(
                service: AlertingService(parts: parts.alerting), successTerminationBehavior: .ignore,
                failureTerminationBehavior: .ignore),
            .init(
                service: IncidentPrinter(bus: parts.bus, text: text),
                successTerminationBehavior: .ignore, failureTerminationBehavior: .ignore),
            .init(
                service: WatchService(watch: parts.watch, bus: parts.bus),
                successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

/// Least level that is logged.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, warning, error
}

/// What a running site is made of, put together once.
private struct SiteParts {
    let journal: IncidentJournal
    let bus: EmbeddedBus
    let watch: SiteWatch
    let center: CenterServer
    let alerting: AlertParts
    let danger: DangerBoard
    let reloader: SiteReloader
    let dangerDesk: DangerDesk
    let drills: DrillDesk

    /// - Parameter path: where `site` was read from.
    init(path: String, site: SiteSettings, clock: any HostClock, logger: Logger) async throws {
        do {
            danger = try DangerBoard(site)
            journal = try IncidentJournal.open(
                directory: site.storage.directory, clock: clock, digest: ContentHash.sha256)
            bus = try await EmbeddedBus(journal: journal)
            let evidence = try EvidenceStore(directory: site.storage.directory + "/evidence")
            // First, so that what a crash left open is told to be closed, too.
            alerting = try await AlertParts(
                site: site, journal: journal, bus: bus, evidence: evidence, danger: danger, clock: clock,
                logger: logger)
            let interrupted = try await journal.closeInterrupted(at: clock.wall())
            if !interrupted.isEmpty {
                logger.warning("\(interrupted.count) incidents were open when Lookout last ended; they are closed now.")
            }
            let decisions = DecisionLog(directory: site.storage.directory)
            let orders = try await journal.standingOrders()
            let coverage = CoverageLog(directory: site.storage.directory, clock: clock)
            watch = try SiteWatch(
                site: site, ground: try SiteMap.ground(of: site), journal: journal, bus: bus, evidence: evidence,
                coverage: coverage, decisions: decisions, orders: orders,
                clock: clock, logger: logger)
            reloader = SiteReloader(path: path, site: site, watch: watch, logger: logger)
            let watch = watch
            dangerDesk = DangerDesk(
                board: danger, site: site, journal: journal, clock: clock, logger: logger,
                follow: { watch.follow($0) })
            try await dangerDesk.recall()
            drills = DrillDesk(
                alerts: alerting.service, settings: try AlertSettings(site, danger: danger), journal: journal,
                clock: clock, logger: logger)
            center = try CenterServer(
                settings: CenterSettings(site),
                backend: CenterAdapter(
                    journal: journal, bus: bus, evidence: evidence, coverage: coverage, decisions: decisions,
                    watch: watch, alerts: alerting.service, reloader: reloader, dangerDesk: dangerDesk,
                    answers: AnswerDesk(
                        journal: journal, drills: drills, links: AnswerLinks(site),
                        isExercise: site.alerts.status != .actual,
                        cameraNames: Dictionary(uniqueKeysWithValues: site.cameras.map { ($0.id, $0.name) }),
                        clock: clock)),
                clock: clock, logger: logger)
        } catch let error as any ActionableError {
            throw Failure(.problemFound, error)
        }
    }
}

private struct WatchService: Service {
    let watch: SiteWatch
    let bus: EmbeddedBus

    func run() async throws {
        await cancelWhenGracefulShutdown { await watch.run() }
        // Nothing comes any more: ends the event streams, so that their connections do not hold the center up.
        bus.close()
    }
}

private struct CenterService: Service {
    let server: CenterServer

    func run() async throws {
        try await server.run()
    }
}

/// Says on the terminal what opens and closes.
private struct IncidentPrinter: Service {
    let bus: EmbeddedBus
    let text: IncidentText

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            for try await stored in bus.subscribe(after: nil) where stored.revision.change != .updated {
                let line = text.line(stored.revision.incident) + "\n"
                try FileHandle.standardOutput.write(contentsOf: Data(line.utf8))
            }
        }
    }
}
