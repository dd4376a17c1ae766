import Foundation
import Synchronization

/// As many threads as cores that decode and detect for every camera. Work arrives as strands: one strand runs on one
/// thread at a time, and gives way to the others after each slice, so that a busy camera does not starve a quiet one.
public final class WorkerPool: Sendable {
    private let ready = ReadyLine()
    public let threadCount: Int

    /// - Parameter threadCount: as many as the machine has cores where `nil`.
    public init(threadCount: Int? = nil) {
        self.threadCount = max(1, threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
        for index in 0..<self.threadCount {
            let thread = Thread { [ready] in
                while let strand = ready.next() { strand.runSlice() }
            }
            thread.name = "decode-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    /// Ends the threads once they have finished their slice. Strands that are still waiting are not run.
    public func stop() { ready.close(endsOf: threadCount) }

    fileprivate func submit(_ strand: Strand) { ready.append(strand) }
}

/// Strands that are to run, first in, first out.
private final class ReadyLine: Sendable {
    private struct State {
        var strands: [Strand?] = []
        var head = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Counts the strands that wait, plus one for each thread that is to end.
    private let available = DispatchSemaphore(value: 0)

    func append(_ strand: Strand) {
        state.withLock { $0.strands.append(strand) }
        available.signal()
    }

    /// Waits for the next strand; `nil` once the line is closed.
    func next() -> Strand? {
        available.wait()
        return state.withLock { state in
            guard !state.isClosed, state.head < state.strands.count else { return nil }
            let strand = state.strands[state.head]
            state.strands[state.head] = nil
            state.head += 1
            // Under constant load the line never empties, so what is done is dropped now and then.
            if state.head == state.strands.count || state.head > 256 {
                state.strands.removeFirst(state.head)
                state.head = 0
            }
            return strand
        }
    }

    func close(endsOf threads: Int) {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { available.signal() }
    }
}

/// A line of work that never runs on two threads at once.
public final class Strand: Sendable {
    private enum Phase: UInt8 {
        case idle, queued, running
        /// `schedule` was called while running: look again before going idle.
        case runningAgain
    }

    private let phase = Mutex<Phase>(.idle)
    private let pool: WorkerPool
    private let slice: @Sendable () -> Bool

    /// - Parameter slice: does a bounded piece of work and says whether more of it waits.
    public init(on pool: WorkerPool, slice: @escaping @Sendable () -> Bool) {
        self.pool = pool
        self.slice = slice
    }

    /// Makes sure that `slice` runs at least once from now on. Never blocks, may be called from any thread.
    public func schedule() {
        let mustSubmit = phase.withLock { phase in
            switch phase {
            case .idle:
                phase = .queued
                return true
            case .running:
                phase = .runningAgain
                return false
            case .queued, .runningAgain:
                return false
            }
        }
        if mustSubmit { pool.submit(self) }
    }

    fileprivate func runSlice() {
        phase.withLock { $0 = .running }
        let hasMore = slice()
        let mustSubmit = phase.withLock { phase in
            let again = hasMore || phase == .runningAgain
            phase = again ? .queued : .idle
            return again
        }
        if mustSubmit { pool.submit(self) }
    }
}
