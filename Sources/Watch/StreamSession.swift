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

/// The sessions that a camera's strand has still to work through, oldest first.
final class SessionLine: Sendable {
    private let sessions = Mutex<[StreamSession]>([])

    func append(_ session: StreamSession) { sessions.withLock { $0.append(session) } }

    var current: StreamSession? { sessions.withLock { $0.first } }

    func finish(_ session: StreamSession) { sessions.withLock { $0.removeAll { $0 === session } } }
}
