public import Domain
import Foundation
import GRDB
import Synchronization

/// The incidents of one site, durably: every revision is on disk before anyone is told of it, and none is ever changed.
///
/// `<directory>/journal.sqlite` holds the revisions and the audit trail, each chained by content hashes, and is written
/// with `synchronous=FULL`; `<directory>/status.sqlite` holds what the cameras are doing now. One process writes, others
/// may read at the same time. Every call waits on SQLite's own queues, never on Swift's cooperative pool.
public final class IncidentJournal: Sendable {
    /// Told of every append of this process, in order, after it is on disk and before the call returns.
    package typealias AppendObserver = @Sendable ([StoredRevision]) -> Void

    /// What the journal is known by in messages.
    public let file: String

    let pool: DatabasePool
    let statusFile: StatusFile?
    let clock: any HostClock
    let digest: ContentDigest
    let readOnly: Bool
    /// Held as long as the journal is; `nil` for a reader.
    private let lock: WriterLock?
    private let commits: GroupCommit
    private let observers = Mutex<[AppendObserver]>([])

    private init(
        file: String, pool: DatabasePool, statusFile: StatusFile?, clock: any HostClock,
        digest: @escaping ContentDigest, lock: WriterLock?
    ) {
        self.file = file
        self.pool = pool
        self.statusFile = statusFile
        self.clock = clock
        self.digest = digest
        self.lock = lock
        readOnly = lock == nil
        commits = GroupCommit(pool: pool, file: file, digest: digest)
    }

    /// Opens the journal of `directory`, which is made where it is missing. Blocks on the disk: call it before the
    /// traffic starts.
    ///
    /// - Parameters:
    ///   - digest: SHA-256.
    ///   - readOnly: for a second process. Nothing is made or changed; a missing journal is an error.
    /// - Throws: `locked` where another process writes, `newerSchema`, `olderSchema` (only reading), `foreign`,
    ///   `corrupt`, `diskFull`, `readOnly`, `notFound`, `inputOutput`.
    public static func open(
        directory: String, clock: any HostClock, digest: @escaping ContentDigest, readOnly: Bool = false
    ) throws(JournalError) -> IncidentJournal {
        try readOnly
            ? openForReading(directory: directory, clock: clock, digest: digest)
            : open(directory: directory, clock: clock, digest: digest, durability: .full)
    }

    /// As `open`, with what the crash tests choose: less than full durability, which loses what was promised when power
    /// fails, and how many pages the write-ahead log holds before it is moved into the database.
    package static func open(
        directory: String, clock: any HostClock, digest: @escaping ContentDigest, durability: Durability,
        checkpointPages: Int = 1_000
    ) throws(JournalError) -> IncidentJournal {
        try JournalFile.makeDirectory(directory)
        let lock = try WriterLock(directory: directory)
        let pool = try JournalFile.openForWriting(
            directory: directory, digest: digest, durability: durability, checkpointPages: checkpointPages)
        return IncidentJournal(
            file: directory + "/" + JournalFile.name, pool: pool,
            statusFile: try StatusFile.openForWriting(directory: directory), clock: clock, digest: digest, lock: lock)
    }

    private static func openForReading(
        directory: String, clock: any HostClock, digest: @escaping ContentDigest
    ) throws(JournalError) -> IncidentJournal {
        let pool = try JournalFile.openForReading(directory: directory, digest: digest)
        return IncidentJournal(
            file: directory + "/" + JournalFile.name, pool: pool,
            statusFile: try StatusFile.openForReading(directory: directory), clock: clock, digest: digest, lock: nil)
    }

    /// Ends all use, after what is being written, and lets another process write. Later calls throw `closed`. Dropping
    /// the last reference does the same. Blocks on the disk.
    public func close() {
        // The pool closes its readers last, which can neither move the log into the database nor remove it: they go first,
        // once they have ended what they read.
        if !readOnly { _ = try? pool.barrierWriteWithoutTransaction { try $0.checkpoint(.truncate) } }
        pool.invalidateReadOnlyConnections()
        try? pool.close()
        statusFile?.close()
        lock?.release()
    }

    /// Calls `observer` after every append from now on, on the writer's queue: it must be quick.
    package func observeAppends(_ observer: @escaping AppendObserver) {
        observers.withLock { $0.append(observer) }
    }

    // MARK: Writing

