import Domain
import Journal

/// What people did with an incident and who was told of it, as the audit trail has it.
struct IncidentTrail {
    let journal: IncidentJournal
    let text: IncidentText

    func show(_ incident: Incident) async throws {
        let entries: [AuditEntry]
        do {
            entries = try await journal.audit(of: incident.id)
        } catch {
            throw Failure(.inputUnreadable, error)
        }
        guard !entries.isEmpty else { return }
        print("  audit trail")
        for entry in entries { print("    \(text.time(entry.time))  \(line(entry))  sha256 \(entry.hash.prefix(16))…") }
    }

    private func line(_ entry: AuditEntry) -> String {
        if entry.action == .escalated {
            return "nobody had acknowledged: \(entry.detail ?? "") was told (\(entry.note ?? ""))"
        }
        let words = [entry.detail.map { " \($0)" }, entry.note.map { ": \($0)" }].compactMap { $0 }.joined()
        return "\(entry.action.rawValue)\(words)  by \(entry.actor)"
    }
}
