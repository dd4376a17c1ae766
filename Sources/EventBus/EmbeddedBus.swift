public import Domain
public import Journal
import Synchronization

/// The bus of a site that runs on one machine: the journal is what it delivers from.
///
/// A revision is on disk before any subscriber is told of it, whoever appended it. The newest revisions are kept in
/// memory for subscribers that keep up; all others are read from the journal a page at a time.
public final class EmbeddedBus: MessageBus, RevisionSource {
    private let journal: IncidentJournal
    private let board = StatusBoard()
    private let wakeups = Wakeups()
    /// The last revisions in order, without gaps, ending with the journal's last.
    private let tail = Mutex<[StoredRevision]>([])

    /// Revisions that a subscriber holds at most.
    static let pageSize = 32
    private static let tailLimit = 256

    /// - Throws: what reading the journal's last sequence throws.
    public init(journal: IncidentJournal) async throws(JournalError) {
        self.journal = journal
        // Observing first: what is appended between the two lines is then counted by both, not by neither.
        journal.observeAppends { [weak self] revisions in self?.appended(revisions) }
        wakeups.advance(to: try await journal.lastSequence())
    }

    deinit { close() }

    /// Ends all streams. The journal stays open.
    public func close() {
        wakeups.finish()
        board.wakeups.finish()
    }

    // MARK: Incidents

    public func publish(_ revisions: [IncidentRevision]) async throws(JournalError) -> [StoredRevision] {
        try await journal.append(revisions)
    }

    public func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws(JournalError)
        -> StoredRevision
    {
        try await journal.acknowledge(id, actor: actor, note: note)
    }

    public func attach(_ items: [EvidenceItem], to id: IncidentID) async throws(JournalError) -> StoredRevision {
        try await journal.attach(items, to: id)
    }

    public func subscribe(after sequence: Int64?) -> RevisionStream {
        let head = wakeups.position
        let start = sequence ?? head
        return RevisionStream(source: self, start: start <= head ? max(0, start) : 0)
    }

    func page(after position: Int64) async throws -> [StoredRevision]? {
        await wakeups.wait(past: position)
        // What was stored before the end is still told.
        guard wakeups.position > position else { return wakeups.isFinished ? nil : [] }
        if let page = pageOfTail(after: position) { return page }
        return try await journal.revisions(after: position, limit: Self.pageSize)
    }

    /// Called on the journal's writer queue, in the order of the journal.
    private func appended(_ revisions: [StoredRevision]) {
        guard let last = revisions.last else { return }
        tail.withLock { tail in
            if let end = tail.last, end.sequence + 1 != revisions.first?.sequence { tail = [] }
            tail += revisions
            if tail.count > Self.tailLimit { tail.removeFirst(tail.count - Self.tailLimit) }
        }
        wakeups.advance(to: last.sequence)
    }

    private func pageOfTail(after position: Int64) -> [StoredRevision]? {
        tail.withLock { tail in
            guard let first = tail.first, first.sequence <= position + 1 else { return nil }
            return Array(tail.dropFirst(Int(position + 1 - first.sequence)).prefix(Self.pageSize))
        }
    }

    // MARK: Cameras

    public func publish(status: CameraStatus) { board.post(status) }

    public func statuses() -> StatusStream { StatusStream(board: board) }

    public func currentStatuses() -> [CameraStatus] { board.changes(after: 0).0 }

    /// For tests: tasks that wait for something new.
    var sleeperCount: Int { wakeups.sleeperCount + board.wakeups.sleeperCount }
}
