import Domain
import Foundation
import GRDB

/// What is written by the day and deleted whole: one SQLite file a UTC day, with `synchronous=NORMAL`.
///
/// Unchecked: whoever owns it never lets two threads in at once.
final class DailyFiles: @unchecked Sendable {
    private let folder: String
    private let label: String
    /// Makes the tables that are missing.
    private let schema: String
    /// What files of before lack: added to them when they are written to.
    private let laterColumns: [LaterColumn]
    /// The day that is written to now; the others are closed.
    private var open: (day: JournalDay, queue: DatabaseQueue)?

    /// A column that a table did not always have. Those that read must do without.
    struct LaterColumn {
        var table: String
        var name: String
        /// Type and constraints.
        var definition: String
    }

    init(folder: String, label: String, schema: String, laterColumns: [LaterColumn] = []) {
        self.laterColumns = laterColumns
        self.folder = folder
        self.label = label
        self.schema = schema
    }

    /// Runs `body` in one transaction on the day's file, which is made where it is missing.
    func write(on day: JournalDay, _ body: (Database) throws -> Void) throws(JournalError) {
        let file = day.file(in: folder)
        do {
            try queue(of: day).writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    try body(db)
                    return .commit
                }
            }
        } catch {
            // Opened anew with the next batch: the disk may have been changed below it.
            close()
            throw JournalError(error, file: file)
        }
    }

    /// Runs `body` on the day's file, which another process may be writing.
    static func read<T>(_ file: String, label: String, _ body: (Database) throws -> T) throws(JournalError) -> T {
        do {
            let queue = try DatabaseQueue(path: file, configuration: configuration(label, readOnly: true))
            defer { try? queue.close() }
            return try queue.read(body)
        } catch {
            throw JournalError(error, file: file)
        }
    }

    func remove(_ day: JournalDay) {
        if open?.day == day { close() }
        for suffix in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: day.file(in: folder) + suffix)
        }
    }

    func close() {
        try? open?.queue.close()
        open = nil
    }

    private func queue(of day: JournalDay) throws -> DatabaseQueue {
        if let open, open.day == day { return open.queue }
        close()
        try JournalFile.makeDirectory(folder)
        let file = day.file(in: folder)
        let queue: DatabaseQueue
        do {
            queue = try make(file)
        } catch  where JournalError(error, file: file).code == .corrupt {
            // A damaged file is put aside for whoever wants to look at it; nothing depends on it.
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: file + ".damaged" + suffix)
                try? FileManager.default.moveItem(atPath: file + suffix, toPath: file + ".damaged" + suffix)
            }
            queue = try make(file)
        }
        open = (day, queue)
        return queue
    }

    private func make(_ file: String) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: file, configuration: Self.configuration(label, readOnly: false))
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(Durability.normal.rawValue)")
            try db.execute(sql: schema)
            for column in laterColumns
            where try !db.columns(in: column.table).contains(where: { $0.name == column.name }) {
                try db.execute(sql: "ALTER TABLE \(column.table) ADD COLUMN \(column.name) \(column.definition)")
            }
        }
        return queue
    }

    private static func configuration(_ label: String, readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = label
        configuration.readonly = readOnly
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(JournalFile.busyTimeoutSeconds)
        configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA trusted_schema = OFF") }
        return configuration
    }
}
