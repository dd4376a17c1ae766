import Alerting
import ArgumentParser
import Domain
import Foundation
import Journal
import SiteConfiguration
import Watch

struct DrillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Sends an exercise through the running Lookout and measures how soon it arrives.",
        discussion: "Exit code 1 where a channel's receiver did not take it in time.")

    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
    @Option(help: "Only this channel; may be given several times.") var channel: [String] = []
    @Option(help: "The camera that is said to see smoke; the first that watches for fire where left out.")
    var camera: String?
    @Option(help: "How many seconds to wait for the receivers.") var wait = 60.0
    @Flag(help: "One JSON object per line.") var json = false

    func validate() throws {
        guard wait >= 1, wait <= 86_400 else { throw ValidationError("--wait takes 1 to 86400.") }
    }

    func run() async throws {
        let site = try SettingsFile.load(path)
        let channels = try wantedChannels(of: site)
        let seen = try witness(of: site)
        let clock = SystemClock()
        let start = clock.wall()
        do {
            let settings = try AlertSettings(site, danger: try DangerBoard(site))
            let notices = try Drill.notices(camera: seen, settings: settings, channels: channels, at: start)
            let outbox = try Outbox.open(directory: site.storage.directory)
            try await outbox.add(notices, upTo: nil, at: start)
            guard let subject = notices.first?.subject else { return }
            var open = Set(channels)
            while !open.isEmpty, clock.wall() - start < .seconds(wait) {
                for delivery in try await outbox.deliveries(subject: subject)
                where delivery.event == notices.first?.event && delivery.state != .waiting
                    && open.remove(delivery.channel) != nil
                {
                    try say(delivery)
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            for delivery in try await outbox.deliveries(subject: subject)
            where delivery.event == notices.first?.event && open.contains(delivery.channel) {
                try say(delivery)
            }
            let failed = try await outbox.deliveries(subject: subject).contains {
                $0.event == notices.first?.event && $0.state != .delivered
            }
            if failed { throw Failure(.problemFound) }
        } catch let error as JournalError {
            throw Failure(.inputUnreadable, error)
        }
    }

    private func wantedChannels(of site: SiteSettings) throws -> [String] {
        let known = site.channels.map(\.id)
        for wanted in channel where !known.contains(wanted) {
            throw Failure(.usage, "there is no channel '\(wanted)'. There are \(known.joined(separator: ", ")).")
        }
        guard !known.isEmpty else {
            throw Failure(.problemFound, "no channel is configured. Add 'channels' to \(path).")
        }
        return channel.isEmpty ? known : known.filter(channel.contains)
    }

    private func witness(of site: SiteSettings) throws -> CameraID {
        if let camera {
            guard let found = site.cameras.first(where: { $0.id.rawValue == camera }) else {
                throw Failure(.usage, "there is no camera '\(camera)'. The configuration names them.")
            }
            return found.id
        }
        guard let fire = Drill.usualWitness(of: site) else {
            throw Failure(.problemFound, "no camera is configured. Add one to \(path).")
        }
        return fire
    }

    private struct Document: Encodable {
        var channel: String
        var state: Delivery.State
        var seconds: Double?
        var attempts: Int
        var error: String?
    }

    private func say(_ delivery: Delivery) throws {
        let seconds = delivery.state == .delivered ? delivery.settled.map { ($0 - delivery.picture).inSeconds } : nil
        if json {
            print(
                try JSONText.line(
                    Document(
                        channel: delivery.channel, state: delivery.state, seconds: seconds, attempts: delivery.attempts,
                        error: delivery.error)))
        } else if let seconds {
            print("\(delivery.channel): taken after \(String(format: "%.2f", seconds)) s")
        } else {
            let reason = delivery.error ?? "nobody has tried it. Is 'lookout run' running?"
            print("\(delivery.channel): not taken, \(reason)")
        }
    }
}
