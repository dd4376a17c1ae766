import Foundation
import GRDB

/// `outbox.sqlite`: opened, checked and set up.
enum OutboxFile {
    static let name = "outbox.sqlite"
    /// "LkOb".
    static let applicationID: Int32 = 0x4C6B_4F62

    static func openForWriting(directory: String) throws(JournalError) -> DatabaseQueue {
        try JournalFile.makeDirectory(directory)
        let file = directory + "/" + name
        return try JournalFile.reported(file) {
            var configuration = JournalFile.configuration(readOnly: false)
            configuration.label = "lookout.outbox"
            configuration.journalMode = .wal
            configuration.foreignKeysEnabled = true
            let queue = try DatabaseQueue(path: file, configuration: configuration)
            try JournalFile.set(.full, on: queue, file: file)
            try prepare(queue, file: file)
            return queue
        }
    }

    /// - Returns: `nil` where Lookout has never sent anything.
    static func openForReading(directory: String) throws(JournalError) -> DatabaseQueue? {
        let file = directory + "/" + name
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        return try JournalFile.reported(file) {
            let queue = try DatabaseQueue(path: file, configuration: JournalFile.configuration(readOnly: true))
            try queue.read { db in try check(db, file: file) }
            return queue
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-deliveries") { db in
            try db.execute(sql: tables)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        return migrator
    }

    private static func prepare(_ queue: DatabaseQueue, file: String) throws {
        let isNew = try queue.read { db in
            try Int.fetchOne(
                db, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'grdb_migrations'") == 0
        }
        if !isNew { try queue.read { db in try check(db, file: file) } }
        try migrator.migrate(queue)
    }

    private static func check(_ db: Database, file: String) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw JournalError(
                .foreign, problem: "'\(file)' is a database, but not a Lookout outbox",
                remedy: "Point storage.directory to a directory of Lookout's own")
        }
        guard try !migrator.hasBeenSuperseded(db) else {
            throw JournalError(
                .newerSchema, problem: "the outbox '\(file)' was made by a newer Lookout",
                remedy: "Install that version or a later one; this one leaves the file as it is")
        }
    }

    private static let tables = """
        CREATE TABLE notices (
            id INTEGER PRIMARY KEY NOT NULL,
            event TEXT NOT NULL UNIQUE,
            subject TEXT NOT NULL,
            picture INTEGER NOT NULL,
            created INTEGER NOT NULL,
            body BLOB NOT NULL
        ) STRICT;
        CREATE INDEX notices_by_subject ON notices (subject);
        CREATE TABLE deliveries (
            id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            notice INTEGER NOT NULL REFERENCES notices (id) ON DELETE CASCADE,
            channel TEXT NOT NULL,
            subject TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'dead', 'withdrawn')),
            attempts INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER NOT NULL DEFAULT 0,
            settled INTEGER,
            error TEXT,
            UNIQUE (notice, channel)
        ) STRICT;
        CREATE INDEX deliveries_in_order ON deliveries (channel, id) WHERE state = 'waiting';
        CREATE INDEX deliveries_by_subject ON deliveries (channel, subject, id) WHERE state = 'waiting';
        CREATE INDEX deliveries_by_wait ON deliveries (channel, not_before) WHERE state = 'waiting';
        CREATE INDEX deliveries_by_due ON deliveries (channel, due) WHERE state = 'waiting';
        CREATE INDEX deliveries_by_state ON deliveries (state, settled);
        CREATE TABLE feed (
            one INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
            sequence INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        """
}
