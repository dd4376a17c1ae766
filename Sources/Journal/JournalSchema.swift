import GRDB

/// The tables of `journal.sqlite`, and the way from each older schema to the newest.
enum JournalSchema {
    /// Marks the file as a Lookout journal ("LkOt"), so that no other program's database is ever migrated.
    static let applicationID: Int32 = 0x4C6B_4F74

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1-incidents") { db in
            try createRevisions(db)
            try createIncidents(db)
            try createAudit(db)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        migrator.registerMigration("2-standing-orders", migrate: createStandingOrders)
        migrator.registerMigration("3-site-state", migrate: createSiteState)
        migrator.registerMigration("4-evidence-locks", migrate: addLocks)
        return migrator
    }

    /// Brings the schema up to date, or says why it cannot be.
    static func prepare(_ pool: DatabasePool, file: String) throws {
        try pool.writeWithoutTransaction { db in
            guard try !isEmpty(db) else { return }
            try check(db, file: file)
        }
        try migrator.migrate(pool)
    }

    /// That the file can be read as it stands: a journal, neither newer nor older than this program.
    static func checkReadable(_ pool: DatabasePool, file: String) throws {
        try pool.read { db in
            guard try !isEmpty(db) else {
                throw JournalError(
                    .notFound, problem: "the journal '\(file)' is still empty",
                    remedy: "Wait until 'lookout run' has started")
            }
            try check(db, file: file)
            guard try migrator.hasCompletedMigrations(db) else {
                throw JournalError(
                    .olderSchema, problem: "the journal '\(file)' was made by an older Lookout",
                    remedy: "Run 'lookout run' of this version once, which brings it up to date")
            }
        }
    }

    private static func isEmpty(_ db: Database) throws -> Bool {
        // The migrator's own table comes in a transaction before the first migration's.
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name <> 'grdb_migrations'") == 0
    }

    private static func check(_ db: Database, file: String) throws {
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == applicationID else {
            throw JournalError(
                .foreign, problem: "'\(file)' is a database, but not a Lookout journal",
                remedy: "Point storage.directory to a directory of Lookout's own")
        }
        guard try !migrator.hasBeenSuperseded(db) else {
            throw JournalError(
                .newerSchema, problem: "the journal '\(file)' was made by a newer Lookout",
                remedy: "Install that version or a later one; this one leaves the file as it is")
        }
    }

    /// Every step of every incident. `body` is the canonical JSON that the hash covers; the other columns repeat parts
    /// of it for searching.
    private static func createRevisions(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE revisions (
                    sequence INTEGER PRIMARY KEY NOT NULL,
                    incident TEXT NOT NULL,
                    number INTEGER NOT NULL,
                    change TEXT NOT NULL,
                    time INTEGER NOT NULL,
                    body TEXT NOT NULL,
                    previous BLOB NOT NULL CHECK (length(previous) = \(HashChain.hashBytes)),
                    hash BLOB NOT NULL CHECK (length(hash) = \(HashChain.hashBytes)),
                    UNIQUE (incident, number)
                ) STRICT;
                CREATE INDEX revisions_by_time ON revisions (incident, time);
                """)
        try makeAppendOnly(db, table: "revisions")
        // Also what keeps INSERT OR REPLACE, which fires no delete trigger, from replacing a revision.
        try db.execute(
            sql: """
                CREATE TRIGGER revisions_are_numbered BEFORE INSERT ON revisions
                WHEN NEW.number IS NOT
                    (SELECT coalesce(max(number), 0) + 1 FROM revisions WHERE incident = NEW.incident)
                BEGIN SELECT raise(ABORT, 'revisions of an incident are numbered without gaps'); END
                """)
    }

    /// Where each incident stands: an index into the revisions that can be rebuilt from them.
    private static func createIncidents(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE incidents (
                    id TEXT PRIMARY KEY NOT NULL,
                    sequence INTEGER NOT NULL REFERENCES revisions (sequence),
                    number INTEGER NOT NULL,
                    camera TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    state TEXT NOT NULL,
                    acknowledged INTEGER NOT NULL,
                    start INTEGER NOT NULL,
                    last_seen INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX incidents_by_start ON incidents (start, id);
                CREATE INDEX incidents_by_camera ON incidents (camera, start, id);
                CREATE INDEX incidents_by_kind ON incidents (kind, start, id);
                CREATE INDEX incidents_by_state ON incidents (state, start, id);
                """)
    }

    /// Who has disarmed what at present; how it came to that stands in the audit trail.
    private static func createStandingOrders(_ db: Database) throws {
        try db.execute(
            sql: "CREATE TABLE standing_orders (position INTEGER PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT")
    }

    /// What holds for the site at present, by name, and links that were used; how it came to that stands in the audit
    /// trail, which is searched by incident.
    private static func createSiteState(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE site_state (name TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
                CREATE TABLE used_links (digest TEXT PRIMARY KEY NOT NULL, expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                CREATE INDEX audit_by_incident ON audit (incident, sequence) WHERE incident IS NOT NULL;
                """)
    }

    /// Locks came later: no incident of an older journal has one.
    private static func addLocks(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE incidents ADD COLUMN locked INTEGER NOT NULL DEFAULT 0;
                CREATE INDEX incidents_locked ON incidents (start, id) WHERE locked;
                """)
    }

    private static func createAudit(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE audit (
                    sequence INTEGER PRIMARY KEY NOT NULL,
                    incident TEXT,
                    body TEXT NOT NULL,
                    previous BLOB NOT NULL CHECK (length(previous) = \(HashChain.hashBytes)),
                    hash BLOB NOT NULL CHECK (length(hash) = \(HashChain.hashBytes))
                ) STRICT;
                """)
        try makeAppendOnly(db, table: "audit")
    }

    private static func makeAppendOnly(_ db: Database, table: String) throws {
        try db.execute(
            sql: """
                CREATE TRIGGER \(table)_are_not_changed BEFORE UPDATE ON \(table)
                BEGIN SELECT raise(ABORT, '\(table): records are never changed'); END;
                CREATE TRIGGER \(table)_are_not_deleted BEFORE DELETE ON \(table)
                BEGIN SELECT raise(ABORT, '\(table): records are never deleted'); END;
                CREATE TRIGGER \(table)_have_no_gaps BEFORE INSERT ON \(table)
                WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM \(table))
                BEGIN SELECT raise(ABORT, '\(table): records follow each other without gaps'); END;
                """)
    }
}
