public import Domain
import GRDB

extension IncidentJournal {
    /// Takes in which forest fire danger holds: kept for the next start, and written into the audit trail where the level
    /// is another than before from this source.
    public func note(_ danger: DangerNotice) async throws(JournalError) {
        try Self.check(actor: danger.actor, note: danger.note)
        try await write { ledger, _ in
            let name = SiteStateName.danger(danger.source)
            let before = try ledger.siteState(DangerNotice.self, name)
            try ledger.store(danger, as: name)
            guard before.map({ !$0.saysSame(as: danger) }) ?? true else { return }
            try ledger.recordAudit(
                .dangerChanged, actor: danger.actor,
                note: [danger.source.rawValue, danger.note].compactMap { $0 }.joined(separator: ": "),
                time: danger.since, detail: danger.level.numeral)
        }
    }

    /// The last notice of each source, also those from before a restart.
    public func dangerNotices() async throws(JournalError) -> [DangerNotice] {
        try await read { ledger in
            try DangerNotice.Source.allCases.compactMap {
                try ledger.siteState(DangerNotice.self, SiteStateName.danger($0))
            }
        }
    }

    /// Takes in how an exercise went: kept as the last one, and written into the audit trail.
    public func note(_ drill: DrillReport) async throws(JournalError) {
        try await write { ledger, _ in
            try ledger.store(drill, as: SiteStateName.drill)
            try ledger.recordAudit(
                .drilled, actor: drill.actor, note: drill.id, time: drill.start, detail: drill.summary)
        }
    }

    /// The last exercise; `nil` where there was none.
    public func lastDrill() async throws(JournalError) -> DrillReport? {
        try await read { ledger in try ledger.siteState(DrillReport.self, SiteStateName.drill) }
    }
}

private enum SiteStateName {
    static let drill = "drill"

    static func danger(_ source: DangerNotice.Source) -> String { "danger.\(source.rawValue)" }
}

extension Ledger {
    fileprivate func siteState<State: Decodable>(_ type: State.Type, _ name: String) throws -> State? {
        let body = try String.fetchOne(db, sql: "SELECT body FROM site_state WHERE name = ?", arguments: [name])
        guard let body else { return nil }
        do {
            return try CanonicalJSON.decode(type, from: [UInt8](body.utf8))
        } catch {
            throw JournalError.damaged(file, "what is kept as '\(name)' cannot be read")
        }
    }

    fileprivate func store(_ state: some Encodable, as name: String) throws {
        let body = String(decoding: try CanonicalJSON.encode(state), as: UTF8.self)
        try db.execute(
            sql: """
                INSERT INTO site_state (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body
                """, arguments: [name, body])
    }
}
