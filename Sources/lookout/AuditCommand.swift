import ArgumentParser
import Domain
import Foundation
import Journal
import SiteConfiguration

extension Incidents {
    struct Audit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists who did what and when, newest first: also changes of fire danger, orders and exercises.")

        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Option(help: "Only this action, such as danger-changed; may be given several times.", transform: parseAction)
        var action: [AuditEntry.Action] = []
        @Option(help: "How many entries to look through at most, 1 to 10000.") var limit = 100
        @Flag(help: "One JSON object per line.") var json = false

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit takes 1 to 10000.") }
        }

        func run() async throws {
            let site = try SettingsFile.load(path)
            let journal = try Incidents.journal(of: site)
            let entries: [AuditEntry]
            do {
                entries = try await journal.audit(limit: limit)
            } catch {
                throw Failure(.inputUnreadable, error)
            }
            let text = IncidentText(timezone: site.site.timeZone.identifier)
            let found = entries.filter { action.isEmpty || action.contains($0.action) }
            for entry in found { print(json ? try JSONText.line(Document(entry)) : text.line(entry)) }
            if found.isEmpty, !json { printError("No entry matches.") }
        }

        /// What was armed, disarmed or snoozed.
        private struct Order: Encodable {
            /// Absent: the whole site.
            var camera: String?
            var zone: String?
            var kinds: [IncidentKind]
            /// Absent: until another order.
            var untilMicroseconds: Int64?

            init(_ order: ArmingOrder) {
                camera = order.camera?.rawValue
                zone = order.zone
                kinds = order.kinds
                untilMicroseconds = order.until?.microseconds
            }
        }

        /// What was given up of a camera's recording.
        private struct Recordings: Encodable {
            var camera: String
            var startMicroseconds: Int64
            var endMicroseconds: Int64
            var segments: Int
            var bytes: Int64
            var sha256: String

            init(_ gone: RemovedRecordings) {
                camera = gone.camera.rawValue
                startMicroseconds = gone.start.microseconds
                endMicroseconds = gone.end.microseconds
                segments = gone.segments
                bytes = gone.bytes
                sha256 = gone.sha256
            }
        }

        private struct Document: Encodable {
            var sequence: Int64
            var timeMicroseconds: Int64
            var actor: String
            var action: AuditEntry.Action
            var incident: String?
            var detail: String?
            var note: String?
            var order: Order?
            /// Of removals of recordings.
            var recordings: [Recordings]?
            var hash: String

            init(_ entry: AuditEntry) {
                sequence = entry.sequence
                timeMicroseconds = entry.time.microseconds
                actor = entry.actor
                action = entry.action
                incident = entry.incident?.rawValue
                detail = entry.detail
                note = entry.note
                order = entry.order.map(Order.init)
                recordings = entry.recordings.isEmpty ? nil : entry.recordings.map(Recordings.init)
                hash = entry.hash
            }
        }
    }
}

private func parseAction(_ text: String) throws -> AuditEntry.Action {
    guard let action = AuditEntry.Action(rawValue: text) else {
        let known = AuditEntry.Action.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is no action. The actions are \(known).")
    }
    return action
}
