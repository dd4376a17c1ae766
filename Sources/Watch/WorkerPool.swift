import Domain
import Foundation
import Synchronization

/// As many threads as cores that decode and detect for every camera. Work arrives as strands: one strand runs on one
/// thread at a time, and gives way to the others after each slice.
///
/// Where there is more work than time, urgent strands come first, but for one slice in eight, so that the others see
/// something, too; among their like, those come first that have had the least time of a processor (start-time fair
/// queueing: P. Goyal, H. M. Vin, H. Cheng, 1996). So a camera whose pictures cost much goes short by itself, and does
/// not take from those whose pictures cost little.
public final class WorkerPool: Sendable {
    private let ready = ReadyLine()
    /// What its cameras follow when there is more work than time.
    let overload: OverloadGovernor
    public let threadCount: Int

    /// - Parameter threadCount: as many as the machine has cores where `nil`.
    public init(threadCount: Int? = nil) {
        let threads = max(1, threadCount ?? ProcessInfo.processInfo.activeProcessorCount)
        self.threadCount = threads
        overload = OverloadGovernor { [ready] in ready.idleTime / threads }
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

/// Strands that are to run.
private final class ReadyLine: Sendable {
    private struct Line {
        var strands: [Strand] = []
        /// Turn of the strand that was taken last: whoever was idle does not come back with time saved up.
        var floor = Duration.zero
    }

    private struct State {
        var usual = Line()
        var urgent = Line()
        /// Urgent slices since one of the others had its turn.
        var urgentInARow = 0
        var isClosed = false
        var idle = IdleTime()
    }

    /// How long threads had nothing to do.
    private struct IdleTime {
        private var ended = Duration.zero
        private var waiting = 0
        /// The sum of the moments at which those that wait began.
        private var begun = Duration.zero

        mutating func begins(at now: Duration) {
            waiting += 1
            begun += now
        }

        mutating func ends(after since: Duration, at now: Duration) {
            waiting -= 1
            begun -= since
            ended += now - since
        }

        func total(at now: Duration) -> Duration { ended + now * waiting - begun }
    }

    private static let mostUrgentInARow = 7

    private let state = Mutex(State())
    /// Counts the strands that wait, plus one for each thread that is to end.
    private let available = DispatchSemaphore(value: 0)

    func append(_ strand: Strand) {
        let isUrgent = strand.isUrgent()
        state.withLock { state in
            if isUrgent {
                strand.enter(floor: state.urgent.floor, isUrgent: true)
                state.urgent.strands.append(strand)
            } else {
                strand.enter(floor: state.usual.floor, isUrgent: false)
                state.usual.strands.append(strand)
            }
        }
        available.signal()
    }

    /// Waits for the next strand; `nil` once the line is closed.
    func next() -> Strand? {
        let since = SystemClock().monotonic()
        state.withLock { $0.idle.begins(at: since) }
        available.wait()
        let now = SystemClock().monotonic()
        return state.withLock { state in
            state.idle.ends(after: since, at: now)
            guard !state.isClosed else { return nil }
            let isUsual =
                state.urgent.strands.isEmpty
                || (state.urgentInARow >= Self.mostUrgentInARow && !state.usual.strands.isEmpty)
            if isUsual {
                state.urgentInARow = 0
                return Self.take(&state.usual)
            }
            state.urgentInARow += 1
            return Self.take(&state.urgent)
        }
    }

    /// For how long threads had nothing to do since the start, all in all.
    var idleTime: Duration {
        let now = SystemClock().monotonic()
        return state.withLock { $0.idle.total(at: now) }
    }

    /// The strand with the least turn; the one that came first among equals.
    private static func take(_ line: inout Line) -> Strand? {
        guard let best = line.strands.indices.min(by: { line.strands[$0].turn < line.strands[$1].turn }) else {
            return nil
        }
        let strand = line.strands.remove(at: best)
        line.floor = max(line.floor, strand.turn)
        return strand
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

    /// What decides when it has its turn.
    private struct Account {
        /// Time of a processor that it has had, or is held to have had.
        var turn = Duration.zero
        var wasUrgent = false
    }

    private let phase = Mutex<Phase>(.idle)
    private let account = Mutex(Account())
    private let pool: WorkerPool
    private let slice: @Sendable () -> Bool
    fileprivate let isUrgent: @Sendable () -> Bool

    /// - Parameters:
    ///   - isUrgent: whether it comes before others where there is more work than time; asked each time it is to run.
    ///   - slice: does a bounded piece of work and says whether more of it waits.
    public init(
        on pool: WorkerPool, isUrgent: @escaping @Sendable () -> Bool = { false },
        slice: @escaping @Sendable () -> Bool
    ) {
        self.pool = pool
        self.isUrgent = isUrgent
        self.slice = slice
    }

    fileprivate var turn: Duration { account.withLock { $0.turn } }

    /// It waits from now on among its like.
    fileprivate func enter(floor: Duration, isUrgent: Bool) {
        account.withLock { account in
            account.turn = account.wasUrgent == isUrgent ? max(account.turn, floor) : floor
            account.wasUrgent = isUrgent
        }
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
        let begun = ProcessorTime.ofThisThread()
        let hasMore = slice()
        let used = ProcessorTime.ofThisThread() - begun
        account.withLock { $0.turn += used }
        let mustSubmit = phase.withLock { phase in
            let again = hasMore || phase == .runningAgain
            phase = again ? .queued : .idle
            return again
        }
        if mustSubmit { pool.submit(self) }
    }
}
