import Domain
import Media
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
        var timing = StreamTiming()
        /// Packets lost over earlier connections, and over this one.
        var lost: (before: Int, now: Int)?
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

    /// A packet of the connection under way.
    /// - Parameter lost: packets that were lost on this connection so far; `nil` where nobody counts them.
    func add(_ packet: borrowing Packet, lost: Int?) {
        let arrival = clock.monotonic()
        let bytes = Int64(packet.byteCount)
        let (capture, isKeyframe, offset) = (packet.captureTime.time, packet.isKeyframe, packet.cameraTimeOffset)
        state.withLock { state in
            state.counters.packets += 1
            state.counters.bytes += bytes
            state.timing.add(arrival: arrival, capture: capture, isKeyframe: isKeyframe, clockOffset: offset)
            if let lost { state.lost = (state.lost?.before ?? 0, lost) }
        }
    }

    /// Another connection has nothing to do with the spacing of the one before.
    func connected() {
        state.withLock { state in
            state.timing = StreamTiming()
            if let lost = state.lost { state.lost = (lost.before + lost.now, 0) }
        }
    }

    /// A picture was analysed that was taken so long ago.
    func analysed(after latency: Duration) {
        let seconds = max(0, latency.inSeconds)
        state.withLock { state in
            state.counters.framesAnalysed += 1
            let before = state.counters.latencySeconds ?? seconds
            state.counters.latencySeconds = before + (seconds - before) / 16
        }
    }

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
            var counters = state.counters
            counters.packetsLost = state.lost.map { Int64($0.before + $0.now) }
            counters.keyframeIntervalSeconds = state.timing.keyframeIntervalSeconds
            counters.jitterSeconds = state.timing.jitterSeconds
            counters.clockOffsetSeconds = state.timing.clockOffset?.inSeconds
            return counters
        }
    }
}