    /// Stores revisions in the order given, all or none. They are on disk when it returns.
    ///
    /// A revision that is stored already (a retry) is returned as it was stored. Each stored revision carries the
    /// incident's acknowledgement as the journal knows it, whatever the one passed in carries.
    ///
    /// - Throws: `conflict` or `notFound` where a revision contradicts the incident's stored life, `invalid` where it
    ///   makes no sense in itself, `diskFull`, `locked`, `readOnly`, `inputOutput`, `corrupt`, `closed`.
    public func append(_ revisions: [IncidentRevision]) async throws(JournalError) -> [StoredRevision] {
        guard !revisions.isEmpty else { return [] }
        return try await write { ledger, fresh in
            try revisions.map { revision in
                let (stored, isNew) = try ledger.append(revision)
                if isNew { fresh.append(stored) }
                return stored
            }
        }
    }

    /// Notes who took an incident: a new revision and an audit entry, both or neither.
    ///
    /// The first acknowledgement stands: a second one is recorded in the audit trail only, and the revision of the first
    /// is returned, whose actor tells.
    ///
    /// - Parameters:
    ///   - actor: the name of the bearer token.
    ///   - note: what the person wrote, at most 4,000 bytes of UTF-8.
    ///   - link: the single-use link by which they came; `nil` for none.
    /// - Throws: `notFound`, `invalid`, `conflict` for a link that was used before, and what `append` throws for the
    ///   disk.
    public func acknowledge(
        _ id: IncidentID, actor: String, note: String?, link: SingleUseLink? = nil
    ) async throws(JournalError) -> StoredRevision {
        try Self.check(actor: actor, note: note)
        let time = clock.wall()
        return try await write { ledger, fresh in
            if let link { try ledger.use(link, at: time) }
            guard let latest = try ledger.latest(of: id) else { throw JournalError.unknown(id) }
            if let first = try ledger.firstAcknowledgement(of: id) {
                try ledger.recordAudit(.acknowledgedAgain, actor: actor, incident: id, note: note, time: time)
                return first
            }
            var incident = latest.revision.incident
            incident.acknowledgement = Acknowledgement(actor: actor, time: time, note: note)
            let revision = IncidentRevision(incident: incident, change: .acknowledged, actor: actor, time: time)
            let stored = try ledger.store(revision, number: latest.number + 1)
            try ledger.recordAudit(.acknowledged, actor: actor, incident: id, note: note, time: time)
            fresh.append(stored)
            return stored
        }
    }

    /// Closes what a crash left open, marked `interrupted`. To be called once at start, before any incident opens.
    ///
    /// - Parameter time: host's wall clock now.
    /// - Returns: the closing revisions, oldest incident first.
    public func closeInterrupted(at time: MediaTime) async throws(JournalError) -> [StoredRevision] {
        try await write { ledger, fresh in
            for latest in try ledger.openIncidents() {
                var incident = latest.revision.incident
                incident.state = .closed
                incident.interrupted = true
                let revision = IncidentRevision(incident: incident, change: .closed, time: time)
                fresh.append(try ledger.store(revision, number: latest.number + 1))
            }
            return fresh
        }
    }

    /// Returns once all that is to be written before is written, and one could go on writing. Waits as long as the disk does.
    public func awaitWriter() async throws(JournalError) { try await write { _, _ in } }

    var openedForReading: JournalError {
        JournalError(
            .readOnly, problem: "the journal '\(file)' was opened for reading",
            remedy: "Let the running Lookout do it, through its HTTP API")
    }

    static func check(actor: String, note: String?) throws(JournalError) {
        guard !actor.isEmpty, actor.utf8.count <= 200 else {
            throw .invalid("what a person does must name who does it", remedy: "Give a name of 1 to 200 bytes")
        }
        guard (note?.utf8.count ?? 0) <= 4_000 else {
            throw .invalid("the note has more than 4,000 bytes", remedy: "Shorten it")
        }
    }

    /// Runs `body` on the writer's queue, all or nothing, then tells the observers of what it stored.
    func write<T: Sendable>(_ body: @escaping GroupCommit.Body<T>) async throws(JournalError) -> T {
        guard !readOnly else { throw openedForReading }
        return try await commits.perform(body) { [self] fresh in tellObservers(fresh) }
    }

    private func tellObservers(_ fresh: [StoredRevision]) {
        for observer in observers.withLock({ $0 }) { observer(fresh) }
    }
}
