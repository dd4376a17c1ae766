public import Domain
import Synchronization

/// The last seconds of one camera's packets, so that a clip can begin before what triggered it.
///
/// Whole groups of pictures only: it begins with a keyframe, and what is too old goes up to the next one. It is bounded by
/// bytes, by time and by number, whatever its readers do: a reader that falls behind loses packets and is told how many,
/// so that a slow disk never holds up a camera. Ages are counted on the monotonic clock, since a wall clock may be set.
///
/// One thread appends; any number of `Reader`s follow on threads of their own. Nobody waits for anybody.
public final class PacketRing: Sendable {
    /// How much is kept.
    public struct Limits: Sendable, Equatable {
        /// Kept for clips that are yet to begin; older groups of pictures go once no reader needs them.
        public var duration: Duration
        /// Never more than this, readers or not.
        public var longestDuration: Duration
        /// Of compressed data. A group of pictures that alone is larger is not kept.
        public var bytes: Int
        /// Of packets.
        public var count: Int

        public init(
            duration: Duration, longestDuration: Duration = .seconds(90), bytes: Int = 32 << 20, count: Int = 20_000
        ) {
            self.duration = duration
            self.longestDuration = longestDuration
            self.bytes = bytes
            self.count = count
        }
    }

    /// One connection's stream: packets of two streams never belong into one clip.
    public final class Stream: Sendable {
        public let parameters: CodecParameters
        /// What brings capture times onto the host's timeline.
        public let timeOffset: Duration
        /// Of the sound beside the pictures; `nil` where none is kept.
        public let sound: CodecParameters?
        private let depth = Atomic<Int>(0)

        public init(parameters: CodecParameters, timeOffset: Duration = .zero, sound: CodecParameters? = nil) {
            self.parameters = parameters
            self.sound = sound
            self.timeOffset = timeOffset
            depth.store(parameters.reorderDepth, ordering: .relaxed)
        }

        /// By how many places pictures are shown later than they were sent, as far as seen.
        public var reorderDepth: Int { depth.load(ordering: .relaxed) }

        fileprivate func note(depth seen: Int) {
            if seen > reorderDepth { depth.store(seen, ordering: .relaxed) }
        }
    }

    /// What a reader gets.
    public struct Item: ~Copyable {
        public let packet: Packet
        /// Capture time on the host's timeline.
        public let time: MediaTime
        public let stream: Stream
        /// Packets between the last item and this one that the ring had to give up. This one is a keyframe then.
        public let lost: Int

        public consuming func takePacket() -> Packet { packet }
    }

    fileprivate final class Entry: Sendable {
        let packet: Packet
        let bytes: Int
        let time: MediaTime
        let arrival: Duration
        let isKeyframe: Bool
        let stream: Stream

        init(_ packet: consuming Packet, arrival: Duration, stream: Stream) {
            bytes = packet.byteCount
            time = packet.captureTime.time + stream.timeOffset
            isKeyframe = packet.isKeyframe
            self.arrival = arrival
            self.stream = stream
            self.packet = packet
        }
    }

    fileprivate struct State {
        var entries: [Entry] = []
        /// The number of the first entry.
        var firstNumber: Int64 = 0
        var bytes = 0
        var awaitsKeyframe = true
        var stream: Stream?
        /// The next number that each reader wants.
        var readers: [Int: Int64] = [:]
        var nextReader = 0
        var overflows = 0
        /// Capture times of the last packets, to see how far pictures are reordered.
        var recentTimes: [MediaTime] = []
    }

    private let limits: Limits
    private let state = Mutex(State())

    public init(limits: Limits) { self.limits = limits }

    /// Keeps a packet; packets before the first keyframe of a stream are of no use and are not kept.
    /// - Parameter arrival: on the monotonic clock.
    public func append(_ packet: consuming Packet, of stream: Stream, arrival: Duration) {
        let entry = Entry(packet, arrival: arrival, stream: stream)
        let doomed = state.withLock { state in
            if state.stream !== stream {
                state.stream = stream
                state.awaitsKeyframe = true
                state.recentTimes = []
            }
            state.noteOrder(of: entry)
            if state.awaitsKeyframe, !entry.isKeyframe { return [Entry]() }
            state.awaitsKeyframe = false
            state.entries.append(entry)
            state.bytes += entry.bytes
            return state.makeRoom(limits, now: arrival)
        }
        // Freed outside the lock.
        _ = doomed
    }

    /// Forgets everything; readers go on with what comes next.
    public func removeAll() {
        let doomed = state.withLock { state in
            state.awaitsKeyframe = true
            return state.dropFirst(state.entries.count)
        }
        _ = doomed
    }

