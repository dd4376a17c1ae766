import Domain
import Synchronization

/// The packets between a camera's reader and its decoder: bounded, and what does not fit is shed before it is decoded.
///
/// Decoding is what costs, so a decoder that cannot keep up is given less to decode, in this order: packets that no
/// other refers to; then whole runs of predicted packets from the oldest on, up to the next keyframe; then the oldest
/// keyframes. A packet that refers to a shed one is never handed out: after a gap, decoding resumes at a keyframe, and
/// leading pictures behind that keyframe (which refer to what was before it) are shed too.
///
/// A network that stood still delivers seconds of a stream at once. Such a burst is no overload: it may be longer than
/// the queue otherwise, for as long as the queue otherwise lasts; what is then not worked off is shed.
///
/// One thread pushes, one strand pops; neither waits for the other.
public final class PacketQueue: Sendable {
    /// Packets thrown away before decoding.
    public struct Shed: Sendable, Equatable {
        /// Referred to by no other packet.
        public var disposable = 0
        /// Predicted packets that others refer to, and what referred to them.
        public var predicted = 0
        public var keyframes = 0
        /// Came before the stream's first keyframe, so nothing could be made of them.
        public var beforeFirstKeyframe = 0

        /// All that overload cost.
        public var total: Int { disposable + predicted + keyframes }
    }

    fileprivate final class Entry {
        var packet: Packet?
        let bytes: Int
        let time: MediaTime
        let isKeyframe: Bool
        let isDisposable: Bool
        /// Shown before the keyframe that it follows.
        let isLeading: Bool

        init(_ packet: consuming Packet, isLeading: Bool) {
            bytes = packet.byteCount
            time = packet.captureTime.time
            isKeyframe = packet.isKeyframe
            isDisposable = packet.isDisposable
            self.isLeading = isLeading
            self.packet = consume packet
        }
    }

    fileprivate struct State {
        var entries: [Entry] = []
        /// `entries` before this index have been popped.
        var head = 0
        var bytes = 0
        /// When something came while the queue was empty the last time.
        var busySince = Duration.zero
        var isClosed = false
        /// What comes next refers to something that is not there.
        var awaitsKeyframe = true
        /// The newest keyframe's leading pictures refer to something that was shed.
        var shedsLeading = true
        var hasSeenKeyframe = false
        var keyframeTime: MediaTime?
        var shed = Shed()
    }

    private let maximumBytes: Int
    private let maximumDuration: Duration
    private let maximumBurst: Duration
    private let maximumCount: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - maximumBytes: of compressed data. One packet is kept even if it alone is larger.
    ///   - maximumDuration: from the oldest to the newest packet.
    ///   - maximumBurst: the same, of what came within `maximumDuration`.
    ///   - maximumCount: of packets. Bounds what a stream of tiny packets with one timestamp can take.
    public init(
        maximumBytes: Int = 8 << 20, maximumDuration: Duration = .seconds(2), maximumBurst: Duration = .seconds(15),
        maximumCount: Int = 1_000
    ) {
        self.maximumBytes = maximumBytes
        self.maximumDuration = maximumDuration
        self.maximumBurst = maximumBurst
        self.maximumCount = maximumCount
    }

    /// Puts a packet at the end. Never waits.
    /// - Parameter now: monotonic.
    /// - Returns: `true` when the queue was empty and now is not, so that the decoder's strand must be scheduled.
    public func push(_ packet: consuming Packet, at now: Duration) -> Bool {
        let isKeyframe = packet.isKeyframe
        var incoming: Packet? = consume packet
        return state.withLock { state in
            guard !state.isClosed, let packet = incoming.take() else { return false }
            let wasEmpty = state.isEmpty
            guard state.admit(isKeyframe: isKeyframe, time: packet.captureTime.time, packet.isDisposable) else {
                return false
            }
            let isLeading = !isKeyframe && state.keyframeTime.map { packet.captureTime.time < $0 } ?? false
            if wasEmpty { state.busySince = now }
            state.append(Entry(packet, isLeading: isLeading))
            let isBurst = now - state.busySince < maximumDuration
            state.shed(downTo: maximumBytes, isBurst ? maximumBurst : maximumDuration, maximumCount)
            return wasEmpty && !state.isEmpty
        }
    }

