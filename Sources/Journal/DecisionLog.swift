import Dispatch
public import Domain
import GRDB
import Synchronization

/// What became of every candidate, in one file a day: `<directory>/decisions/2026-11-22.sqlite`, named by the UTC day on
/// which the decisions were made.
///
/// A snow storm multiplies decisions, and none of them is worth waiting for. So they are written in batches on a queue of
/// their own, without forcing them to disk (`synchronous=NORMAL`), what cannot be kept up with is counted and dropped, and
/// a day is deleted whole.
public final class DecisionLog: Sendable {
    /// What was written and what was not.
    public struct Counts: Sendable, Equatable {
        public var written: Int64 = 0
        /// Given up since the disk, or the judge that made them, could not keep up.
        public var dropped: Int64 = 0
        public init() {}
    }

    private struct State {
        var waiting: [Decision] = []
        var counts = Counts()
        var isScheduled = false
        var isClosed = false
        /// Why the last batch could not be written.
        var trouble: JournalError?
    }

    /// Decisions that wait for the disk; about 10 MB.
    private static let mostWaiting = 10_000
    /// How long a decision waits for others to be written with.
    private static let patience = DispatchTimeInterval.milliseconds(500)

    private let folder: String
    private let state = Mutex(State())
    private let writing = DispatchQueue(label: "lookout.decisions", qos: .utility)
    private let reading = DispatchQueue(label: "lookout.decisions.read", qos: .utility)
    /// Touched on the writing queue only.
    private let writer: DecisionWriter

    /// Opens the log beside the journal of `directory`. Files are made when there is something to write.
    public init(directory: String) {
        folder = directory + "/decisions"
        writer = DecisionWriter(folder: folder)
    }

    public var counts: Counts { state.withLock { $0.counts } }

    /// Why decisions cannot be written at present; `nil` while they can.
    public var trouble: JournalError? { state.withLock { $0.trouble } }

    // MARK: Writing

    /// Takes decisions in, to be written soon. Never waits.
    ///
    /// - Parameter dropped: how many more there were that nobody followed.
    public func record(_ decisions: [Decision], dropped: Int = 0) {
        let mustSchedule = state.withLock { state in
            let room = state.isClosed ? 0 : max(0, Self.mostWaiting - state.waiting.count)
            state.waiting += decisions.prefix(room)
            state.counts.dropped += Int64(dropped + max(0, decisions.count - room))
            guard !state.waiting.isEmpty, !state.isScheduled else { return false }
            state.isScheduled = true
            return true
        }
        if mustSchedule { writing.asyncAfter(deadline: .now() + Self.patience) { self.writeWaiting() } }
    }

    /// Returns once all that was recorded before is written or given up.
    public func flush() async {
        await withCheckedContinuation { done in
            writing.async {
                self.writeWaiting()
                done.resume()
            }
        }
    }

    /// Writes what waits, and takes nothing more in.
    public func close() async {
        state.withLock { $0.isClosed = true }
        await withCheckedContinuation { done in
            writing.async {
                self.writeWaiting()
                self.writer.close()
                done.resume()
            }
        }
    }

    /// Deletes the files of all days that ended more than `keepDays` days before `now`.
    ///
    /// - Returns: the days, oldest first.
    public func removeExpired(keepDays: Int, now: MediaTime) async -> [String] {
        await withCheckedContinuation { done in
            writing.async { [self] in
                let expired = JournalDay.expired(in: folder, keepDays: keepDays, now: now)
                for day in expired { writer.remove(day) }
                done.resume(returning: expired.map(\.name))
            }
        }
    }

    private func writeWaiting() {
        let batch = state.withLock { state in
            state.isScheduled = false
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !batch.isEmpty else { return }
        var written = 0
        var trouble: JournalError?
        for (day, decisions) in Dictionary(grouping: batch, by: { JournalDay(containing: $0.end) })
            .sorted(by: { $0.key < $1.key })
        {
            do throws(JournalError) {
                try writer.write(decisions, on: day)
                written += decisions.count
            } catch {
                trouble = error
            }
        }
        state.withLock { state in
            state.counts.written += Int64(written)
            state.counts.dropped += Int64(batch.count - written)
            state.trouble = trouble
        }
    }

    // MARK: Reading

    /// The decisions that a query asks for, the latest first. Another process may be writing them.
    ///
    /// - Throws: `invalid` for a limit that is not 1 to 1,000, and what reading the files throws.
    public func decisions(matching query: DecisionQuery) async throws(JournalError) -> [StoredDecision] {
        guard (1...1_000).contains(query.limit) else {
            throw .invalid("a limit of \(query.limit) was asked for", remedy: "Ask for 1 to 1000")
        }
        let outcome: Result<[StoredDecision], JournalError> = await withCheckedContinuation { done in
            reading.async { [folder] in
                done.resume(returning: Result { () throws(JournalError) in try DecisionReader(folder).read(query) })
            }
        }
        return try outcome.get()
    }
}
