import Foundation
import GRDB

/// Copies of a site's databases, taken while Lookout runs.
///
/// Every call blocks on the disk.
public enum JournalBackup {
    /// What was copied.
    public struct Report: Sendable, Equatable {
        /// Names of files in the backup's directory.
        public var files: [String]
    }

    /// Copies journal and outbox of `directory` as they stand at one moment each, the outbox first: it never knows more
    /// than the journal beside it.
    ///
    /// - Parameter target: made where it is missing; must hold no backup yet.
    public static func make(of directory: String, to target: String) throws(JournalError) -> Report {
        try copy(from: directory, to: target, remedy: "Name a new directory for each backup")
    }

    /// Puts a backup back into `directory`, which must hold no journal.
    public static func restore(_ backup: String, to directory: String) throws(JournalError) -> Report {
        try copy(
            from: backup, to: directory,
            remedy: "Move the journal that is there away first; a restore never replaces one")
    }

    private static func copy(from source: String, to target: String, remedy: String) throws(JournalError) -> Report {
        guard FileManager.default.fileExists(atPath: source + "/" + JournalFile.name) else {
            throw JournalError(
                .notFound, problem: "there is no journal in '\(source)'", remedy: "Name the directory that holds one")
        }
        try JournalFile.makeDirectory(target)
        let names = [OutboxFile.name, JournalFile.name].filter {
            FileManager.default.fileExists(atPath: source + "/" + $0)
        }
        for name in [OutboxFile.name, JournalFile.name] {
            let file = target + "/" + name
            guard !FileManager.default.fileExists(atPath: file) else {
                throw JournalError(.conflict, problem: "'\(file)' exists already", remedy: remedy)
            }
        }
        for name in names { try copy(source + "/" + name, to: target + "/" + name) }
        return Report(files: names)
    }

    private static func copy(_ source: String, to target: String) throws(JournalError) {
        try JournalFile.reported(source) {
            let from = try DatabaseQueue(path: source, configuration: JournalFile.configuration(readOnly: true))
            // Under another name until it is whole: a crash leaves nothing that looks like a backup.
            let partial = target + ".partial"
            for suffix in ["", "-wal", "-shm", "-journal"] {
                try? FileManager.default.removeItem(atPath: partial + suffix)
            }
            let to = try DatabaseQueue(path: partial)
            try from.backup(to: to)
            try to.writeWithoutTransaction { db in
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
                guard try String.fetchOne(db, sql: "PRAGMA quick_check") == "ok" else {
                    throw JournalError.damaged(source, "the copy does not pass SQLite's check")
                }
            }
            try from.close()
            try to.close()
            try FileManager.default.moveItem(atPath: partial, toPath: target)
        }
    }
}
