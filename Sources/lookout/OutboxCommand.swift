import ArgumentParser
import Domain
import Foundation
import Journal
import SiteConfiguration

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "What was sent, what waits, and what was given up.",
        subcommands: [List.self, Retry.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists deliveries, newest first; exit code 1 where dead letters are listed.")

        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Option(help: "Only those in this state: waiting, delivered, dead or withdrawn.", transform: parseState)
        var state: Delivery.State?
        @Option(help: "Only those of this channel.") var channel: String?
        @Option(help: "How many at most, 1 to 10000.") var limit = 50
        @Flag(help: "One JSON object per line.") var json = false

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
        }

        func run() async throws {
            let site = try SettingsFile.load(path)
            let found: [Delivery]
            do {
                guard let outbox = try Outbox.openForReading(directory: site.storage.directory) else {
                    if !json { printError("Nothing was ever sent from here.") }
                    return
                }
                found = try await outbox.deliveries(state: state, channel: channel, limit: limit)
            } catch {
                throw Failure(.inputUnreadable, error)
            }
            let text = IncidentText(timezone: site.site.timeZone.identifier)
            for delivery in found {
                print(json ? try JSONText.line(Document(delivery)) : Self.line(delivery, text))
            }
            if found.isEmpty, !json { printError("No delivery matches.") }
            if found.contains(where: { $0.state == .dead }) { throw Failure(.problemFound) }
        }

        private static func line(_ delivery: Delivery, _ text: IncidentText) -> String {
            let error = delivery.error.map { "  \($0)" } ?? ""
            return "\(delivery.id)  \(text.time(delivery.created))  \(delivery.channel)  \(delivery.state.rawValue)"
                + "  \(delivery.event)  \(delivery.attempts) attempts\(error)"
        }

        private struct Document: Encodable {
            var id: Int64
            var channel: String
            var event: String
            var subject: String
            var key: String
            var state: Delivery.State
            var attempts: Int
            /// Seconds from the picture to the receiver's acceptance.
            var latencySeconds: Double?
            var error: String?

            init(_ delivery: Delivery) {
                id = delivery.id
                channel = delivery.channel
                event = delivery.event
                subject = delivery.subject
                key = delivery.key
                state = delivery.state
                attempts = delivery.attempts
                let settled = delivery.state == .delivered ? delivery.settled : nil
                latencySeconds = settled.map { ($0 - delivery.picture).inSeconds }
                error = delivery.error
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has dead letters sent again, also while Lookout runs.")

        @Argument(help: "Their numbers, as listed; all where left out.") var ids: [Int64] = []
        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Option(help: "Only those of this channel.") var channel: String?

        func run() async throws {
            let site = try SettingsFile.load(path)
            do {
                guard try Outbox.openForReading(directory: site.storage.directory) != nil else {
                    throw Failure(.problemFound, "nothing was ever sent from here. Check --config.")
                }
                let outbox = try Outbox.open(directory: site.storage.directory)
                let count = try await outbox.revive(ids.isEmpty ? nil : ids, channel: channel)
                outbox.close()
                print("\(count) wait again.")
                if count == 0 { throw Failure(.problemFound) }
            } catch let error as JournalError {
                throw Failure(.inputUnreadable, error)
            }
        }
    }
}

private func parseState(_ text: String) throws -> Delivery.State {
    guard let state = Delivery.State(rawValue: text) else {
        let known = Delivery.State.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is no state of a delivery. The states are \(known).")
    }
    return state
}
