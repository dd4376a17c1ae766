import Foundation
import GRDB
import Glibc

/// How hard SQLite tries to have a commit on disk before it says so.
package enum Durability: Int, Sendable {
    // The numbers are those of `PRAGMA synchronous`.
    case off = 0
    case normal = 1
    /// A commit is on disk when it returns. The only one for a journal; tests show what the others lose.
    case full = 2
}

/// `journal.sqlite`: opened, checked and set up.
enum JournalFile {
    static let name = "journal.sqlite"

    /// How long a connection waits for a lock that another program holds.
    static let busyTimeoutSeconds = 5.0

    static func openForWriting(
        directory: String, digest: @escaping ContentDigest, durability: Durability, checkpointPages: Int
    ) throws(JournalError) -> DatabasePool {
        let file = directory + "/" + name
        try checkNotEmptied(file, directory: directory)
        return try reported(file) {
            let pool = try DatabasePool(path: file, configuration: configuration(readOnly: false))
            try set(durability, on: pool, file: file)
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_autocheckpoint = \(checkpointPages)") }
            try JournalSchema.prepare(pool, file: file)
            try checkTail(pool, file: file, digest: digest)
            return pool
        }
    }

    static func openForReading(directory: String, digest: @escaping ContentDigest)
        throws(JournalError) -> DatabasePool
    {
        let file = directory + "/" + name
        guard FileManager.default.fileExists(atPath: file) else {
            throw JournalError(
                .notFound, problem: "there is no journal '\(file)'",
                remedy: "Check storage.directory in streams.yaml; 'lookout run' makes the journal when it starts")
        }
        return try reported(file) {
            let pool = try DatabasePool(path: file, configuration: configuration(readOnly: true))
            try JournalSchema.checkReadable(pool, file: file)
            try checkTail(pool, file: file, digest: digest)
            return pool
        }
    }

    /// SQLite takes an empty file for a new database and throws the log beside it away, in which all may be that is left.
    /// A file that a crash left empty at the very first start has no log, and nothing beside it that is opened later.
    private static func checkNotEmptied(_ file: String, directory: String) throws(JournalError) {
        guard size(of: file) == 0,
            size(of: file + "-wal") ?? 0 > 0 || size(of: directory + "/" + StatusFile.name) != nil
        else { return }
        throw .damaged(file, "it is empty, although it was written before")
    }

    /// - Returns: `nil` where there is no such file.
    private static func size(of file: String) -> Int64? {
        var status = stat()
        return unsafe stat(file, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Makes `directory` and those above it where they are missing, so that a power cut cannot take them away again.
    static func makeDirectory(_ directory: String) throws(JournalError) {
        guard !FileManager.default.fileExists(atPath: directory) else { return }
        let parent = URL(fileURLWithPath: directory).deletingLastPathComponent().path
        try makeDirectory(parent)
        guard unsafe mkdir(directory, 0o750) == 0 || errno == EEXIST else {
            throw JournalError(
                errno == ENOSPC ? .diskFull : .readOnly,
                problem: "the directory '\(directory)' cannot be made: \(unsafe String(cString: strerror(errno)))",
                remedy: "Make it for the user who runs Lookout, or change storage.directory in streams.yaml")
        }
        let descriptor = unsafe Glibc.open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }

    static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "lookout.journal"
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(busyTimeoutSeconds)
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { db in
            // A file from elsewhere may hold triggers and views that call functions: they get no chance to.
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            // Notice damaged pages where they are read, rather than return nonsense.
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
        return configuration
    }

    /// GRDB sets `synchronous` to NORMAL when it turns WAL on, after every hook of its configuration has run. So it is
    /// set here, after opening, and read back. The pool's other connections only read.
    static func set(_ durability: Durability, on pool: some DatabaseWriter, file: String) throws {
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = \(durability.rawValue)")
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            guard synchronous == durability.rawValue, mode == "wal" else {
                throw JournalError(
                    .inputOutput, problem: "SQLite does not keep the journal '\(file)' safely on this file system",
                    remedy: "Put storage.directory on a local disk")
            }
        }
    }

    /// The last records are those that a crash or a failing disk would have hit; the whole is for `verifyChain`.
    private static func checkTail(_ pool: DatabasePool, file: String, digest: @escaping ContentDigest) throws {
        let chain = HashChain(table: "revisions", digest: digest)
        try pool.read { db in
            let last = try chain.head(db).sequence
            let links = try chain.links(db, after: max(0, last - 32), limit: 32)
            guard var head = links.first.map({ HashChain.Head(sequence: $0.sequence - 1, hash: $0.previous) })
            else { return }
            for link in links {
                if let fault = chain.fault(in: link, after: head) {
                    throw JournalError.damaged(file, "revision \(link.sequence) does not hold: \(fault)")
                }
                head = HashChain.Head(sequence: link.sequence, hash: link.hash)
            }
        }
    }

    static func reported<T>(_ file: String, _ body: () throws -> T) throws(JournalError) -> T {
        do {
            return try body()
        } catch {
            throw JournalError(error, file: file)
        }
    }
}
