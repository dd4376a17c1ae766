public import Domain
import Foundation
import GRDB

/// What is still to be sent to whom, durably, in `<directory>/outbox.sqlite`.
///
/// The outbox reads the journal by position. Notices, their deliveries and the new position are stored in one
/// transaction, so that a revision is told of exactly as often as it has receivers, wherever a crash falls. A delivery
/// that was accepted, but whose acceptance was not stored yet, is sent again with the same key.
///
/// One process sends; others may list and revive deliveries at the same time. Every call waits on SQLite's own queue,
/// never on Swift's cooperative pool.
public final class Outbox: Sendable {
    /// What the outbox is known by in messages.
    public let file: String
    let queue: DatabaseQueue

    private init(file: String, queue: DatabaseQueue) {
        self.file = file
        self.queue = queue
    }

    /// Opens the outbox of `directory`, which is made where it is missing. Blocks on the disk.
    public static func open(directory: String) throws(JournalError) -> Outbox {
        Outbox(
            file: directory + "/" + OutboxFile.name, queue: try OutboxFile.openForWriting(directory: directory))
    }

    /// - Returns: `nil` where Lookout has never sent anything from `directory`.
    public static func openForReading(directory: String) throws(JournalError) -> Outbox? {
        try OutboxFile.openForReading(directory: directory).map {
            Outbox(file: directory + "/" + OutboxFile.name, queue: $0)
        }
    }

    /// Ends all use, after what is being written.
    public func close() { try? queue.close() }

    // MARK: Feeding

    /// How far the journal was read; `nil` for an outbox that never read one.
    public func position() async throws(JournalError) -> OutboxPosition? {
        try await queue.performRead(file: file) { db in
            guard let row = try Row.fetchOne(db, sql: "SELECT sequence, hash FROM feed") else { return nil }
            return OutboxPosition(sequence: row[0], hash: row[1])
        }
    }

