import Synchronization

/// Lets tasks sleep until a counter passes a number, without polling and without ever missing that it did.
///
/// Checking the counter and going to sleep are one step under a lock, and so are advancing it and taking the sleepers.
final class Wakeups: Sendable {
    private struct State {
        var position: Int64
        var isFinished = false
        var nextSleeper: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
    }

    private struct Sleeper {
        var position: Int64
        var continuation: CheckedContinuation<Void, Never>
    }

    private let state: Mutex<State>

    init(position: Int64 = 0) { state = Mutex(State(position: position)) }

    var position: Int64 { state.withLock { $0.position } }
    var isFinished: Bool { state.withLock { $0.isFinished } }
    /// For tests: how many tasks sleep now.
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    /// Moves the counter forward to `position` (never back) and wakes whoever waited for that.
    func advance(to position: Int64) {
        let woken = state.withLock { state -> [Sleeper] in
            guard position > state.position else { return [] }
            state.position = position
            return Self.take(&state) { $0.position < position }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Wakes everyone, for good.
    func finish() {
        let woken = state.withLock { state -> [Sleeper] in
            state.isFinished = true
            return Self.take(&state) { _ in true }
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Returns once the counter is past `position`, the bus is finished, or the task is cancelled.
    func wait(past position: Int64) async {
        let sleeper = state.withLock { state -> UInt64 in
            state.nextSleeper += 1
            return state.nextSleeper
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state -> Bool in
                    // Cancellation before this line finds no sleeper to wake, so it is asked for here, under the lock.
                    if state.position > position || state.isFinished || Task.isCancelled { return true }
                    state.sleepers[sleeper] = Sleeper(position: position, continuation: continuation)
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: sleeper) }?.continuation.resume()
        }
    }

    private static func take(_ state: inout State, where wakes: (Sleeper) -> Bool) -> [Sleeper] {
        let woken = state.sleepers.filter { wakes($0.value) }
        for key in woken.keys { state.sleepers[key] = nil }
        return Array(woken.values)
    }
}
