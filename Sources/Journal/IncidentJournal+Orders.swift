public import Domain
import GRDB

extension IncidentJournal {
    /// Takes in what a person ordered: the orders that stand change, and the audit trail says who gave which, both or
    /// neither. On disk when it returns.
    ///
    /// - Returns: the orders that stand now.
    /// - Throws: `invalid` where nobody is named as having given it, and what `append` throws for the disk.
    public func give(_ order: ArmingOrder) async throws(JournalError) -> StandingOrders {
        try Self.check(actor: order.actor, note: order.note)
        return try await write { ledger, _ in
            var standing = try ledger.standingOrders()
            standing.give(order)
            try ledger.store(standing)
            try ledger.recordAudit(
                AuditEntry.Action(order.action), actor: order.actor, note: order.note, time: order.since, order: order)
            return standing
        }
    }

    /// The orders that stand, also those that were given before a restart.
    public func standingOrders() async throws(JournalError) -> StandingOrders {
        try await read { ledger in try ledger.standingOrders() }
    }
}

extension AuditEntry.Action {
    fileprivate init(_ action: ArmingOrder.Action) {
        self =
            switch action {
            case .arm: .armed
            case .disarm: .disarmed
            case .snooze: .snoozed
            }
    }
}

extension Ledger {
    fileprivate func standingOrders() throws -> StandingOrders {
        let bodies = try String.fetchAll(db, sql: "SELECT body FROM standing_orders ORDER BY position")
        return StandingOrders(
            try bodies.map { body in
                do {
                    return try CanonicalJSON.decode(ArmingOrder.self, from: [UInt8](body.utf8))
                } catch {
                    throw JournalError.damaged(file, "an order to arm or disarm cannot be read")
                }
            })
    }

    fileprivate func store(_ standing: StandingOrders) throws {
        try db.execute(sql: "DELETE FROM standing_orders")
        for (position, order) in standing.orders.enumerated() {
            let body = String(decoding: try CanonicalJSON.encode(order), as: UTF8.self)
            try db.execute(
                sql: "INSERT INTO standing_orders (position, body) VALUES (?, ?)", arguments: [position, body])
        }
    }
}
