import Domain
import GRDB

/// The state of a walk along one of the journal's chains, a page at a time.
struct ChainWalk: Sendable {
    let kind: ChainReport.Chain
    /// The last record that holds.
    private(set) var head = HashChain.Head(sequence: 0, hash: HashChain.origin)
    private(set) var broken: ChainReport.Broken?
    private(set) var isDone = false

    private static let pageSize = 500

    init(_ kind: ChainReport.Chain) { self.kind = kind }

    func nextPage(_ ledger: Ledger) throws -> ChainWalk {
        var walk = self
        let chain = HashChain(table: kind.rawValue, digest: ledger.digest)
        let links = try chain.links(ledger.db, after: head.sequence, limit: Self.pageSize)
        for link in links {
            if let reason = try chain.fault(in: link, after: walk.head) ?? contradiction(in: link, ledger) {
                walk.broken = ChainReport.Broken(
                    chain: kind, sequence: link.sequence, incident: incident(of: link), reason: reason)
                walk.isDone = true
                return walk
            }
            walk.head = HashChain.Head(sequence: link.sequence, hash: link.hash)
        }
        walk.isDone = links.count < Self.pageSize
        return walk
    }

    /// The hash covers the body alone, so the columns that repeat parts of it are held against it, and so is the list of
    /// incidents as they stand now.
    private func contradiction(in link: HashChain.Link, _ ledger: Ledger) throws -> String? {
        switch kind {
        case .audit:
            guard let record = try? CanonicalJSON.decode(AuditRecord.self, from: link.body) else {
                return "its content cannot be read"
            }
            return record.sequence == link.sequence ? nil : "its content belongs to entry \(record.sequence)"
        case .revisions:
            guard let record = try? CanonicalJSON.decode(RevisionRecord.self, from: link.body) else {
                return "its content cannot be read"
            }
            guard record.sequence == link.sequence else { return "its content belongs to revision \(record.sequence)" }
            return try ledger.repeatsFaithfully(record) ? nil : "its searchable columns contradict its content"
        }
    }

    private func incident(of link: HashChain.Link) -> IncidentID? {
        switch kind {
        case .audit: try? CanonicalJSON.decode(AuditRecord.self, from: link.body).incident
        case .revisions: try? CanonicalJSON.decode(RevisionRecord.self, from: link.body).incident.id
        }
    }
}

extension Ledger {
    /// Whether the columns beside a revision's body, and its incident's row if it is the last one, say what the body says.
    func repeatsFaithfully(_ record: RevisionRecord) throws -> Bool {
        let incident = record.incident
        let columns = try db.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM revisions
                    WHERE sequence = ? AND incident = ? AND number = ? AND change = ? AND time = ?)
                AND (SELECT sequence > ?1 OR (sequence = ?1 AND number = ?3 AND camera = ?6 AND kind = ?7
                    AND state = ?8 AND acknowledged = ?9 AND start = ?10 AND last_seen = ?11)
                    FROM incidents WHERE id = ?2)
                """)
        return try Bool.fetchOne(
            columns,
            arguments: [
                record.sequence, incident.id.rawValue, record.number, record.change.rawValue,
                record.time.microseconds, incident.camera.rawValue, incident.kind.rawValue, incident.state.rawValue,
                incident.acknowledgement != nil, incident.start.microseconds, incident.lastSeen.microseconds,
            ]) ?? false
    }
}
