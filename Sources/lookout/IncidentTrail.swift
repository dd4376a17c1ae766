import Alerting
import Domain
import Foundation
import Incidents
import Journal
import SiteConfiguration

/// What became of an incident: the fire it belongs to, who was told of it, and what people did with it.
struct IncidentTrail {
    let journal: IncidentJournal
    let site: SiteSettings
    let text: IncidentText

    /// What people did, as the audit trail has it.
    func show(_ incident: Incident) async throws {
        let entries: [AuditEntry]
        do {
            entries = try await journal.audit(of: incident.id)
        } catch {
            throw Failure(.inputUnreadable, error)
        }
        guard !entries.isEmpty else { return }
        print("  audit trail")
        for entry in entries { print("    \(text.line(entry))") }
    }

    /// How the fire came to be what it is: which incidents joined it, which fires turned out to be it.
    func showFire(of incident: Incident) async throws {
        guard let history = try await CAPHistory.of(incident, in: journal, site: site), let fire = history.outline
        else { return }
        let others = fire.incidents.filter { $0 != incident.id }.map(\.rawValue)
        let also = others.isEmpty ? "" : ", with \(others.joined(separator: ", "))"
        print("  fire \(fire.id): \(fire.stage.title(in: .en)) · \(fire.stage.title(in: .vi))\(also)")
        for (name, event) in history.events {
            print("    \(text.time(event.time))  \(name) \(event.kind.words)")
        }
    }

    /// Which receivers were told, and how long after the picture.
    func showAlerts(about incident: Incident) async throws {
        let fire = try await CAPHistory.of(incident, in: journal, site: site)?.outline?.id
        var found: [Delivery] = []
        do {
            guard let outbox = try Outbox.openForReading(directory: site.storage.directory) else { return }
            for subject in [fire ?? incident.id.rawValue, incident.id.rawValue] {
                for suffix in ["", AlertSettings.escalationSuffix] {
                    found += try await outbox.deliveries(subject: subject + suffix, limit: 1_000)
                }
            }
        } catch {
            throw Failure(.inputUnreadable, error)
        }
        let own = Dictionary(
            found.filter { $0.event.hasPrefix(incident.id.rawValue + ".") }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first }
        ).values.sorted { $0.id < $1.id }
        guard !own.isEmpty else { return }
        print("  alerts, and how long after the picture or the step they were taken")
        for delivery in own { print("    \(delivery.channel)  \(delivery.event)  \(outcome(delivery))") }
    }

    private func outcome(_ delivery: Delivery) -> String {
        guard delivery.state == .delivered, let settled = delivery.settled else {
            return delivery.state.rawValue + (delivery.error.map { ": \($0)" } ?? "")
        }
        return String(format: "taken after %.2f s", (settled - delivery.picture).inSeconds)
    }
}

extension Fire.Event.Kind {
    /// For people at a terminal.
    fileprivate var words: String {
        switch self {
        case .opened: "opened"
        case .joined(let incident): "joined by \(incident)"
        case .located: "located"
        case .absorbed(let fire): "took over \(fire), which is the same"
        case .merged(let fire): "is the same as \(fire)"
        case .split(let fire): "is not what \(fire) sees, which left"
        case .splitFrom(let fire): "left \(fire)"
        case .closed: "no longer seen"
        }
    }
}
