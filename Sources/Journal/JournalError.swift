public import Domain
import GRDB

/// What can go wrong with the journal, each with its remedy.
public struct JournalError: ActionableError, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// No space is left. Nothing was half-written; the same call works again once there is space.
        case diskFull
        /// Something was to be written to a journal that was opened for reading, or that the system protects.
        case readOnly
        /// The file is no SQLite database, is damaged, or holds a record that contradicts the others.
        case corrupt
        /// An intact SQLite database that no Lookout made.
        case foreign
        /// Made by a newer Lookout.
        case newerSchema
        /// Made by an older Lookout, and opened for reading, so that it cannot be brought up to date.
        case olderSchema
        /// Another process writes to it.
        case locked
        /// No such journal, or no such incident.
        case notFound
        /// The request contradicts what is stored.
        case conflict
        /// The request itself makes no sense, whatever is stored.
        case invalid
        /// The operating system failed to read or write.
        case inputOutput
        /// `close()` was called before.
        case closed
    }

    public let code: Code
    public let problem: String
    public let remedy: String

    public init(_ code: Code, problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }
}

extension JournalError {
    static func conflict(_ problem: String) -> JournalError {
        JournalError(
            .conflict, problem: problem,
            remedy: "List the incident's revisions and send the step that follows the last one")
    }

    static func invalid(_ problem: String, remedy: String) -> JournalError {
        JournalError(.invalid, problem: problem, remedy: remedy)
    }

    static func unknown(_ id: IncidentID) -> JournalError {
        JournalError(
            .notFound, problem: "the journal holds no incident '\(id)'",
            remedy: "Copy the id from the list of incidents")
    }

    static func damaged(_ file: String, _ detail: String) -> JournalError {
        JournalError(
            .corrupt, problem: "the journal '\(file)' is damaged: \(detail)",
            remedy: "Stop Lookout, keep a copy of the file and of its '-wal' file beside it, then restore a backup or "
                + "salvage with 'sqlite3 FILE .recover'; move the damaged files away to start an empty journal")
    }

    /// - Parameter file: what the reader knows the database by.
    init(_ error: any Error, file: String) {
        if let error = error as? JournalError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(
                .inputOutput, problem: "the journal '\(file)' failed: \(error)",
                remedy: "Look for disk errors in the system's log")
            return
        }
        self = Self.from(error, file: file)
    }

    private static func from(_ error: DatabaseError, file: String) -> JournalError {
        let detail = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_FULL:
            return JournalError(
                .diskFull, problem: "no space is left to write the journal '\(file)'",
                remedy: "Free space on its disk or lower storage.maximumGigabytes; nothing was half-written")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            return JournalError(
                .readOnly, problem: "the journal '\(file)' cannot be written: \(detail)",
                remedy: "Give the user who runs Lookout write permission on the file and its directory")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            return JournalError(
                .locked, problem: "the journal '\(file)' stayed locked by another program",
                remedy: "End the program that holds it (a database shell, a backup) and try again")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            return .damaged(file, detail)
        case .SQLITE_CANTOPEN:
            return JournalError(
                .inputOutput, problem: "the journal '\(file)' cannot be opened: \(detail)",
                remedy: "Check that the directory exists and that the user who runs Lookout may read and write it")
        case .SQLITE_MISUSE:
            return JournalError(
                .closed, problem: "the journal '\(file)' was closed", remedy: "Open it again")
        default:
            return JournalError(
                .inputOutput, problem: "the journal '\(file)' failed: \(detail)",
                remedy: "Look for disk errors in the system's log")
        }
    }
}
