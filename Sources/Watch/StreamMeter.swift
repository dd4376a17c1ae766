import Domain
import Synchronization

/// Counts what one camera's stream carries. Written by its reader thread and its strand, read by anyone.
final class StreamMeter: Sendable {
    private struct Window {
        var begun: Duration
        var frames: Int64 = 0
        var bytes: Int64 = 0
    }

    private struct State {
        var counters = StreamCounters()
        var window: Window
    }

    /// Rates are taken over windows of this length.
    private static let windowLength = Duration.seconds(5)

    private let state: Mutex<State>
    private let clock: any HostClock

    init(clock: any HostClock) {
        self.clock = clock
        state = Mutex(State(window: Window(begun: clock.monotonic())))
    }

    func update(_ body: (inout StreamCounters) -> Void) { state.withLock { body(&$0.counters) } }

    /// What was counted so far; the rates in it may be old.
    var counters: StreamCounters { state.withLock { $0.counters } }

    /// The counters now, with rates over the last whole window; rates of a stream that fell silent go to zero.
    func snapshot() -> StreamCounters {
        let now = clock.monotonic()
        return state.withLock { state in
            let elapsed = now - state.window.begun
            if elapsed >= Self.windowLength {
                let seconds = elapsed.inSeconds
                let frames = state.counters.framesDecoded - state.window.frames
                let bytes = state.counters.bytes - state.window.bytes
                state.counters.framesPerSecond = Double(frames) / seconds
                state.counters.bitsPerSecond = Double(bytes) * 8 / seconds
                state.window = Window(
                    begun: now, frames: state.counters.framesDecoded, bytes: state.counters.bytes)
            }
            return state.counters
        }
    }
}