    /// The oldest packet; `nil` while there is none.
    public func pop() -> Packet? {
        state.withLock { state in
            guard !state.isEmpty else { return nil }
            let entry = state.entries[state.head]
            state.head += 1
            state.bytes -= entry.bytes
            if state.head == state.entries.count || state.head == 64 {
                state.entries.removeFirst(state.head)
                state.head = 0
            }
            return entry.packet.take()
        }
    }

    /// No packet is taken any more; those inside can still be popped.
    public func close() { state.withLock { $0.isClosed = true } }

    /// Closed, and all packets popped.
    public var isFinished: Bool { state.withLock { $0.isClosed && $0.isEmpty } }
    public var count: Int { state.withLock { $0.entries.count - $0.head } }
    public var byteCount: Int { state.withLock { $0.bytes } }
    /// From the oldest packet to the newest.
    public var duration: Duration { state.withLock { $0.duration } }
    public var shed: Shed { state.withLock { $0.shed } }
}

extension PacketQueue.State {
    fileprivate var isEmpty: Bool { head == entries.count }

    fileprivate var duration: Duration {
        guard !isEmpty, let newest = entries.last else { return .zero }
        return max(.zero, newest.time - entries[head].time)
    }

    /// Whether a new packet can be decoded after what is here; counts it where not.
    fileprivate mutating func admit(isKeyframe: Bool, time: MediaTime, _ isDisposable: Bool) -> Bool {
        if isKeyframe {
            shedsLeading = awaitsKeyframe
            awaitsKeyframe = false
            hasSeenKeyframe = true
            keyframeTime = time
            return true
        }
        if awaitsKeyframe {
            if !hasSeenKeyframe {
                shed.beforeFirstKeyframe += 1
            } else {
                count(isDisposable: isDisposable)
            }
            return false
        }
        if shedsLeading {
            if let keyframeTime, time < keyframeTime {
                count(isDisposable: isDisposable)
                return false
            }
        }
        return true
    }

    fileprivate mutating func append(_ entry: PacketQueue.Entry) {
        entries.append(entry)
        bytes += entry.bytes
    }

    fileprivate mutating func shed(downTo maximumBytes: Int, _ maximumDuration: Duration, _ maximumCount: Int) {
        func isOver(_ state: Self) -> Bool {
            let count = state.entries.count - state.head
            guard count > 1 else { return false }
            return state.bytes > maximumBytes || state.duration > maximumDuration || count > maximumCount
        }
        guard isOver(self) else { return }
        var index = head
        while index < entries.count, isOver(self) {
            if entries[index].isDisposable, !entries[index].isKeyframe { remove(index) } else { index += 1 }
        }
        while isOver(self), let first = entries[head...].firstIndex(where: { !$0.isKeyframe }) {
            shedRun(from: first)
        }
        while isOver(self) { shedOldestKeyframe() }
    }

    /// Sheds from `first` to the next keyframe, and the leading pictures behind that.
    private mutating func shedRun(from first: Int) {
        while first < entries.count, !entries[first].isKeyframe { remove(first) }
        guard first < entries.count else {
            awaitsKeyframe = true
            return
        }
        shedLeading(behind: first)
    }

    /// The pictures behind the oldest keyframe go with it; the runs of all keyframes are gone when this is called.
    private mutating func shedOldestKeyframe() {
        let isNewest = !entries[(head + 1)...].contains { $0.isKeyframe }
        remove(head)
        if isNewest { awaitsKeyframe = true } else { shedLeading(behind: head) }
    }

    private mutating func shedLeading(behind keyframe: Int) {
        let next = keyframe + 1
        while next < entries.count, entries[next].isLeading { remove(next) }
        if !entries[next...].contains(where: \.isKeyframe) { shedsLeading = true }
    }

    private mutating func remove(_ index: Int) {
        let entry = entries.remove(at: index)
        bytes -= entry.bytes
        if entry.isKeyframe { shed.keyframes += 1 } else { count(isDisposable: entry.isDisposable) }
    }

    private mutating func count(isDisposable: Bool) {
        if isDisposable { shed.disposable += 1 } else { shed.predicted += 1 }
    }
}
