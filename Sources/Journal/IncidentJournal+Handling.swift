public import Domain
import GRDB

extension IncidentJournal {
    /// Notes what a person did with an incident: a new revision and an audit entry, both or neither.
    ///
    /// Whoever judges, assigns or reports has taken the incident, too, where nobody has before.
    ///
    /// - Parameters:
    ///   - actor: the name of the bearer token.
    ///   - note: what the person wrote, at most 4,000 bytes of UTF-8.
    /// - Throws: `notFound`, `invalid`, `conflict` where the step contradicts what people did before, and what `append`
    ///   throws for the disk.
    public func handle(
        _ id: IncidentID, _ step: HandlingStep, actor: String, note: String?
    ) async throws(JournalError) -> StoredRevision {
        try Self.check(actor: actor, note: note)
        let time = clock.wall()
        return try await write { ledger, fresh in
            guard let latest = try ledger.latest(of: id) else { throw JournalError.unknown(id) }
            var incident = latest.revision.incident
            do throws(HandlingStep.Refusal) {
                try step.check(incident, note: note)
            } catch {
                throw JournalError(.conflict, problem: error.problem, remedy: error.remedy)
            }
            if step == .lock { try ledger.checkThatSomethingIsLeft(of: incident) }
            incident.take(step, actor: actor, time: time, note: note)
            let revision = IncidentRevision(incident: incident, change: step.change, actor: actor, time: time)
            let stored = try ledger.store(revision, number: latest.number + 1)
            try ledger.recordAudit(
                AuditEntry.Action(step), actor: actor, incident: id, note: note, time: time, detail: step.detail)
            fresh.append(stored)
            return stored
        }
    }

    /// The incidents whose evidence is locked, as they stand now, the latest revision first.
    ///
    /// - Throws: what reading the journal throws.
    public func lockedIncidents() async throws(JournalError) -> [Incident] {
        try await read { ledger in
            try ledger.revisions(
                "WHERE sequence IN (SELECT sequence FROM incidents WHERE locked) ORDER BY sequence DESC", []
            ).map(\.revision.incident)
        }
    }

    /// Writes into the audit trail that others were told since nobody had acknowledged; once for each step and channel.
    ///
    /// - Parameters:
    ///   - step: from 1.
    ///   - channel: which took the reminder.
    ///   - time: host's wall clock when it did.
    public func noteEscalation(
        of id: IncidentID, step: Int, channel: String, at time: MediaTime
    ) async throws(JournalError) {
        try await write { ledger, _ in
            let note = "step \(step)"
            let isKnown = try ledger.audit(limit: 1_000, before: .max, incident: id).contains {
                $0.action == .escalated && $0.note == note && $0.detail == channel
            }
            guard !isKnown else { return }
            try ledger.recordAudit(
                .escalated, actor: "lookout", incident: id, note: note, time: time, detail: channel)
        }
    }
}

extension Ledger {
    /// - Throws: `conflict` where all files of an incident were given up: a lock would promise what cannot be kept.
    fileprivate func checkThatSomethingIsLeft(of incident: Incident) throws {
        let removed = Set(try tombstones(of: incident.id).removed.map(\.path))
        guard !incident.evidence.isEmpty, incident.evidence.allSatisfy({ removed.contains($0.path) }) else { return }
        throw JournalError(
            .conflict, problem: "the evidence of '\(incident.id)' was given up before: nothing is left to lock",
            remedy: "Download the recording of its time where there still is one; the audit trail keeps the hashes")
    }
}

extension AuditEntry.Action {
    fileprivate init(_ step: HandlingStep) {
        self =
            switch step {
            case .confirm: .confirmed
            case .dismiss: .dismissed
            case .assign: .assigned
            case .note: .noted
            case .report: .reported
            case .lock: .locked
            case .unlock: .unlocked
            }
    }
}
