import Domain
import GRDB
import Synchronization

/// Runs the journal's writes one after the other on SQLite's writer queue, and those that are waiting together in one
/// transaction: a commit costs the disk's time to synchronise once, however many cameras have something to say.
///
/// Each write is still its own, all or nothing: one that is refused undoes only itself.
final class GroupCommit: Sendable {
    /// What one write does inside the transaction; it adds what it stored to the list.
    typealias Body<T> = @Sendable (Ledger, inout [StoredRevision]) throws -> T

    private struct Request: Sendable {
        /// Does the work and returns what answers the caller once the transaction is on disk.
        let run: @Sendable (Ledger, inout [StoredRevision]) throws -> (@Sendable () -> Void)
        let refuse: @Sendable (JournalError) -> Void
    }

    private let pool: DatabasePool
    private let file: String
    private let digest: ContentDigest
    private let waiting = Mutex<[Request]>([])

    private static let largestGroup = 256

    init(pool: DatabasePool, file: String, digest: @escaping ContentDigest) {
        self.pool = pool
        self.file = file
        self.digest = digest
    }

    /// Returns once what `body` stored is on disk. `committed` is told of it first, on the writer's queue.
    ///
    /// Not GRDB's own `async` calls: those end with the calling task, and an incident that closes because its camera's
    /// task is cancelled must be written all the same.
    func perform<T: Sendable>(
        _ body: @escaping Body<T>, committed: @escaping @Sendable ([StoredRevision]) -> Void
    ) async throws(JournalError) -> T {
        let outcome: Result<T, JournalError> = await withCheckedContinuation { done in
            let request = Request(
                run: { ledger, fresh in
                    let value = try body(ledger, &fresh)
                    return { done.resume(returning: .success(value)) }
                },
                refuse: { done.resume(returning: .failure($0)) })
            let isFirst = waiting.withLock { waiting in
                waiting.append(request)
                return waiting.count == 1
            }
            // Whoever comes while others wait goes with them.
            if isFirst { schedule(committed) }
        }
        return try outcome.get()
    }

    private func schedule(_ committed: @escaping @Sendable ([StoredRevision]) -> Void) {
        pool.asyncWriteWithoutTransaction { [self] db in
            let (group, isMore) = waiting.withLock { waiting in
                let group = Array(waiting.prefix(Self.largestGroup))
                waiting.removeFirst(group.count)
                return (group, !waiting.isEmpty)
            }
            commit(group, db, committed)
            if isMore { schedule(committed) }
        }
    }

    private func commit(_ group: [Request], _ db: Database, _ committed: ([StoredRevision]) -> Void) {
        var fresh: [StoredRevision] = []
        var answers: [@Sendable () -> Void] = []
        do {
            // Immediate: a transaction that began by reading could not wait for another program's lock.
            try db.inTransaction(.immediate) {
                for request in group { answers.append(try answer(to: request, db, &fresh)) }
                return .commit
            }
        } catch {
            // Nothing of the group is stored. One of several may be at fault, so each gets a transaction of its own.
            guard group.count > 1 else {
                group.first?.refuse(JournalError(error, file: file))
                return
            }
            for request in group { commit([request], db, committed) }
            return
        }
        if !fresh.isEmpty { committed(fresh) }
        for answer in answers { answer() }
    }

    /// - Returns: what to tell the caller after the commit.
    /// - Throws: what concerns the whole transaction: a full disk, a damaged file.
    private func answer(to request: Request, _ db: Database, _ fresh: inout [StoredRevision]) throws
        -> @Sendable () -> Void
    {
        var answer: (@Sendable () -> Void)?
        var added: [StoredRevision] = []
        do {
            try db.inSavepoint {
                answer = try request.run(Ledger(db: db, file: file, digest: digest), &added)
                return .commit
            }
        } catch let error as JournalError where error.isRefusal {
            return { request.refuse(error) }
        }
        guard let answer else { throw JournalError.damaged(file, "a write ended without an answer") }
        fresh += added
        return answer
    }
}

extension JournalError {
    /// Whether it says no to one request, and nothing about the journal.
    fileprivate var isRefusal: Bool {
        switch code {
        case .conflict, .invalid, .notFound: true
        default: false
        }
    }
}
