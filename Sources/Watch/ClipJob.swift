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
    private let parts: PartWriter<UnfinishedClip>
    private var partCount = 0
    /// Capture time of the last packet that was written.
    private var written: MediaTime?
    private var recorded = Duration.zero
    /// Monotonic; when a packet last came.
    private var lastPacket: Duration
    private var isExhausted = false
    /// Why the part that is under way is its incident's last for now, though more is wanted.
    private var truncation: ClipTruncation?
    /// Whether it could not begin when its incident did.
    private let hadToWait: Bool

    /// - Parameter hadToWait: there was no room when the incident opened: what the ring has given up since is missing.
    init(
        for incident: Incident, ring: PacketRing, options: ClipOptions, evidence: EvidenceStore, now: Duration,
        hadToWait: Bool = false
    ) {
        self.hadToWait = hadToWait
        self.incident = incident.id
        camera = incident.camera
        start = incident.start
        self.ring = ring
        self.options = options
        self.evidence = evidence
        lastSeen = incident.lastSeen
        lastPacket = now
        let partLength = Duration.seconds(options.partSeconds)
        parts = PartWriter { first, now in now - first >= partLength }
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
    /// - Parameters:
    ///   - isShortOfSpace: nothing is written beyond the length of a part.
    ///   - mustEnd: nothing more will come.
    /// - Returns: whether the incident needs nothing more.
    func advance(now: Duration, isShortOfSpace: Bool, mustEnd: Bool = false, _ report: (Outcome) -> Void) -> Bool {
        if !isShortOfSpace || written == nil { resume() }
        while !isExhausted, let next = peek() {
            lastPacket = now
            // Sound comes a little before the pictures that it is heard with.
            guard next.isSound || next.time <= horizon else {
                if closedAt != nil || next.time > horizon + Self.patience { pause(report) }
                break
            }
            // With a part that is under way it can be said that more was wanted.
            if !next.isSound, parts.isOpen, let reason = limit(at: next.time, isShortOfSpace) {
                mark(reason)
                isExhausted = reason == .maximumSeconds
                pause(report)
                break
            }
            guard let item = take() else { break }
            put(item, report)
        }
        if isExhausted { return closedAt != nil || mustEnd }
        // A stream that has gone away brings no packet that would end the clip.
        let waited = now - lastPacket
        if waited > Self.longestDelay { endPart(report) }
        let isOver = closedAt.map { now - $0 > .seconds(options.postRollSeconds) + Self.longestDelay } ?? false
        guard mustEnd || isOver || (closedAt != nil && reader == nil) else { return false }
        pause(report)
        return true
    }

    /// Why a picture of that moment may not be written any more.
    private func limit(at time: MediaTime, _ isShortOfSpace: Bool) -> ClipTruncation? {
        // A part of one picture more would help nobody.
        let total = recorded + growth(by: time) + .milliseconds(500)
        if total >= .seconds(options.maximumSeconds) { return .maximumSeconds }
        return isShortOfSpace && total >= .seconds(options.partSeconds) ? .diskFull : nil
    }

    /// What a picture adds to what is recorded; gaps do not count.
    private func growth(by time: MediaTime) -> Duration {
        written.map { min(max(.zero, time - $0), .seconds(5)) } ?? .zero
    }

    private func peek() -> (time: MediaTime, isKeyframe: Bool, isSound: Bool, stream: PacketRing.Stream)? {
        reader?.peek
    }

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
        let time = item.time
        let isSound = item.packet.isSound
        let isWritten = parts.put(item, place: place) { settle($0, report) }
        if isWritten, !isSound { note(time) }
    }

    /// Before the part is closed: a crash between that and its storing does not take the knowledge of it. That a clip begins
    /// late goes before how it ends.
    private func mark(_ reason: ClipTruncation) {
        truncation = reason
        parts.rename { $0.truncation == nil ? evidence.mark($0, as: reason) : $0 }
    }

    private func place(_ time: MediaTime) -> (file: UnfinishedClip, path: String) {
        let isLate = hadToWait && partCount == 0 && time > start - .seconds(options.preRollSeconds)
        let clip = UnfinishedClip(
            incident: incident, part: partCount + 1, incidentStart: start, firstTime: time,
            truncation: isLate ? .beginsLate : nil)
        partCount += 1
        return (clip, evidence.path(of: clip))
    }

    private func note(_ time: MediaTime) {
        recorded += growth(by: time)
        written = max(written ?? time, time)
    }

    private func endPart(_ report: (Outcome) -> Void) { parts.end { settle($0, report) } }

    private func settle(_ outcome: PartWriter<UnfinishedClip>.Outcome, _ report: (Outcome) -> Void) {
        switch outcome {
        case .ended(let clip):
            let reason = clip.truncation ?? truncation
            truncation = nil
            do throws(MediaError) {
                report(.finished(clip, try Self.finish(clip, in: evidence, truncation: reason)))
            } catch {
                report(.interrupted(clip, error))
            }
        case .interrupted(let clip, let error): report(.interrupted(clip, error))
        case .refused(let clip, let error):
            evidence.forget(clip)
            // The next one gets its number.
            partCount -= 1
            // One that gives no picture may be followed by one that does; a codec stays what it is.
            if error.code == .unsupportedCodec { isExhausted = true }
            if error.code != .badStream { report(.failed(error)) }
        case .lost(let count): report(.lost(count))
        }
    }

    /// Makes the ordinary file of what was written; says whether something is missing.
    ///
    /// - Parameter truncation: why, where it was closed; `nil` for what its name says.
    static func finish(
        _ clip: UnfinishedClip, in evidence: EvidenceStore, truncation: ClipTruncation? = nil
    ) throws(MediaError) -> ClipDetails {
        let facts = try ClipFile.finish(evidence.path(of: clip), to: evidence.path(finishing: clip))
        return ClipDetails(
            part: clip.part, durationMicroseconds: facts.duration.inMicroseconds, codec: facts.codec,
            width: facts.width, height: facts.height, isWebReady: facts.isWebReady,
            truncation: facts.isComplete ? truncation ?? clip.truncation : .interrupted, soundCodec: facts.soundCodec)
    }
}
