import Domain
import Glibc
import Synchronization

/// Where messages wait for the thread that speaks to the broker, and their senders for its answer.
final class MQTTDesk: Sendable {
    typealias Answer = @Sendable (ChannelError?) -> Void

    struct Parcel: Sendable {
        var id: UInt64
        var message: MQTTMessage
        var deadline: ContinuousClock.Instant
    }

    private struct State {
        var waiting: [Parcel] = []
        var answers: [UInt64: (answer: Answer, deadline: ContinuousClock.Instant)] = [:]
        var nextID: UInt64 = 0
        var isClosed = false
        /// Why there is no connection, while the thread waits before it tries again.
        var trouble: ChannelError?
    }

    private let state = Mutex(State())
    /// Wakes the thread out of `poll`.
    private let reader: Int32
    private let writer: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Without the pipe, which fails only where a process has no descriptors left, the thread wakes once a second.
        _ = unsafe pipe(&ends)
        reader = ends[0]
        writer = ends[1]
        for end in ends where end >= 0 {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
    }

    deinit {
        for end in [reader, writer] where end >= 0 { Glibc.close(end) }
    }

    var wakeDescriptor: Int32 { reader }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    func hand(over message: MQTTMessage, timeout: Duration, _ answer: @escaping Answer) {
        let refusal = state.withLock { state -> ChannelError? in
            if state.isClosed { return Self.closed }
            if let trouble = state.trouble { return trouble }
            state.nextID += 1
            let deadline = ContinuousClock.now + timeout
            state.waiting.append(Parcel(id: state.nextID, message: message, deadline: deadline))
            state.answers[state.nextID] = (answer, deadline)
            return nil
        }
        if let refusal { answer(refusal) } else { wake() }
    }

    func takeWaiting() -> [Parcel] {
        state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
    }

    func answer(_ id: UInt64, _ error: ChannelError?) {
        let entry = state.withLock { $0.answers.removeValue(forKey: id) }
        entry?.answer(error)
    }

    /// Whether something was not acknowledged in time.
    var isOverdue: Bool {
        let now = ContinuousClock.now
        return state.withLock { state in state.answers.values.contains { $0.deadline <= now } }
    }

    /// A connection is being made: messages may wait for it.
    func connect() { state.withLock { $0.trouble = nil } }

    /// The connection ended: nobody waits on.
    func disconnect(_ error: ChannelError) {
        let failed = state.withLock { state in
            defer {
                state.waiting = []
                state.answers = [:]
                state.trouble = error
            }
            return state.answers.values.map(\.answer)
        }
        for answer in failed { answer(error) }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    /// Sleeps, but not on when closed.
    func pause(_ seconds: Double) {
        guard !isClosed else { return }
        drain()
        var request = [pollfd(fd: reader, events: Int16(POLLIN), revents: 0)]
        _ = unsafe poll(&request, 1, Int32(seconds * 1_000))
    }

    func drain() {
        var buffer = [UInt8](repeating: 0, count: 64)
        while unsafe read(reader, &buffer, buffer.count) > 0 {}
    }

    private func wake() {
        var byte: UInt8 = 1
        _ = unsafe write(writer, &byte, 1)
    }

    static let closed = ChannelError(.closed, problem: "the MQTT channel was closed", remedy: "Start Lookout again")
}
