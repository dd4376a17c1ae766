import Alerting
import ArgumentParser
import Center
import Domain
import Evidence
import Foundation
import Journal
import SiteConfiguration
import Watch

struct Incidents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The journal from the shell, and what people do with incidents.",
        subcommands: [
            List.self, Show.self, Audit.self, Acknowledge.self, Confirm.self, Dismiss.self, Assign.self, Note.self,
            Report.self, Lock.self, Unlock.self,
        ])

    /// Opens the journal of a configuration for reading, also while Lookout runs on it.
    static func journal(of site: SiteSettings) throws -> IncidentJournal {
        do {
            return try IncidentJournal.open(
                directory: site.storage.directory, clock: SystemClock(), digest: ContentHash.sha256, readOnly: true)
        } catch {
            throw Failure(.inputUnreadable, error)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists incidents, newest first.")

        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Option(help: "Only those of this camera.") var camera: String?
        @Option(help: "Only those of this kind, such as motion or intrusion.", transform: parseKind)
        var kind: IncidentKind?
        @Flag(help: "Only those that are still open.") var open = false
        @Flag(help: "Only those whose evidence is locked.") var locked = false
        @Option(help: "Only those last seen within so many hours.") var hours: Double?
        @Option(help: "How many at most, 1 to 1000.") var limit = 50
        @Flag(help: "One JSON object per line.") var json = false

        func validate() throws {
            guard (1...1000).contains(limit) else { throw ValidationError("--limit takes 1 to 1000.") }
            guard hours.map({ $0 > 0 && $0 <= 1e6 }) ?? true else {
                throw ValidationError("--hours takes more than 0 and at most 1000000.")
            }
        }

        func run() async throws {
            let site = try SettingsFile.load(path)
            let journal = try Incidents.journal(of: site)
            let since = hours.map { SystemClock().wall() - .seconds($0 * 3600) }
            let query = IncidentQuery(
                camera: camera.map { CameraID($0) }, kind: kind, state: open ? .open : nil,
                locked: locked ? true : nil, since: since, limit: limit)
            do {
                let incidents = try await journal.incidents(matching: query)
                let text = IncidentText(timezone: site.site.timeZone.identifier)
                for incident in incidents {
                    print(json ? try JSONText.line(IncidentDocument(incident)) : text.line(incident))
                }
                if incidents.isEmpty, !json { printError("No incident matches.") }
            } catch let error as JournalError {
                throw Failure(.inputUnreadable, error)
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Shows one incident and every step of its life.")

        @Argument(help: "The incident's id, as listed.") var id: String
        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Flag(help: "Its revisions as JSON, one object per line.") var json = false
        @Flag(help: "The current message of a fire in the Common Alerting Protocol 1.2.") var cap = false

        func run() async throws {
            let site = try SettingsFile.load(path)
            let journal = try Incidents.journal(of: site)
            let history: [StoredRevision]
            do {
                history = try await journal.history(of: IncidentID(id))
            } catch {
                throw Failure(.inputUnreadable, error)
            }
            guard let last = history.last else {
                throw Failure(.problemFound, "no incident '\(id)' in the journal. `lookout incidents list` names them.")
            }
            if cap {
                guard
                    let message = try await CAPHistory.of(
                        last.revision.incident, in: journal, site: site
                    )?.messages.last
                else {
                    throw Failure(
                        .problemFound, "incident '\(id)' is no fire. CAP messages are written about smoke and flame.")
                }
                FileHandle.standardOutput.write(message.xml + Data("\n".utf8))
                return
            }
            if json {
                for stored in history { print(try JSONText.line(RevisionDocument(stored))) }
                return
            }
            let text = IncidentText(timezone: site.site.timeZone.identifier)
            print(text.line(last.revision.incident))
            show(last.revision.incident, text, evidenceDirectory: site.storage.directory + "/evidence")
            try await explain(last.revision.incident, directory: site.storage.directory, text)
            let trail = IncidentTrail(journal: journal, site: site, text: text)
            try await trail.showFire(of: last.revision.incident)
            try await trail.showAlerts(about: last.revision.incident)
            try await trail.show(last.revision.incident)
            print("  revisions")
            for stored in history {
                print(
                    "    \(stored.number). \(text.time(stored.revision.time))  \(stored.revision.change.rawValue)"
                        + "  by \(stored.revision.actor)  sha256 \(stored.hash.prefix(16))…")
            }
        }

        /// Which candidates made the incident, and by which values.
        private func explain(_ incident: Incident, directory: String, _ text: IncidentText) async throws {
            let query = DecisionQuery(
                camera: incident.camera, from: incident.start - .seconds(60), to: incident.lastSeen + .seconds(60),
                incident: incident.id, limit: 20)
            let found: [StoredDecision]
            do {
                found = try await DecisionLog(directory: directory).decisions(matching: query)
            } catch {
                throw Failure(.inputUnreadable, error)
            }
            guard let newest = found.first?.decision else { return }
            print("  decisions (\(found.count < 20 ? "" : "the last ")\(found.count))")
            for decision in found.reversed().map(\.decision) {
                let track = decision.track.map { "track \($0)" } ?? "no track"
                print("    \(text.time(decision.end))  \(track) \(decision.reason.title(in: .en))")
            }
            print("  detector \(newest.detector), configuration sha256 \(newest.configuration)")
        }

        private func show(_ incident: Incident, _ text: IncidentText, evidenceDirectory: String) {
            print(
                "  rule \(incident.rule), severity \(incident.severity.rawValue), confidence \(fixed(incident.confidence, 2))"
            )
            print(
                "  seen from \(text.time(incident.start)) to \(text.time(incident.lastSeen)) on \(incident.frames) pictures"
            )
            if !incident.zones.isEmpty { print("  zones \(incident.zones.joined(separator: ", "))") }
            if !incident.tracks.isEmpty {
                let named = incident.tracks.prefix(20).map(String.init).joined(separator: ", ")
                print("  tracks \(named)\(incident.tracks.count > 20 ? ", …" : "")")
            }
            if let box = incident.box {
                print(
                    "  first at x \(fixed(box.x, 3)), y \(fixed(box.y, 3)), \(fixed(box.width, 3)) x \(fixed(box.height, 3)) of the picture"
                )
            }
            for value in incident.measurements {
                print(text.measured(value))
            }
            for item in incident.evidence {
                let remark = (item.clip?.truncation).map { "  \($0.title(in: .en)) · \($0.title(in: .vi))" } ?? ""
                print(
                    "  \(item.kind.rawValue) \(evidenceDirectory)/\(item.path) (\(item.bytes) bytes, sha256 \(item.sha256.prefix(16))…)"
                        + remark
                )
            }
            if let taken = incident.acknowledgement {
                let seconds = fixed((taken.time - incident.start).inSeconds, 1)
                print(
                    "  acknowledged by \(taken.actor) at \(text.time(taken.time)), \(seconds) s after the picture\(taken.note.map { ": \($0)" } ?? "")"
                )
            }
        }

        private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
    }
}

func parseKind(_ text: String) throws -> IncidentKind {
    guard let kind = IncidentKind(rawValue: text) else {
        let known = IncidentKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is no kind of incident. The kinds are \(known).")
    }
    return kind
}
