import Channels
import Domain
import Evidence
import Foundation
import Journal
import Logging
import ServiceLifecycle
import SiteConfiguration

/// Follows the fire danger: reads the table of weather again and again, since it grows by a line a day, and hears what
/// comes over MQTT.
struct DangerService: Service {
    let desk: DangerDesk
    let board: DangerBoard
    let site: SiteSettings
    let logger: Logger

    func run() async throws {
        let input = DangerInput(site: site, desk: desk, logger: logger)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                if let input { group.addTask { await input.run() } }
                group.addTask { await readWeather() }
            }
        }
    }

    private func readWeather() async {
        var told: String?
        while !Task.isCancelled {
            if let path = site.fireDanger.weather {
                let problem = await problem(reading: path)
                if let problem, problem != told { logger.error("the fire danger stays as it was: \(problem)") }
                told = problem
            }
            await desk.settle()
            try? await Task.sleep(for: .seconds(60))
        }
    }

    private func problem(reading path: String) async -> String? {
        await onOwnThread { [board] () -> String? in
            do {
                try board.read(path)
                return nil
            } catch let failure as Failure {
                return failure.message.isEmpty
                    ? "\(path) cannot be used; 'lookout danger' says why." : failure.message
            } catch {
                return "\(path): \(error)"
            }
        }
    }
}

/// Levels of fire danger and days of weather that come over MQTT.
private struct DangerInput {
    private let client: MQTTClient
    private let messages: AsyncStream<[UInt8]>
    private let channel: String
    private let topic: String
    private let desk: DangerDesk
    private let logger: Logger

    /// More messages than that are not from a station.
    private static let mostWaiting = 1_000

    /// `nil` where the configuration names no such input.
    init?(site: SiteSettings, desk: DangerDesk, logger: Logger) {
        guard let input = site.fireDanger.input,
            case .mqtt(let mqtt) = site.channels.first(where: { $0.id == input.channel })?.type
        else { return nil }
        let (messages, entry) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(Self.mostWaiting))
        var options = AlertTargets.options(of: mqtt, site: site, purpose: "danger")
        options.subscriptions = [input.topic]
        // A day's weather is sent once: what comes while Lookout is down waits at the broker.
        options.keepsSession = true
        options.received = { entry.yield($0.payload) }
        client = MQTTClient(options)
        self.messages = messages
        channel = input.channel
        topic = input.topic
        self.desk = desk
        self.logger = logger
    }

    func run() async {
        client.start()
        for await payload in messages { await take(payload) }
        client.close()
    }

    /// The broker has had its acknowledgement, so that what the journal cannot take now waits here until it can.
    private func take(_ payload: [UInt8]) async {
        var isTold = false
        while !Task.isCancelled {
            do {
                return try await store(payload)
            } catch let error as JournalError where [.diskFull, .readOnly, .locked, .inputOutput].contains(error.code) {
                if !isTold { logger.error("what came on '\(topic)' waits for the journal: \(error)") }
                isTold = true
                try? await Task.sleep(for: .seconds(5))
            } catch {
                return logger.warning("the fire danger stays as it was; what came on '\(topic)': \(error)")
            }
        }
    }

    private func store(_ payload: [UInt8]) async throws {
        switch try DangerMessage(payload) {
        case .level(let level): _ = try await desk.give(level, source: .mqtt, actor: channel)
        case .weather(let day):
            let standing = try await desk.give(day, actor: channel)
            if !standing.missing.isEmpty {
                logger.warning("the fire danger cannot be reckoned: \(standing.missing.words) are missing.")
            }
        }
    }
}

extension [WeatherStanding.Gap] {
    /// `2026-02-03 to 2026-02-05, 2026-02-09`.
    var words: String {
        map { $0.first == $0.last ? "\($0.first)" : "\($0.first) to \($0.last)" }.joined(separator: ", ")
    }
}
