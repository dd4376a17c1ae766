public import Domain
import Foundation
import GRDB

extension IncidentJournal {
    /// What the audit trail says of an incident's files that are gone: given up by retention, or found missing.
    public struct Tombstones: Sendable, Equatable {
        public var removed: [AuditEntry.RemovedFile] = []
        public var missing: [AuditEntry.RemovedFile] = []
    }

    /// The tombstones of an incident's files.
    ///
    /// - Throws: what reading the journal throws.
    public func tombstones(of incident: IncidentID) async throws(JournalError) -> Tombstones {
        try await read { ledger in try ledger.tombstones(of: incident) }
    }

    /// Writes into the audit trail that files of an incident are gone though nobody gave them up.
    ///
    /// - Throws: what `append` throws for the disk.
    public func noteMissing(_ items: [EvidenceItem], of incident: IncidentID) async throws(JournalError) {
        let time = clock.wall()
        let files = items.map { AuditEntry.RemovedFile(path: $0.path, sha256: $0.sha256) }
        guard !files.isEmpty else { return }
        try await write { ledger, _ in
            try ledger.recordAudit(
                .evidenceMissing, actor: "lookout", incident: incident, note: nil, time: time, removed: files)
        }
    }

    /// Writes into the audit trail which recordings are given up, before they are: what they were stays provable.
    ///
    /// - Parameter reason: why, for the trail.
    /// - Throws: what `append` throws for the disk.
    public func noteRemoval(of recordings: [RemovedRecordings], reason: String) async throws(JournalError) {
        try await note(recordings, as: .recordingsRemoved, because: reason)
    }

    /// Writes into the audit trail that recordings are gone though nobody gave them up.
    ///
    /// - Throws: what `append` throws for the disk.
    public func noteMissing(_ recordings: [RemovedRecordings]) async throws(JournalError) {
        try await note(recordings, as: .recordingsMissing, because: nil)
    }

    private func note(
        _ recordings: [RemovedRecordings], as action: AuditEntry.Action, because reason: String?
    ) async throws(JournalError) {
        guard !recordings.isEmpty else { return }
        let time = clock.wall()
        try await write { ledger, _ in
            try ledger.recordAudit(action, actor: "lookout", note: reason, time: time, recordings: recordings)
        }
    }
}

extension Ledger {
    func tombstones(of incident: IncidentID) throws -> IncidentJournal.Tombstones {
        let bodies = try Data.fetchAll(
            db, sql: "SELECT CAST(body AS BLOB) FROM audit WHERE incident = ?", arguments: [incident.rawValue])
        var tombstones = IncidentJournal.Tombstones()
        for body in bodies {
            guard let record = try? CanonicalJSON.decode(AuditRecord.self, from: [UInt8](body)) else {
                throw JournalError.damaged(file, "an audit entry of '\(incident)' cannot be read")
            }
            switch record.action {
            case .evidenceRemoved: tombstones.removed += record.removed ?? []
            case .evidenceMissing: tombstones.missing += record.removed ?? []
            default: break
            }
        }
        return tombstones
    }
}
