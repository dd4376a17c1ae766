import Alerting
import Channels
import Domain
import EventBus
import Evidence
import Foundation
import Geolocation
import Glibc
import Journal
import Logging

/// What the delivery tests kill: lives through incidents as fast as it can and sends them to the channels it is given.
///
///     alert-sender DIRECTORY INCIDENTS [json=URL] [cap=URL] [mqtt=PORT] [smtp=PORT] [http=URL] [giveUpSeconds=N] [reminders=yes]
///
/// Goes on where a killed one stopped; ends when all is told. Prints one line of JSON then.
@main
struct AlertSender {
    static let secret = Secret("a shared secret of the test")

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 3, let wanted = Int(arguments[2]) else {
            print("usage: alert-sender DIRECTORY INCIDENTS CHANNEL=ADDRESS…")
            exit(2)
        }
        var options: [String: String] = [:]
        for argument in arguments.dropFirst(3) {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            options[parts[0]] = parts.last
        }
        let clock = MachineClock()
        let journal = try IncidentJournal.open(directory: arguments[1], clock: clock, digest: ContentHash.sha256)
        let outbox = try Outbox.open(directory: arguments[1])
        let bus = try await EmbeddedBus(journal: journal)
        let web = WebClient()
        let targets = try targets(options, web: web, clock: clock)
        let service = try await AlertService(
            settings: settings(
                targets.map(\.channel), giveUp: options["giveUpSeconds"].flatMap { Double($0) },
                reminders: options["reminders"] != nil),
            targets: targets, journal: journal, bus: bus, outbox: outbox, clock: clock, logger: quietLogger())
        let start = clock.monotonic()
        let running = Task { await service.run() }
        // What a kill left open is closed, and told so.
        _ = try await journal.closeInterrupted(at: clock.wall())
        try await Producer(bus: bus, journal: journal, clock: clock).live(until: wanted)
        try await drain(outbox, journal)
        let seconds = (clock.monotonic() - start).inSeconds
        let delivered = service.reports().map(\.delivered).reduce(0, +)
        let dead = try await outbox.counts().filter { $0.state == .dead }.map(\.count).reduce(0, +)
        print("{\"delivered\":\(delivered),\"dead\":\(dead),\"seconds\":\(seconds)}")
        running.cancel()
        await running.value
        await web.close()
        exit(0)
    }

    /// Waits until the whole journal is in the outbox and nothing waits there.
    private static func drain(_ outbox: Outbox, _ journal: IncidentJournal) async throws {
        let last =
            try await journal.revisions(
                after: max(0, try await journal.lastSequence() - 1), limit: 1
            ).last?.sequence ?? 0
        while true {
            let counts = try await outbox.counts()
            // The last revision is one that is told, so the position has reached it once it is.
            let reached = try await outbox.position()?.sequence ?? 0
            if reached >= last, !counts.contains(where: { $0.state == .waiting }) { return }
            try await Task.sleep(for: .milliseconds(300))
        }
    }

    private static func settings(_ channels: [String], giveUp: Double?, reminders: Bool) -> AlertSettings {
        let issuer = CAPSeries.Issuer(
            sender: "lookout@phuquoc.example", name: "Phú Quốc", status: .exercise, timeZone: .gmt,
            webAddress: "http://127.0.0.1:8080")
        let position = GeoPoint(latitudeDegrees: 10.3291, longitudeDegrees: 103.9812)
        let pose = position.map {
            CameraPose(
                position: $0, heightMetres: 310, azimuthDegrees: 48.5, tiltDegrees: -2, fieldOfViewDegrees: 54.2,
                sigmaDegrees: 0.5)
        }
        let cameras: [CameraID: FireReporter.Camera] = [
            CameraID("tower-0"): .init(name: "Tháp 0", pose: pose),
            CameraID("tower-1"): .init(name: "Tháp 1", pose: nil),
        ]
        // With a channel 'http' beside others, it is where reminders go.
        let reminded = channels.count > 1 && reminders ? ["http"] : []
        let others = channels.filter { $0 != "cap" && !reminded.contains($0) }
        return AlertSettings(
            writer: AlertWriter(
                siteName: "Phú Quốc", isExercise: true, webAddress: "http://127.0.0.1:8080", timeZone: .gmt),
            reporter: FireReporter(issuer: issuer, cameras: cameras, locator: Locator()),
            routes: [
                AlertRoute(
                    channels: others,
                    escalation: reminded.isEmpty ? [] : [.init(deadlines: [.seconds(4)], channels: reminded)]),
                AlertRoute(channels: channels.filter { $0 == "cap" }, kinds: [.smoke, .flame]),
            ],
            retry: RetryPolicy(
                first: .milliseconds(50), longest: .milliseconds(500), giveUpAfter: .seconds(giveUp ?? 3_600)),
            localTime: { LocalTime(at: $0, secondsEastOfUTC: 0) })
    }

    private static func targets(_ options: [String: String], web: WebClient, clock: any HostClock) throws
        -> [any DeliveryTarget]
    {
        var targets: [any DeliveryTarget] = []
        for format in WebhookTarget.Format.allCases {
            guard let address = options[format.rawValue] else { continue }
            targets.append(
                WebhookTarget(
                    channel: format.rawValue, client: web, address: SourceAddress(address), format: format,
                    secret: secret, timeout: .seconds(1), clock: clock))
        }
        if let port = options["mqtt"].flatMap({ Int($0) }) {
            targets.append(
                MQTTTarget(
                    channel: "mqtt", options: MQTTOptions(host: "127.0.0.1", port: port, clientID: "lookout-sender"),
                    topic: "lookout", discovery: "homeassistant", siteName: "Phú Quốc",
                    cameras: [.init(id: CameraID("tower-1"), name: "Tháp 1", kinds: [.smoke, .motion])],
                    timeout: .seconds(1)))
        }
        if let port = options["smtp"].flatMap({ Int($0) }) {
            let client = MailClient(
                MailClient.Options(
                    host: "127.0.0.1", port: port, usesImplicitTLS: false, requiresTLS: false, timeoutSeconds: 2))
            targets.append(
                MailTarget(
                    channel: "smtp", client: client, from: "lookout@phuquoc.example", to: ["duty@phuquoc.example"],
                    language: .vi, clock: clock, picture: { _ in Array("a picture".utf8) }))
        }
        if let address = options["http"] {
            targets.append(
                TemplateTarget(
                    channel: "http", client: web,
                    options: TemplateTarget.Options(
                        method: .post, address: try AlertTemplate(address + "?to={{camera}}&text={{headline}}"),
                        source: SourceAddress(address),
                        headers: [(name: "X-Kind", value: try AlertTemplate("{{kind}} {{key}}"))],
                        body: try AlertTemplate(#"{"text": "{{headline}}\n{{description}}"}"#),
                        contentType: "application/json", language: .vi, timeout: .seconds(1))))
        }
        return targets
    }

    private static func quietLogger() -> Logger {
        Logger(label: "alert-sender") { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = .error
            return handler
        }
    }
}

