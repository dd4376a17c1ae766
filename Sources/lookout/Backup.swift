import ArgumentParser
import Domain
import Evidence
import Foundation
import Journal
import SiteConfiguration
import Watch

struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies journal and outbox into a directory, also while Lookout runs.",
        discussion: """
            The journal names each evidence file with its hash. The files themselves are not copied: they never change, so \
            that any tool that copies files will do.
            """)

    @Argument(help: "A new directory for the copies.") var target: String
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"

    func run() async throws {
        let source = try SettingsFile.load(path).storage.directory
        let target = target
        try await BackupReport.say(checking: target) { () throws(JournalError) in
            try JournalBackup.make(of: source, to: target)
        }
    }
}

struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Puts a backup into the storage directory, which must hold no journal, and checks its chain of hashes.")

    @Argument(help: "The directory of the backup.") var backup: String
    @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"

    func run() async throws {
        let directory = try SettingsFile.load(path).storage.directory
        let backup = backup
        try await BackupReport.say(checking: directory) { () throws(JournalError) in
            try JournalBackup.restore(backup, to: directory)
        }
    }
}

private enum BackupReport {
    /// Copies, then recomputes the copy's hashes: a copy that nobody has checked is none.
    static func say(
        checking directory: String,
        _ copy: @escaping @Sendable () throws(JournalError) -> JournalBackup.Report
    ) async throws {
        do {
            let report = try await onOwnThread { Result { () throws(JournalError) in try copy() } }.get()
            let journal = try IncidentJournal.open(
                directory: directory, clock: SystemClock(), digest: ContentHash.sha256, readOnly: true)
            let chain = try await journal.verifyChain()
            if let broken = chain.broken {
                throw Failure(
                    .problemFound,
                    "record \(broken.sequence) of the \(broken.chain.rawValue) does not hold: \(broken.reason). Keep the copy, and restore an older backup."
                )
            }
            print("\(report.files.joined(separator: ", ")): \(chain.revisions) revisions, head \(chain.headHash)")
        } catch let error as JournalError {
            throw Failure(.inputUnreadable, error)
        }
    }
}
