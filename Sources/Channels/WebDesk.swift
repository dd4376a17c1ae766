import CCurl
import Domain
import Foundation
import Synchronization

/// Where requests wait for the thread that libcurl runs on, and their senders for what comes of them.
final class WebDesk: Sendable {
    enum Outcome: Sendable {
        /// With the wait that the receiver asks for, and the start of what it says.
        case answered(Int, retryAfter: Duration?, said: String)
        case unreachable(String)
        case timedOut(String)
        case notTrusted(String)
        case badAddress
        case closed
    }

    struct Order: Sendable {
        var id: UInt64
        var request: WebRequest
        /// `Name: value`, as libcurl takes them.
        var headers: [String]
        var done: CheckedContinuation<Outcome, Never>
    }

    private struct State {
        var waiting: [Order] = []
        var cancelled: [UInt64] = []
        var nextID: UInt64 = 0
        var isClosed = false
        var hasEnded = false
        var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let web: WebLoop

    init() { web = WebLoop() }

    /// Begins to carry out what is handed over, until `close`.
    func start() {
        let thread = Thread { [self] in
            while !state.withLock({ $0.isClosed }) {
                let (waiting, cancelled) = takeWaiting()
                for order in waiting { web.begin(order) }
                for id in cancelled { web.cancel(id) }
                web.step()
            }
            for order in takeWaiting().0 { order.done.resume(returning: .closed) }
            web.cancelAll()
            let waiting = state.withLock { state in
                defer { state.waitingForEnd = [] }
                state.hasEnded = true
                return state.waitingForEnd
            }
            for one in waiting { one.resume() }
        }
        thread.name = "lookout.web"
        thread.stackSize = 1 << 20
        thread.start()
    }

    func exchange(_ request: WebRequest, headers: [String]) async -> Outcome {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { done in
                let isClosed = state.withLock { state in
                    if !state.isClosed {
                        state.waiting.append(Order(id: id, request: request, headers: headers, done: done))
                    }
                    return state.isClosed
                }
                if isClosed { return done.resume(returning: .closed) }
                // The handler below may have come before there was anything to cancel.
                if Task.isCancelled { cancel(id) } else { web.wake() }
            }
        } onCancel: {
            cancel(id)
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        web.wake()
    }

    /// Returns once nothing is underway any more; to be called after `close`.
    func end() async {
        await withCheckedContinuation { done in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waitingForEnd.append(done) }
                return state.hasEnded
            }
            if hasEnded { done.resume() }
        }
    }

    private func cancel(_ id: UInt64) {
        state.withLock { $0.cancelled.append(id) }
        web.wake()
    }

    private func takeWaiting() -> ([Order], [UInt64]) {
        state.withLock { state in
            defer {
                state.waiting = []
                state.cancelled = []
            }
            return (state.waiting, state.cancelled)
        }
    }
}
