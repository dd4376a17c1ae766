import Domain
import Foundation
import GRDB

/// What is done inside one transaction on `journal.sqlite`: numbering, chaining and storing revisions and audit entries.
struct Ledger {
    let db: Database
    let file: String
    let digest: ContentDigest

    private var revisionChain: HashChain { HashChain(table: "revisions", digest: digest) }
    private var auditChain: HashChain { HashChain(table: "audit", digest: digest) }

    static let revisionColumns = "sequence, CAST(body AS BLOB) AS body, previous, hash"

    // MARK: Writing

    /// Stores one revision as the next of its incident, whose acknowledgement, handling and evidence it keeps: whoever
    /// follows the scene does not know what people did with the incident meanwhile, nor which clips were finished.
    ///
    /// - Returns: the stored revision, and whether it is new; a revision that is stored already is returned as it is.
    func append(_ revision: IncidentRevision) throws -> (stored: StoredRevision, isNew: Bool) {
        let latest = try latest(of: revision.incident.id)
        if latest != nil, let duplicate = try storedCopy(of: revision) { return (duplicate, false) }
        try LifeCycle.check(revision, against: latest?.revision.incident)
        var next = revision
        next.incident.acknowledgement = latest?.revision.incident.acknowledgement
        next.incident.handling = latest?.revision.incident.handling
        next.incident.evidence = (latest?.revision.incident.evidence ?? []).joined(by: next.incident.evidence)
        return (try store(next, number: (latest?.number ?? 0) + 1), true)
    }

    /// Stores `revision` without further checks.
    func store(_ revision: IncidentRevision, number: Int) throws -> StoredRevision {
        let head = try revisionChain.head(db)
        let incident = revision.incident
        let sequence = head.sequence + 1
        let body = try CanonicalJSON.encode(RevisionRecord(revision, sequence: sequence, number: number))
        let hash = revisionChain.hash(previous: head.hash, body: body)
        try db.cachedStatement(
            sql: """
                INSERT INTO revisions (sequence, incident, number, change, time, body, previous, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            sequence, incident.id.rawValue, number, revision.change.rawValue, revision.time.microseconds,
            String(decoding: body, as: UTF8.self), Data(head.hash), Data(hash),
        ])
        try db.cachedStatement(
            sql: """
                INSERT INTO incidents (id, sequence, number, camera, kind, state, acknowledged, locked, start, last_seen)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, number = excluded.number,
                    camera = excluded.camera, kind = excluded.kind, state = excluded.state,
                    acknowledged = excluded.acknowledged, locked = excluded.locked,
                    start = excluded.start, last_seen = excluded.last_seen
                """
        ).execute(arguments: [
            incident.id.rawValue, sequence, number, incident.camera.rawValue, incident.kind.rawValue,
            incident.state.rawValue, incident.acknowledgement != nil, incident.isLocked, incident.start.microseconds,
            incident.lastSeen.microseconds,
        ])
        return StoredRevision(
            sequence: sequence, number: number, revision: revision, hash: hash.hexadecimal,
            previousHash: head.hash.hexadecimal)
    }

    func recordAudit(
        _ action: AuditEntry.Action, actor: String, incident: IncidentID? = nil, note: String?, time: MediaTime,
        order: ArmingOrder? = nil, removed: [AuditEntry.RemovedFile]? = nil, detail: String? = nil,
        recordings: [RemovedRecordings]? = nil
    ) throws {
        let head = try auditChain.head(db)
        let record = AuditRecord(
            sequence: head.sequence + 1, time: time, actor: actor, action: action, incident: incident, note: note,
            order: order, removed: removed, detail: detail, recordings: recordings)
        let body = try CanonicalJSON.encode(record)
        try db.cachedStatement(
            sql: "INSERT INTO audit (sequence, incident, body, previous, hash) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [
            record.sequence, incident?.rawValue, String(decoding: body, as: UTF8.self), Data(head.hash),
            Data(auditChain.hash(previous: head.hash, body: body)),
        ])
    }

    // MARK: Reading

    /// The last revision of an incident; `nil` where the journal holds none.
    func latest(of id: IncidentID) throws -> StoredRevision? {
        try revisions("WHERE incident = ? ORDER BY number DESC LIMIT 1", [id.rawValue]).first
    }

    func history(of id: IncidentID) throws -> [StoredRevision] {
        try revisions("WHERE incident = ? ORDER BY number", [id.rawValue])
    }

    func firstAcknowledgement(of id: IncidentID) throws -> StoredRevision? {
        try revisions(
            "WHERE incident = ? AND change = ? ORDER BY number LIMIT 1",
            [id.rawValue, IncidentRevision.Change.acknowledged.rawValue]
        ).first
    }

    /// The stored revision that says the same as `revision`, which its sender could not know to be stored.
    private func storedCopy(of revision: IncidentRevision) throws -> StoredRevision? {
        try revisions(
            "WHERE incident = ? AND time = ? ORDER BY number",
            [revision.incident.id.rawValue, revision.time.microseconds]
        ).first { stored in
            var same = revision
            same.incident.acknowledgement = stored.revision.incident.acknowledgement
            same.incident.handling = stored.revision.incident.handling
            same.incident.evidence = stored.revision.incident.evidence.joined(by: same.incident.evidence)
            return stored.revision == same
        }
    }

    /// - Parameter condition: the end of the query, from `WHERE` on.
    func revisions(_ condition: String, _ arguments: StatementArguments) throws -> [StoredRevision] {
        let statement = try db.cachedStatement(sql: "SELECT \(Self.revisionColumns) FROM revisions \(condition)")
        return try Row.fetchAll(statement, arguments: arguments).map(stored)
    }

    /// A row of `revisionColumns` as a revision.
    func stored(_ row: Row) throws -> StoredRevision {
        let sequence: Int64 = row["sequence"]
        guard let body = Data.fromDatabaseValue(row["body"]), let hash = Data.fromDatabaseValue(row["hash"]),
            let previous = Data.fromDatabaseValue(row["previous"])
        else { throw JournalError.damaged(file, "revision \(sequence) is incomplete") }
        let record: RevisionRecord
        do {
            record = try CanonicalJSON.decode(RevisionRecord.self, from: [UInt8](body))
        } catch {
            throw JournalError.damaged(file, "revision \(sequence) cannot be read")
        }
        return StoredRevision(
            sequence: sequence, number: record.number, revision: record.revision, hash: hash.hexadecimal,
            previousHash: previous.hexadecimal)
    }
}
