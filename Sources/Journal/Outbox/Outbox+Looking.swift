public import Domain
import GRDB

extension Outbox {
    /// Deliveries, newest first.
    ///
    /// - Parameters:
    ///   - subject: only those of one subject.
    ///   - limit: 1 to 10,000.
    public func deliveries(
        state: Delivery.State? = nil, channel: String? = nil, subject: String? = nil, limit: Int = 100
    ) async throws(JournalError) -> [Delivery] {
        guard (1...10_000).contains(limit) else {
            throw .invalid("a limit of \(limit) was asked for", remedy: "Ask for 1 to 10000")
        }
        return try await queue.performRead(file: file) { db in
            let rows = try db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM deliveries d JOIN notices n ON n.id = d.notice
                    WHERE (?1 IS NULL OR d.state = ?1) AND (?2 IS NULL OR d.channel = ?2)
                        AND (?3 IS NULL OR d.subject = ?3)
                    ORDER BY d.id DESC LIMIT ?4
                    """)
            return try Row.fetchAll(rows, arguments: [state?.rawValue, channel, subject, limit]).map(Self.delivery)
        }
    }

    /// The channels that were told of any of these subjects, or will be now: not those whose reminders are not due yet.
    public func channels(of subjects: [String]) async throws(JournalError) -> [String] {
        try await queue.performRead(file: file) { db in
            try subjects.flatMap { subject in
                try String.fetchAll(
                    db.cachedStatement(
                        sql: """
                            SELECT DISTINCT d.channel FROM notices n JOIN deliveries d ON d.notice = n.id
                            WHERE n.subject = ? AND d.state <> 'withdrawn' AND (d.due = 0 OR d.state = 'delivered')
                            """), arguments: [subject])
            }
        }
    }

    /// Reminders that receivers took since `time`, oldest first.
    public func reminders(deliveredSince time: MediaTime) async throws(JournalError) -> [Delivery] {
        try await queue.performRead(file: file) { db in
            let rows = try db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM deliveries d JOIN notices n ON n.id = d.notice
                    WHERE d.state = 'delivered' AND d.settled >= ? AND d.due > 0 ORDER BY d.id
                    """)
            return try Row.fetchAll(rows, arguments: [time.microseconds]).map(Self.delivery)
        }
    }

    /// How many deliveries there are of each channel and state.
    public func counts() async throws(JournalError) -> [ChannelCount] {
        try await queue.performRead(file: file) { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT d.channel, d.state, count(*), min(n.created) FROM deliveries d JOIN notices n ON n.id = d.notice
                    GROUP BY d.channel, d.state ORDER BY d.channel, d.state
                    """
            ).map { row in
                ChannelCount(
                    channel: row[0], state: Delivery.State(rawValue: row[1]) ?? .dead, count: row[2],
                    oldest: MediaTime(microseconds: row[3]))
            }
        }
    }

    /// Has dead deliveries sent again, before what their channels still have to send about the same subjects.
    ///
    /// - Parameters:
    ///   - ids: only these; `nil` for all that are dead.
    ///   - channel: only those of one channel.
    /// - Returns: how many wait again.
    public func revive(_ ids: [Int64]? = nil, channel: String? = nil) async throws(JournalError) -> Int {
        try await queue.performWrite(file: file) { db in
            var revived = 0
            let change = "UPDATE deliveries SET state = 'waiting', not_before = 0, settled = NULL WHERE state = 'dead'"
            let filter = " AND (?1 IS NULL OR channel = ?1)"
            guard let ids else {
                try db.execute(sql: change + filter, arguments: [channel])
                return db.changesCount
            }
            for id in ids {
                try db.cachedStatement(sql: change + filter + " AND id = ?2").execute(arguments: [channel, id])
                revived += db.changesCount
            }
            return revived
        }
    }

    /// Gives up what waits for channels that are not configured any more, so that nothing waits unseen.
    ///
    /// - Returns: how many were given up.
    public func giveUp(exceptFor channels: Set<String>, at time: MediaTime) async throws(JournalError) -> Int {
        try await queue.performWrite(file: file) { db in
            var count = 0
            for channel in try String.fetchAll(
                db, sql: "SELECT DISTINCT channel FROM deliveries WHERE state = 'waiting'")
            where !channels.contains(channel) {
                try db.execute(
                    sql: """
                        UPDATE deliveries SET state = 'dead', settled = ?, error = 'the channel is not configured any more'
                        WHERE channel = ? AND state = 'waiting'
                        """, arguments: [time.microseconds, channel])
                count += db.changesCount
            }
            return count
        }
    }

    /// Forgets notices of which nothing waits and nothing was settled since `time`.
    ///
    /// - Returns: how many were forgotten; call again while it is `limit`.
    public func prune(before time: MediaTime, limit: Int = 1_000) async throws(JournalError) -> Int {
        try await queue.performWrite(file: file) { db in
            try db.cachedStatement(
                sql: """
                    DELETE FROM notices WHERE id IN (SELECT n.id FROM notices n WHERE n.created < ?1 AND NOT EXISTS
                        (SELECT 1 FROM deliveries d WHERE d.notice = n.id AND (d.settled IS NULL OR d.settled >= ?1))
                        LIMIT ?2)
                    """
            ).execute(arguments: [time.microseconds, limit])
            return db.changesCount
        }
    }
}