    /// A reader that begins with the last keyframe at or before `time`, or the oldest one where all are later.
    public func reader(from time: MediaTime) -> Reader {
        let (id, next) = state.withLock { state in
            let start = state.entries.lastIndex { $0.isKeyframe && $0.time <= time } ?? 0
            let id = state.nextReader
            state.nextReader += 1
            let number = state.firstNumber + Int64(start)
            state.readers[id] = number
            return (id, number)
        }
        return Reader(ring: self, id: id, next: next)
    }

    public var count: Int { state.withLock { $0.entries.count } }
    public var byteCount: Int { state.withLock { $0.bytes } }
    /// From the oldest packet to the newest, by arrival.
    public var duration: Duration {
        state.withLock { state in
            guard let oldest = state.entries.first, let newest = state.entries.last else { return .zero }
            return newest.arrival - oldest.arrival
        }
    }
    /// Groups of pictures that had to go although they were wanted: too large, too long, or a reader too slow.
    public var overflows: Int { state.withLock { $0.overflows } }
    /// Capture time of the newest packet; `nil` while there is none.
    public var newestTime: MediaTime? { state.withLock { $0.entries.last?.time } }

    /// Follows a ring from one keyframe on. What it has not read yet is kept for it within the ring's hard bounds.
    public struct Reader: ~Copyable, Sendable {
        private let ring: PacketRing
        private let id: Int
        private var next: Int64

        fileprivate init(ring: PacketRing, id: Int, next: Int64) {
            self.ring = ring
            self.id = id
            self.next = next
        }

        deinit {
            ring.state.withLock { $0.readers[id] = nil }
        }

        /// Capture time of the packet that `read` would return; `nil` while there is none.
        public var peek: (time: MediaTime, isKeyframe: Bool, isSound: Bool, stream: Stream)? {
            ring.state.withLock { state in
                state.index(of: max(next, state.firstNumber)).map {
                    let entry = state.entries[$0]
                    return (entry.time, entry.isKeyframe, entry.packet.isSound, entry.stream)
                }
            }
        }

        /// The next packet, which shares its bytes with the ring's; `nil` while there is none, or when memory is short.
        public mutating func read() -> Item? {
            let from = next
            let found: (Entry, Int)? = ring.state.withLock { state in
                let number = max(from, state.firstNumber)
                guard let index = state.index(of: number) else { return nil }
                state.readers[id] = number + 1
                return (state.entries[index], Int(number - from))
            }
            guard let (entry, lost) = found, let packet = entry.packet.share() else { return nil }
            next = from + Int64(lost) + 1
            return Item(packet: packet, time: entry.time, stream: entry.stream, lost: lost)
        }
    }
}

extension PacketRing.State {
    fileprivate func index(of number: Int64) -> Int? {
        let index = Int(number - firstNumber)
        return entries.indices.contains(index) ? index : nil
    }

    /// How many of the last pictures, sent earlier, are shown later than this one.
    fileprivate mutating func noteOrder(of entry: PacketRing.Entry) {
        if entry.packet.isSound { return }
        if entry.isKeyframe { recentTimes.removeAll(keepingCapacity: true) }
        entry.stream.note(depth: recentTimes.reduce(0) { $1 > entry.time ? $0 + 1 : $0 })
        recentTimes.append(entry.time)
        if recentTimes.count > 16 { recentTimes.removeFirst() }
    }

    /// Drops what is too old or too much, a whole group of pictures at a time.
    fileprivate mutating func makeRoom(_ limits: PacketRing.Limits, now: Duration) -> [PacketRing.Entry] {
        var doomed: [PacketRing.Entry] = []
        let needed = readers.values.min() ?? .max
        while let length = firstGroupLength, entries[length].arrival <= now - limits.duration,
            firstNumber + Int64(length) <= needed
        {
            doomed += dropFirst(length)
        }
        while isOver(limits) {
            overflows += 1
            if let length = firstGroupLength {
                doomed += dropFirst(length)
            } else {
                // What follows refers to what is gone.
                awaitsKeyframe = true
                doomed += dropFirst(entries.count)
            }
        }
        return doomed
    }

    private func isOver(_ limits: PacketRing.Limits) -> Bool {
        guard let oldest = entries.first, let newest = entries.last else { return false }
        return bytes > limits.bytes || entries.count > limits.count
            || newest.arrival - oldest.arrival > limits.longestDuration
    }

    /// Entries before the second keyframe; `nil` where there is only one group.
    private var firstGroupLength: Int? { entries.dropFirst().firstIndex { $0.isKeyframe } }

    fileprivate mutating func dropFirst(_ number: Int) -> [PacketRing.Entry] {
        let doomed = Array(entries.prefix(number))
        bytes -= doomed.reduce(0) { $0 + $1.bytes }
        firstNumber += Int64(number)
        entries.removeFirst(number)
        return doomed
    }
}
