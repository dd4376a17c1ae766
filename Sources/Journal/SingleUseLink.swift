public import Domain
import GRDB

/// A link that works once.
public struct SingleUseLink: Sendable, Equatable {
    /// Tells it from all others: a hash of it, never the link itself.
    public var digest: String
    /// From then on it does not work anyhow, so that it need not be remembered.
    public var expires: MediaTime

    public init(digest: String, expires: MediaTime) {
        self.digest = digest
        self.expires = expires
    }
}

extension IncidentJournal {
    /// Whether a link was used before.
    public func isUsed(_ link: SingleUseLink) async throws(JournalError) -> Bool {
        try await read { ledger in try ledger.isUsed(link) }
    }
}

extension Ledger {
    fileprivate func isUsed(_ link: SingleUseLink) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM used_links WHERE digest = ?)", arguments: [link.digest]) ?? false
    }

    /// Notes that a link is used now.
    func use(_ link: SingleUseLink, at time: MediaTime) throws {
        guard try !isUsed(link) else {
            throw JournalError(
                .conflict, problem: "this link was used before", remedy: "Ask the duty desk who took the incident")
        }
        try db.execute(sql: "DELETE FROM used_links WHERE expires < ?", arguments: [time.microseconds])
        try db.execute(
            sql: "INSERT INTO used_links (digest, expires) VALUES (?, ?)",
            arguments: [link.digest, link.expires.microseconds])
    }
}
