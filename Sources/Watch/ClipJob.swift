import Domain
import Evidence
import Media
import SiteConfiguration

/// Makes the clips of one incident: follows the camera's ring from before the incident until after it was last seen.
///
/// Not for more than one thread: it lives on the recorder's.
final class ClipJob {
    /// How the work went on, for its owner.
    enum Outcome {
        /// A whole file stands ready to be adopted.
        case finished(UnfinishedClip, ClipDetails)
        /// Something was written that could not be completed: to be salvaged later.
        case interrupted(UnfinishedClip, MediaError)
        /// Nothing could be written.
        case failed(MediaError)
        /// Packets that the ring gave up before they were written.
        case lost(Int)
    }

    /// What is under way.
    private final class Part {
        let clip: UnfinishedClip
        let stream: PacketRing.Stream
        let path: String
        var writer: ClipWriter?

        init(clip: UnfinishedClip, stream: PacketRing.Stream, path: String, writer: consuming ClipWriter) {
            self.clip = clip
            self.stream = stream
            self.path = path
            self.writer = consume writer
        }
    }

    /// An incident that is still open is written once a second or when there is news; after so long it is quiet.
    private static let patience = Duration.seconds(15)
    /// Packets that a stream with a delay may still send for a moment that has passed.
    private static let longestDelay = Duration.seconds(5)

    let incident: IncidentID
    private let camera: CameraID
    private let start: MediaTime
    private let ring: PacketRing
    private let options: ClipOptions
    private let evidence: EvidenceStore
    private var lastSeen: MediaTime
    /// Monotonic; `nil` while it is open.
    private var closedAt: Duration?
    private var reader: PacketRing.Reader?
    private var part: Part?
    private var partCount = 0
    /// Capture time of the last packet that was written.
    private var written: MediaTime?
    private var recorded = Duration.zero
    /// Monotonic; when a packet last came.
    private var lastPacket: Duration
    private var isExhausted = false

    init(
        for incident: Incident, ring: PacketRing, options: ClipOptions, evidence: EvidenceStore, now: Duration
    ) {
        self.incident = incident.id
        camera = incident.camera
        start = incident.start
        self.ring = ring
        self.options = options
        self.evidence = evidence
        lastSeen = incident.lastSeen
        lastPacket = now
        reader = ring.reader(from: incident.start - .seconds(options.preRollSeconds))
    }

    /// The incident as a revision leaves it.
    func follow(_ incident: Incident, now: Duration) {
        lastSeen = max(lastSeen, incident.lastSeen)
        if incident.state == .closed, closedAt == nil { closedAt = now }
    }

    /// The last moment that is wanted, as far as known.
    private var horizon: MediaTime { lastSeen + .seconds(options.postRollSeconds) }

    /// Writes what has come. Blocks on the disk.
    /// - Parameter mustEnd: nothing more will come.
    /// - Returns: whether the incident needs nothing more.
    func advance(now: Duration, mustEnd: Bool = false, _ report: (Outcome) -> Void) -> Bool {
        resume()
        while !isExhausted, let next = peek() {
            lastPacket = now
            guard next.time <= horizon else {
                if closedAt != nil || next.time > horizon + Self.patience { pause(report) }
                break
            }
            guard let item = take() else { break }
            put(item, report)
            if recorded >= .seconds(options.maximumSeconds) {
                isExhausted = true
                pause(report)
            }
        }
        if isExhausted { return closedAt != nil || mustEnd }
        // A stream that has gone away brings no packet that would end the clip.
        let waited = now - lastPacket
        if waited > Self.longestDelay, part != nil { endPart(report) }
        let isOver = closedAt.map { now - $0 > .seconds(options.postRollSeconds) + Self.longestDelay } ?? false
        guard mustEnd || isOver || (closedAt != nil && reader == nil) else { return false }
        pause(report)
        return true
    }

    private func peek() -> (time: MediaTime, isKeyframe: Bool, stream: PacketRing.Stream)? { reader?.peek }

    private func take() -> PacketRing.Item? { reader?.read() }

    /// After a pause: what was seen again gets a part of its own, with its own pre-roll.
    private func resume() {
        guard reader == nil, !isExhausted, let written, lastSeen > written else { return }
        reader = ring.reader(from: max(written, lastSeen - .seconds(options.preRollSeconds)))
    }

    private func pause(_ report: (Outcome) -> Void) {
        endPart(report)
        reader = nil
    }

    private func put(_ item: consuming PacketRing.Item, _ report: (Outcome) -> Void) {
        let (time, stream, lost) = (item.time, item.stream, item.lost)
        let packet = item.takePacket()
        if lost > 0 {
            report(.lost(lost))
            endPart(report)
        }
        if let part {
            let isFull = packet.isKeyframe && time - part.clip.firstTime >= .seconds(options.partSeconds)
            if part.stream !== stream || isFull || !(part.writer?.accepts(packet) ?? false) { endPart(report) }
        }
        guard let part else {
            begin(with: packet, at: time, of: stream, report)
            return
        }
        do throws(MediaError) {
            try part.writer?.write(packet, time: time)
            note(time)
        } catch {
            self.part = nil
            report(.interrupted(part.clip, error))
        }
    }

    private func begin(
        with packet: borrowing Packet, at time: MediaTime, of stream: PacketRing.Stream, _ report: (Outcome) -> Void
    ) {
        guard packet.isKeyframe else { return }
        let clip = UnfinishedClip(
            incident: incident, part: partCount + 1, incidentStart: start, firstTime: time)
        let path = evidence.path(of: clip)
        do throws(MediaError) {
            let writer = try ClipWriter(
                path: path, parameters: stream.parameters, keyframe: packet, time: time,
                reorderDepth: stream.reorderDepth)
            part = Part(clip: clip, stream: stream, path: path, writer: writer)
            partCount += 1
            note(time)
        } catch {
            evidence.forget(clip)
            // One that gives no picture may be followed by one that does; a codec stays what it is.
            if error.code == .unsupportedCodec { isExhausted = true }
            if error.code != .badStream { report(.failed(error)) }
        }
    }

    private func note(_ time: MediaTime) {
        if let written, time > written { recorded += min(time - written, .seconds(5)) }
        written = max(written ?? time, time)
    }

    private func endPart(_ report: (Outcome) -> Void) {
        guard let ended = part else { return }
        part = nil
        do throws(MediaError) {
            guard let writer = ended.writer.take() else { return }
            try writer.close()
            let details = try Self.finish(ended.clip, in: evidence)
            report(.finished(ended.clip, details))
        } catch {
            report(.interrupted(ended.clip, error))
        }
    }

    /// Makes the ordinary file of what was written; says whether it was cut off.
    static func finish(_ clip: UnfinishedClip, in evidence: EvidenceStore) throws(MediaError) -> ClipDetails {
        let facts = try ClipFile.finish(evidence.path(of: clip), to: evidence.path(finishing: clip))
        return ClipDetails(
            part: clip.part, durationMicroseconds: facts.duration.inMicroseconds, codec: facts.codec,
            width: facts.width, height: facts.height, isWebReady: facts.isWebReady, isTruncated: !facts.isComplete)
    }
}
