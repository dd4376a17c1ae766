import Domain
import Hummingbird
import Logging
import Synchronization

/// Writes the journal's revisions to one client as server-sent events, from where the client stopped.
///
/// Three tasks: one pulls revisions from the backend, one after the other, and waits until each was written; one asks for
/// heartbeats and watches for a client that accepts nothing; one writes. So a slow client slows down only its own
/// pulling, and what it costs is bounded by the connection's buffer. Nothing is skipped for it: it either gets the next
/// revision or is disconnected and resumes.
struct EventFeed: Sendable {
    /// Where a stream starts, and what the client is told of it.
    struct Opening: Equatable {
        var start: Int64
        /// Newest position when the client came.
        var last: Int64
        /// Whether the client's position is not of this journal, so that it must load everything anew.
        var isReset: Bool

        init(asked: Int64?, last: Int64) {
            let asked = asked ?? last
            isReset = asked > last
            start = isReset ? last : asked
            self.last = last
        }
    }

    /// The connection, lent to the one task that writes. `Sendable` because nobody else touches it meanwhile: the
    /// route hands it over and only awaits the feed's end.
    struct Outlet: @unchecked Sendable {
        fileprivate var writer: any ResponseBodyWriter

        init(_ writer: any ResponseBodyWriter) { self.writer = writer }
    }

    private enum Item { case revision(StoredRevision), heartbeat }
    private enum Ended { case pump, writer }
    private struct Stalled: Error {}
    private struct Announcement: Encodable {
        var sequence: Int64
        var last: Int64
    }

    /// An event and no comment, since a page sees only events: what it hears nothing of for long is no longer live.
    private struct Heartbeat: Encodable {
        var time: String
    }

    /// When the write that is going on began, on the monotonic clock.
    private final class Progress: Sendable {
        let writing = Mutex<Duration?>(nil)
    }

    let state: CenterState
    let logger: Logger

    /// Returns when the backend's revisions end.
    /// - Throws: where the client left or stalled, or the backend failed.
    func run(_ opening: Opening, into outlet: Outlet) async throws {
        let (items, queue) = AsyncStream<Item>.makeStream()
        let (written, acknowledge) = AsyncStream<Void>.makeStream()
        let progress = Progress()
        try await withThrowingTaskGroup(of: Ended.self) { group in
            group.addTask {
                try await pump(after: opening.start, into: queue, written)
                return .pump
            }
            group.addTask { try await beat(into: queue, watching: progress) }
            group.addTask {
                try await write(items, to: outlet, opening, progress, acknowledge)
                return .writer
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if ended == .writer { break }
            }
        }
    }

    private func pump(
        after start: Int64, into queue: AsyncStream<Item>.Continuation, _ written: AsyncStream<Void>
    ) async throws {
        defer { queue.finish() }
        var turns = written.makeAsyncIterator()
        do {
            for try await revision in state.backend.revisions(after: start) {
                queue.yield(.revision(revision))
                guard await turns.next() != nil else { return }
            }
        } catch {
            if !Task.isCancelled { logger.warning("event stream after \(start) ended: \(error)") }
            throw error
        }
    }

    private func beat(
        into queue: AsyncStream<Item>.Continuation, watching progress: Progress
    ) async throws -> Ended {
        let tick = min(state.settings.heartbeatInterval, state.settings.stallLimit / 2)
        var silent = Duration.zero
        while true {
            try await Task.sleep(for: tick)
            if let began = progress.writing.withLock({ $0 }) {
                guard state.clock.monotonic() - began > state.settings.stallLimit else { continue }
                state.counters.countStalledClient()
                throw Stalled()
            }
            silent += tick
            guard silent >= state.settings.heartbeatInterval else { continue }
            silent = .zero
            queue.yield(.heartbeat)
        }
    }

    private func write(
        _ items: AsyncStream<Item>, to outlet: Outlet, _ opening: Opening, _ progress: Progress,
        _ acknowledge: AsyncStream<Void>.Continuation
    ) async throws {
        var writer = outlet.writer
        func send(_ buffer: ByteBuffer) async throws {
            progress.writing.withLock { $0 = state.clock.monotonic() }
            try await writer.write(buffer)
            progress.writing.withLock { $0 = nil }
        }
        try await send(
            EventFrames.frame(
                id: opening.start, event: opening.isReset ? "reset" : "ready",
                Announcement(sequence: opening.start, last: opening.last), prefix: "retry: 2000\n"))
        for await item in items {
            switch item {
            case .heartbeat:
                let beat = Heartbeat(time: Timestamp.text(state.clock.wall()))
                try await send(EventFrames.frame(id: nil, event: "heartbeat", beat))
            case .revision(let stored):
                try await send(state.frames.frame(of: stored))
                state.counters.countEvent()
                acknowledge.yield()
            }
        }
        try Task.checkCancellation()
        try await writer.finish(nil)
    }
}
