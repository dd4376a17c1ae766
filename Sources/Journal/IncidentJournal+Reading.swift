public import Domain
import Foundation
import GRDB

extension IncidentJournal {
    /// All revisions of the incidents of a desk that were seen in a span of time, in the order in which they were stored.
    public func history(
        of desk: Desk, since: MediaTime, until: MediaTime? = nil
    ) async throws(JournalError) -> [StoredRevision] {
        var found: [StoredRevision] = []
        for kind in IncidentKind.allCases where kind.desk == desk {
            var query = IncidentQuery(kind: kind, since: since, until: until, limit: 1_000)
            repeat {
                let page = try await incidents(matching: query)
                for incident in page { found += try await history(of: incident.id) }
                query.after = page.count == query.limit ? page.last?.id : nil
            } while query.after != nil
        }
        return found.sorted { $0.sequence < $1.sequence }
    }

    /// Stored revisions after `sequence` in order, at most `limit` of them (1 to 10,000).
    public func revisions(after sequence: Int64, limit: Int) async throws(JournalError) -> [StoredRevision] {
        try Self.check(limit: limit, maximum: 10_000)
        return try await read { ledger in
            try ledger.revisions("WHERE sequence > ? ORDER BY sequence LIMIT ?", [sequence, limit])
        }
    }

    /// Sequence of the last stored revision; 0 for an empty journal.
    public func lastSequence() async throws(JournalError) -> Int64 {
        try await read { ledger in
            try Int64.fetchOne(ledger.db, sql: "SELECT coalesce(max(sequence), 0) FROM revisions") ?? 0
        }
    }

    /// Incidents as they stand now, the last to start first.
    ///
    /// - Throws: `invalid` for a limit that is not 1 to 1,000, `notFound` where `query.after` names no incident.
    public func incidents(matching query: IncidentQuery) async throws(JournalError) -> [Incident] {
        try Self.check(limit: query.limit, maximum: 1_000)
        return try await read { ledger in try ledger.incidents(matching: query) }
    }

    /// All revisions of an incident in order; empty where the journal holds none.
    public func history(of id: IncidentID) async throws(JournalError) -> [StoredRevision] {
        try await read { ledger in try ledger.history(of: id) }
    }

    /// Entries of the audit trail, newest first, at most `limit` of them (1 to 10,000).
    ///
    /// - Parameter sequence: continues a listing: only entries before this one.
    public func audit(limit: Int = 100, before sequence: Int64? = nil) async throws(JournalError) -> [AuditEntry] {
        try Self.check(limit: limit, maximum: 10_000)
        return try await read { ledger in try ledger.audit(limit: limit, before: sequence ?? .max) }
    }

    /// What the audit trail says of one incident, oldest first: its latest 1,000 entries.
    public func audit(of incident: IncidentID) async throws(JournalError) -> [AuditEntry] {
        try await read { ledger in try ledger.audit(limit: 1_000, before: .max, incident: incident).reversed() }
    }

    /// Recomputes every hash of the revisions and of the audit trail from the stored bytes.
    ///
    /// Reads in pages, so that neither memory nor the write-ahead log grows with the journal's length.
    public func verifyChain() async throws(JournalError) -> ChainReport {
        let revisions = try await verify(.revisions)
        let audit = try await verify(.audit)
        return ChainReport(
            revisions: revisions.head.sequence, auditEntries: audit.head.sequence,
            headHash: revisions.head.hash.hexadecimal, broken: revisions.broken ?? audit.broken)
    }

    private func verify(_ kind: ChainReport.Chain) async throws(JournalError) -> ChainWalk {
        var walk = ChainWalk(kind)
        while !walk.isDone {
            let before = walk
            walk = try await read { ledger in try before.nextPage(ledger) }
        }
        return walk
    }

    private static func check(limit: Int, maximum: Int) throws(JournalError) {
        guard (1...maximum).contains(limit) else {
            throw .invalid("a limit of \(limit) was asked for", remedy: "Ask for 1 to \(maximum)")
        }
    }

    /// Runs `body` on a snapshot of the journal, on one of the pool's queues.
    func read<T: Sendable>(_ body: @escaping @Sendable (Ledger) throws -> T) async throws(JournalError) -> T {
        let outcome: Result<T, JournalError> = await withCheckedContinuation { done in
            pool.asyncRead { [file, digest] opened in
                let outcome = Result { try body(Ledger(db: try opened.get(), file: file, digest: digest)) }
                done.resume(returning: outcome.mapError { JournalError($0, file: file) })
            }
        }
        return try outcome.get()
    }
}

extension Ledger {
    /// The last revisions of all open incidents, oldest incident first.
    func openIncidents() throws -> [StoredRevision] {
        try revisions(
            "WHERE sequence IN (SELECT sequence FROM incidents WHERE state = ?) ORDER BY sequence",
            [Incident.State.open.rawValue])
    }

    func incidents(matching query: IncidentQuery) throws -> [Incident] {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func require(_ condition: String, _ values: any DatabaseValueConvertible...) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if let camera = query.camera { require("camera = ?", camera.rawValue) }
        if let kind = query.kind { require("kind = ?", kind.rawValue) }
        if let state = query.state { require("state = ?", state.rawValue) }
        if let acknowledged = query.acknowledged { require("acknowledged = ?", acknowledged) }
        if let locked = query.locked { require(locked ? "locked" : "NOT locked") }
        if let since = query.since { require("last_seen >= ?", since.microseconds) }
        if let until = query.until { require("start < ?", until.microseconds) }
        if let after = query.after {
            guard let start = try latest(of: after)?.revision.incident.start else { throw JournalError.unknown(after) }
            require("(start, id) < (?, ?)", start.microseconds, after.rawValue)
        }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(Self.revisionColumns) FROM revisions JOIN
                    (SELECT sequence AS latest, start, id FROM incidents \(filter) ORDER BY start DESC, id DESC LIMIT ?)
                    ON sequence = latest
                ORDER BY start DESC, id DESC
                """)
        arguments += [query.limit]
        return try Row.fetchAll(statement, arguments: arguments).map { try stored($0).revision.incident }
    }

    func audit(limit: Int, before sequence: Int64, incident: IncidentID? = nil) throws -> [AuditEntry] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, CAST(body AS BLOB), hash FROM audit
                WHERE sequence < ? \(incident == nil ? "" : "AND incident = ?") ORDER BY sequence DESC LIMIT ?
                """)
        var arguments: StatementArguments = [sequence]
        if let incident { arguments += [incident.rawValue] }
        arguments += [limit]
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            guard let body = Data.fromDatabaseValue(row[1]), let hash = Data.fromDatabaseValue(row[2]),
                let record = try? CanonicalJSON.decode(AuditRecord.self, from: [UInt8](body))
            else { throw JournalError.damaged(file, "audit entry \(row[0] as Int64) cannot be read") }
            return AuditEntry(
                sequence: record.sequence, time: record.time, actor: record.actor, action: record.action,
                incident: record.incident, note: record.note, hash: hash.hexadecimal, order: record.order,
                removed: record.removed ?? [], detail: record.detail, recordings: record.recordings ?? [])
        }
    }
}