    /// Stores what is to be told and how far the journal was read with it, all or nothing.
    ///
    /// An event that is known already is left as it is: telling of it again would be a repetition.
    ///
    /// - Parameters:
    ///   - position: `nil` where the notices do not come from the journal's next revisions.
    ///   - settled: subjects of which what is not due yet is withdrawn, after `notices` were added.
    ///   - time: host's wall clock now.
    /// - Returns: how many deliveries are new.
    @discardableResult
    public func add(
        _ notices: [Notice], upTo position: OutboxPosition?, withdrawing settled: [String] = [], at time: MediaTime
    ) async throws(JournalError) -> Int {
        try await queue.performWrite(file: file) { db in
            var added = 0
            for notice in notices { added += try Self.insert(notice, at: time, db) }
            for subject in settled {
                try db.cachedStatement(
                    sql: """
                        UPDATE deliveries SET state = 'withdrawn', settled = ?1
                        WHERE subject = ?2 AND state = 'waiting' AND due > ?1
                        """
                ).execute(arguments: [time.microseconds, subject])
            }
            if let position {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO feed (one, sequence, hash) VALUES (1, ?, ?)
                        ON CONFLICT (one) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                        """
                ).execute(arguments: [position.sequence, position.hash])
            }
            return added
        }
    }

    private static func insert(_ notice: Notice, at time: MediaTime, _ db: Database) throws -> Int {
        guard !notice.channels.isEmpty else { return 0 }
        try db.cachedStatement(
            sql: """
                INSERT INTO notices (event, subject, picture, created, body) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (event) DO NOTHING
                """
        ).execute(arguments: [
            notice.event, notice.subject, notice.picture.microseconds, time.microseconds, Data(notice.body),
        ])
        guard db.changesCount == 1 else { return 0 }
        let id = db.lastInsertedRowID
        for channel in notice.channels {
            try db.cachedStatement(
                sql: "INSERT INTO deliveries (notice, channel, subject, due, state) VALUES (?, ?, ?, ?, 'waiting')"
            ).execute(arguments: [id, channel, notice.subject, notice.due?.microseconds ?? 0])
        }
        return notice.channels.count
    }

    // MARK: Sending

    /// What a channel's courier asks for in one go.
    public struct Turn: Sendable {
        public var channel: String
        /// How attempts ended since the last turn.
        public var outcomes: [DeliveryOutcome] = []
        /// Deliveries that are being sent now, and so are not handed out again.
        public var underway: Set<Int64> = []
        /// How many deliveries to hand out at most.
        public var limit: Int
        /// Whether the channel works again, so that nothing has to wait any longer.
        public var hasRecovered = false
        /// Longest time that a delivery may have to wait; one that has to wait longer was told so by a clock that has
        /// been set back since.
        public var longestWait: Duration
        /// Host's wall clock.
        public var now: MediaTime

        public init(channel: String, limit: Int, longestWait: Duration, now: MediaTime) {
            self.channel = channel
            self.limit = limit
            self.longestWait = longestWait
            self.now = now
        }
    }

    /// What a courier can send now.
    public struct Due: Sendable {
        /// Of each subject the first that waits, in the order in which they were added.
        public var deliveries: [Delivery]
        /// When the next that is not due yet will be; `nil` where there is none.
        public var next: MediaTime?

        public init(deliveries: [Delivery], next: MediaTime?) {
            self.deliveries = deliveries
            self.next = next
        }
    }

    /// Stores how attempts ended, in one transaction, and says what is to be sent next.
    public func take(_ turn: Turn) async throws(JournalError) -> Due {
        if turn.outcomes.isEmpty, !turn.hasRecovered {
            return try await queue.performRead(file: file) { db in try Self.due(turn, db) }
        }
        return try await queue.performWrite(file: file) { db in
            for outcome in turn.outcomes { try Self.settle(outcome, at: turn.now, db) }
            if turn.hasRecovered {
                try db.cachedStatement(
                    sql:
                        "UPDATE deliveries SET not_before = 0 WHERE channel = ? AND state = 'waiting' AND not_before > 0"
                ).execute(arguments: [turn.channel])
            }
            return try Self.due(turn, db)
        }
    }

    private static func settle(_ outcome: DeliveryOutcome, at time: MediaTime, _ db: Database) throws {
        let (state, notBefore, error): (Delivery.State, MediaTime, String?) =
            switch outcome.result {
            case .delivered: (.delivered, .zero, nil)
            case .tryAgain(let notBefore, let error): (.waiting, notBefore, error)
            case .givenUp(let error): (.dead, .zero, error)
            }
        try db.cachedStatement(
            sql: """
                UPDATE deliveries SET state = ?, attempts = attempts + 1, not_before = ?, settled = ?, error = ?
                WHERE id = ?
                """
        ).execute(arguments: [
            state.rawValue, notBefore.microseconds, state == .waiting ? nil : time.microseconds, error,
            outcome.delivery,
        ])
    }

    private static func due(_ turn: Turn, _ db: Database) throws -> Due {
        let heads = """
            FROM deliveries d WHERE channel = ?1 AND state = 'waiting' AND NOT EXISTS
                (SELECT 1 FROM deliveries earlier WHERE earlier.channel = ?1 AND earlier.subject = d.subject
                    AND earlier.state = 'waiting' AND earlier.id < d.id)
            """
        let latest = (turn.now + turn.longestWait).microseconds
        var deliveries: [Delivery] = []
        if turn.limit > 0 {
            let rows = try db.cachedStatement(
                sql: """
                    SELECT \(columns) FROM
                        (SELECT * \(heads) AND due <= ?2 AND (not_before <= ?2 OR not_before > ?3) ORDER BY id LIMIT ?4) d
                        JOIN notices n ON n.id = d.notice ORDER BY d.id
                    """)
            deliveries = try Row.fetchAll(
                rows,
                arguments: [turn.channel, turn.now.microseconds, latest, turn.limit + turn.underway.count]
            ).map(delivery).filter { !turn.underway.contains($0.id) }
        }
        // Each a look into an index; a reminder that is tried again may be looked at too early, which does no harm.
        let next = try ["not_before", "due"].compactMap { column in
            try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT min(\(column)) FROM deliveries
                        WHERE channel = ?1 AND state = 'waiting' AND \(column) > ?2
                        """), arguments: [turn.channel, turn.now.microseconds])
        }.min()
        return Due(
            deliveries: Array(deliveries.prefix(turn.limit)), next: next.map { MediaTime(microseconds: $0) })
    }

    static let columns = """
        d.id, d.channel, n.event, d.subject, n.picture, n.created, d.state, d.attempts, d.settled, d.error, n.body
        """

    /// A row of `columns` as a delivery.
    static func delivery(_ row: Row) -> Delivery {
        Delivery(
            id: row[0], channel: row[1], event: row[2], subject: row[3], picture: MediaTime(microseconds: row[4]),
            created: MediaTime(microseconds: row[5]), state: Delivery.State(rawValue: row[6]) ?? .dead,
            attempts: row[7], settled: (row[8] as Int64?).map { MediaTime(microseconds: $0) }, error: row[9],
            body: Data.fromDatabaseValue(row[10]).map { [UInt8]($0) } ?? [])
    }
}
