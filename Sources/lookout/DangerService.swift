import Channels
import Domain
import Evidence
import Foundation
import Incidents
import Logging
import ServiceLifecycle
import SiteConfiguration

/// Follows the fire danger: reads the table of weather again and again, since it grows by a line a day, and hears what
/// comes over MQTT.
struct DangerService: Service {
    let desk: DangerDesk
    let board: DangerBoard
    let site: SiteSettings
    let table: DangerTable
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
        await onOwnThread { [board, table] () -> String? in
            do {
                try board.read(path, table: table)
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

/// Levels of fire danger that come over MQTT.
private struct DangerInput {
    private let client: MQTTClient
    private let messages: AsyncStream<[UInt8]>
    private let channel: String
    private let topic: String
    private let desk: DangerDesk
    private let logger: Logger

    /// `nil` where the configuration names no such input.
    init?(site: SiteSettings, desk: DangerDesk, logger: Logger) {
        guard let input = site.fireDanger.input,
            case .mqtt(let mqtt) = site.channels.first(where: { $0.id == input.channel })?.type
        else { return nil }
        // A level that is out of date by the time it is taken in is of no use: the last one counts.
        let (messages, entry) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingNewest(1))
        var options = AlertTargets.options(of: mqtt, site: site, purpose: "danger")
        options.subscriptions = [input.topic]
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

    private func take(_ payload: [UInt8]) async {
        guard let level = DangerMessage.level(payload) else {
            logger.warning("what came on '\(topic)' is no level of fire danger: send 1 to 5, I to V or {\"level\": 4}.")
            return
        }
        do {
            _ = try await desk.give(level, source: .mqtt, actor: channel)
        } catch {
            logger.error("the fire danger stays as it was: \(error)")
        }
    }
}

/// What other systems send: `4`, `IV`, or an object of JSON with `level`.
enum DangerMessage {
    private struct Document: Decodable {
        var level: Int
    }

    static func level(_ payload: [UInt8]) -> DangerLevel? {
        if let document = try? JSONDecoder().decode(Document.self, from: Data(payload)) {
            return DangerLevel(rawValue: document.level)
        }
        let word = String(decoding: payload, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        return DangerLevel.allCases.first { $0.numeral == word.uppercased() || String($0.rawValue) == word }
    }
}
