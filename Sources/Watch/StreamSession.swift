import Domain
import Media
import Synchronization

/// One connection to a camera, from its first packet to its loss. The reader thread fills the queue, the camera's strand
/// decodes from it. The next connection gets a session of its own, so that nothing of the old one leaks into it.
final class StreamSession: Sendable {
    let info: StreamInfo
    let queue: PacketQueue
    /// What brings capture times onto the host's timeline: zero for live streams, the moment of opening for files.
    let timeOffset: Duration
    private let lost = Atomic<Bool>(false)

    init(info: StreamInfo, queue: PacketQueue, timeOffset: Duration) {
        self.info = info
        self.queue = queue
        self.timeOffset = timeOffset
    }

    /// Whether the connection is gone; packets of it may still wait in the queue.
    var isLost: Bool { lost.load(ordering: .acquiring) }

    func lose() { lost.store(true, ordering: .releasing) }
}

/// The sessions that a camera's strand has still to work through, oldest first: the one that is under way, and the newest.
/// A camera that reconnects faster than its pictures are decoded must not fill the memory.
final class SessionLine: Sendable {
    private let sessions = Mutex<[StreamSession]>([])

    /// - Returns: packets of a session between the two that were shed to make room.
    func append(_ session: StreamSession) -> Int {
        sessions.withLock { sessions in
            let skipped = sessions.dropFirst().reduce(0) { $0 + $1.queue.count }
            sessions = sessions.prefix(1) + [session]
            return skipped
        }
    }

    var current: StreamSession? { sessions.withLock { $0.first } }

    func finish(_ session: StreamSession) { sessions.withLock { $0.removeAll { $0 === session } } }
}
