import Alerting
import Channels
import Domain
import EventBus
import Evidence
import Foundation
import Geolocation
import Journal
import Logging
import ServiceLifecycle
import SiteConfiguration

/// The alerting of a running site, put together from its configuration.
struct AlertParts {
    let service: AlertService
    private let web: WebClient

    /// - Throws: `Failure` for maps that cannot be read, `JournalError` for an outbox that cannot be opened.
    init(
        site: SiteSettings, journal: IncidentJournal, bus: EmbeddedBus, evidence: EvidenceStore, danger: DangerBoard,
        clock: any HostClock, logger: Logger
    ) async throws {
        let web = WebClient()
        self.web = web
        let picture: MailTarget.Picture = { incident in
            // The picture comes a moment after the incident, and both are worth waiting for together.
            for _ in 0..<10 {
                let latest = try? await journal.history(of: incident).last?.revision.incident
                if let item = latest?.evidence.first(where: { $0.kind == .snapshot }) {
                    return try? await evidence.read(item.path)
                }
                try? await Task.sleep(for: .milliseconds(300))
            }
            return nil
        }
        do {
            let targets = try site.channels.map { channel in
                try AlertTargets.target(channel, site: site, web: web, clock: clock, picture: picture)
            }
            service = try await AlertService(
                settings: try AlertSettings(site, danger: danger), targets: targets, journal: journal, bus: bus,
                outbox: try Outbox.open(directory: site.storage.directory), clock: clock, logger: logger)
        } catch {
            await web.close()
            throw error
        }
    }

    func run() async {
        await service.run()
        await web.close()
    }
}

/// Sends alerts until the site stops.
struct AlertingService: Service {
    let parts: AlertParts

    func run() async throws {
        await cancelWhenGracefulShutdown { await parts.run() }
    }
}

/// Channels of the configuration as what sends.
enum AlertTargets {
    static func target(
        _ channel: ChannelSettings, site: SiteSettings, web: WebClient, clock: any HostClock,
        picture: @escaping MailTarget.Picture
    ) throws -> any DeliveryTarget {
        let timeout = Duration.milliseconds(Int64(channel.timeoutSeconds * 1_000))
        switch channel.type {
        case .webhook(let hook):
            return WebhookTarget(
                channel: channel.id, client: web, address: hook.address, format: hook.format == .cap ? .cap : .json,
                secret: hook.secret, timeout: timeout, clock: clock)
        case .mqtt(let mqtt):
            return MQTTTarget(
                channel: channel.id,
                options: options(of: mqtt, site: site), topic: mqtt.topic, discovery: mqtt.discovery,
                siteName: site.site.name,
                cameras: site.cameras.filter(\.isEnabled).map(sensors), timeout: timeout)
        case .email(let mail):
            let client = MailClient(
                MailClient.Options(
                    host: mail.server.host, port: mail.server.port, usesImplicitTLS: mail.server.usesTLS,
                    requiresTLS: mail.requiresTLS, user: mail.server.user, password: mail.server.password,
                    timeoutSeconds: max(1, Int(channel.timeoutSeconds.rounded(.up)))))
            return MailTarget(
                channel: channel.id, client: client, from: mail.from, to: mail.to, language: channel.language,
                clock: clock, picture: picture)
        case .http(let http):
            let method: WebRequest.Method =
                switch http.method {
                case .get: .get
                case .post: .post
                case .put: .put
                }
            return TemplateTarget(
                channel: channel.id, client: web,
                options: TemplateTarget.Options(
                    method: method, address: try AlertTemplate(http.address.revealed),
                    source: http.address,
                    headers: try http.headers.map { (name: $0.name, value: try AlertTemplate($0.value.revealed)) },
                    body: try http.body.map { try AlertTemplate($0.revealed) }, contentType: http.contentType,
                    language: channel.language, timeout: timeout))
        }
    }

    /// - Parameter purpose: tells several connections of one site apart.
    static func options(of mqtt: ChannelSettings.MQTT, site: SiteSettings, purpose: String? = nil) -> MQTTOptions {
        let name = ContentHash.sha256Hexadecimal([UInt8](site.storage.directory.utf8)).prefix(12)
        return MQTTOptions(
            host: mqtt.server.host, port: mqtt.server.port, usesTLS: mqtt.server.usesTLS, user: mqtt.server.user,
            password: mqtt.server.password, clientID: "lookout-\(name)" + (purpose.map { "-\($0)" } ?? ""))
    }

    private static func sensors(_ camera: CameraSettings) -> MQTTTarget.Camera {
        var kinds: [IncidentKind] = []
        for rule in camera.rules where !kinds.contains(rule.kind) { kinds.append(rule.kind) }
        return MQTTTarget.Camera(id: camera.id, name: camera.name, kinds: kinds)
    }
}

extension AlertSettings {
    /// - Throws: `Failure` for maps that cannot be read.
    init(_ site: SiteSettings, danger: DangerBoard) throws {
        let clock = SiteClock(site.site)
        self.init(
            writer: AlertWriter(
                siteName: site.site.name, isExercise: site.alerts.status != .actual, webAddress: site.alerts.webAddress,
                timeZone: TimeZone(identifier: site.site.timeZone.identifier) ?? .gmt),
            reporter: try CAPHistory.reporter(of: site), routes: site.routes.map { AlertRoute($0) },
            localTime: { clock.localTime(at: $0) }, dangerLevel: { danger.level(at: $0) },
            links: AnswerLinks(site))
    }
}

extension AlertRoute {
    init(_ route: RouteSettings) {
        self.init(
            channels: route.channels, kinds: Set(route.kinds), cameras: Set(route.cameras), zones: Set(route.zones),
            leastSeverity: route.leastSeverity, leastDangerLevel: route.leastDangerLevel, schedule: route.schedule,
            changes: Set(route.changes),
            escalation: route.escalation.map { step in
                Step(
                    deadlines: step.afterMinutes.map { .milliseconds(Int64($0 * 60_000)) }, channels: step.channels)
            })
    }
}
