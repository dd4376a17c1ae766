public import Domain

extension IncidentJournal {
    /// Adds evidence to an incident that the journal holds, open or closed: a new revision, on disk when it returns.
    ///
    /// What the incident names already, by path, stays as it is, so that a retry changes nothing.
    ///
    /// - Returns: the revision that stands afterwards.
    /// - Throws: `notFound`, and what `append` throws for the disk.
    public func attach(_ items: [EvidenceItem], to id: IncidentID) async throws(JournalError) -> StoredRevision {
        let time = clock.wall()
        return try await write { ledger, fresh in
            guard let latest = try ledger.latest(of: id) else { throw JournalError.unknown(id) }
            var incident = latest.revision.incident
            let named = Set(incident.evidence.map(\.path))
            let new = items.filter { !named.contains($0.path) }
            guard !new.isEmpty else { return latest }
            incident.evidence += new
            let stored = try ledger.store(
                IncidentRevision(incident: incident, change: .updated, time: time), number: latest.number + 1)
            fresh.append(stored)
            return stored
        }
    }

    /// Writes into the audit trail which files of these incidents are given up, with their hashes, before they are: what
    /// they were stays provable. Incidents that the journal does not hold, or that name no files, are passed over.
    ///
    /// Whoever locks one of them afterwards is told that it is too late.
    ///
    /// - Parameters:
    ///   - incidents: whose files are to be removed, all of them.
    ///   - reason: why, for the trail.
    /// - Returns: those of them whose evidence is locked: their files must stay.
    /// - Throws: what `append` throws for the disk.
    public func noteRemoval(of incidents: [IncidentID], reason: String) async throws(JournalError) -> Set<IncidentID> {
        let time = clock.wall()
        var locked: Set<IncidentID> = []
        // In portions, so that incidents that happen meanwhile are not kept waiting.
        for start in stride(from: 0, to: incidents.count, by: 100) {
            let portion = incidents[start..<min(start + 100, incidents.count)]
            locked.formUnion(
                try await write { ledger, _ in
                    var locked: Set<IncidentID> = []
                    for id in portion {
                        guard let incident = try ledger.latest(of: id)?.revision.incident else { continue }
                        if incident.isLocked {
                            locked.insert(id)
                        } else {
                            try ledger.noteRemoval(of: incident, reason: reason, time: time)
                        }
                    }
                    return locked
                })
        }
        return locked
    }
}

extension Ledger {
    fileprivate func noteRemoval(of incident: Incident, reason: String, time: MediaTime) throws {
        let files = incident.evidence.map { AuditEntry.RemovedFile(path: $0.path, sha256: $0.sha256) }
        guard !files.isEmpty else { return }
        try recordAudit(
            .evidenceRemoved, actor: "lookout", incident: incident.id, note: reason, time: time, removed: files)
    }
}

extension [EvidenceItem] {
    /// These, and behind them those of `others` that are not among them.
    func joined(by others: [EvidenceItem]) -> [EvidenceItem] { self + others.filter { !contains($0) } }
}