/// Incidents that open and close, numbered on from those that the journal holds.
struct Producer {
    let bus: EmbeddedBus
    let journal: IncidentJournal
    let clock: any HostClock

    func live(until wanted: Int) async throws {
        var next = try await highest() + 1
        while next <= wanted {
            let numbers = next...min(next + 19, wanted)
            // Each begins later than the one before, so that the newest tells how far a killed sender came.
            let opened = numbers.map { incident($0, start: clock.wall() + .microseconds($0 - next)) }
            _ = try await bus.publish(
                opened.map { IncidentRevision(incident: $0, change: .opened, time: clock.wall()) })
            if let first = opened.first { _ = try await bus.acknowledge(first.id, actor: "An", note: "đang \"xem\"") }
            let closed = opened.map { incident in
                var incident = incident
                incident.state = .closed
                return IncidentRevision(incident: incident, change: .closed, time: clock.wall())
            }
            _ = try await bus.publish(closed)
            next = numbers.upperBound + 1
        }
    }

    private func highest() async throws -> Int {
        let newest = try await journal.incidents(matching: IncidentQuery(limit: 1)).first
        return newest?.id.rawValue.split(separator: "-").last.flatMap { Int($0) } ?? 0
    }

    private func incident(_ number: Int, start: MediaTime) -> Incident {
        let kind: IncidentKind = number % 5 == 0 ? .smoke : number % 2 == 0 ? .motion : .intrusion
        // A fire that burns on gathers messages that each name all before it, so that one camera has few.
        let camera = CameraID(number % 100 == 0 ? "tower-0" : "tower-1")
        var incident = Incident(
            id: IncidentID("\(camera)-\(kind.rawValue)-\(number)"), kind: kind, camera: camera, severity: .critical,
            start: start, confidence: 0.9,
            box: Box(x: 0.4, y: 0.5, width: 0.05, height: 0.05), rule: "rule")
        incident.zones = ["sân trước"]
        return incident
    }
}

struct MachineClock: HostClock {
    func wall() -> MediaTime { MediaTime(seconds: Date().timeIntervalSince1970) }
    func monotonic() -> Duration { .nanoseconds(Int64(DispatchTime.now().uptimeNanoseconds)) }
}
