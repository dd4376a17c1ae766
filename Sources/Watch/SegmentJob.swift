import Domain
import Evidence
import Media

/// Records one camera's ring from the oldest packet on, a segment after the other.
///
/// Not for more than one thread: it lives on the recorder's.
final class SegmentJob {
    /// How the work went on, for its owner.
    typealias Outcome = PartWriter<UnfinishedSegment>.Outcome

    /// A segment of a camera that has gone away is completed after so long.
    private static let patience = Duration.seconds(90)

    let camera: CameraID
    private let ring: PacketRing
    private let store: RecordingStore
    private let parts: PartWriter<UnfinishedSegment>
    private var reader: PacketRing.Reader?
    /// Monotonic; when a packet last came.
    private var lastPacket: Duration
    private var isUnsupported = false
    private var isHeldBack = false
    /// Why the last try to write failed; `nil` where it did not.
    private var failure: RecordingFault?

    /// - Parameter seconds: how long a segment is; it ends with the keyframe after.
    init(camera: CameraID, ring: PacketRing, seconds: Double, store: RecordingStore, now: Duration) {
        self.camera = camera
        self.ring = ring
        self.store = store
        lastPacket = now
        reader = ring.reader(from: MediaTime(microseconds: .min))
        let length = max(1, Int64(seconds * 1_000_000))
        let phase = Self.phase(of: camera, length: length)
        parts = PartWriter { first, now in
            (now.microseconds + phase) / length != (first.microseconds + phase) / length
        }
    }

    /// Cameras end their segments at different moments, so that the disk has its work evenly (FNV-1a of the id).
    private static func phase(of camera: CameraID, length: Int64) -> Int64 {
        let hash = camera.rawValue.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return Int64(hash % UInt64(length))
    }

    /// Why nothing of the camera is recorded at present; `nil` while it is, or while nothing comes.
    var fault: RecordingFault? { isUnsupported ? .unsupportedCodec : isHeldBack ? .diskFull : failure }

    func reads(_ other: PacketRing) -> Bool { ring === other }

    /// Writes what has come. Blocks on the disk.
    ///
    /// - Parameters:
    ///   - isPaused: nothing is to be written; afterwards it goes on with what comes then.
    ///   - mustEnd: nothing more will come.
    func advance(now: Duration, isPaused: Bool, mustEnd: Bool, _ report: (Outcome) -> Void) {
        guard !isPaused, !isUnsupported else {
            parts.end(report)
            reader = nil
            isHeldBack = isPaused
            return
        }
        isHeldBack = false
        if reader == nil { reader = ring.reader(from: ring.newestTime ?? .zero) }
        while !isUnsupported, let item = take() {
            lastPacket = now
            let isWritten = parts.put(item, place: place) { outcome in
                note(outcome)
                report(outcome)
            }
            if isWritten { failure = nil }
        }
        if mustEnd || now - lastPacket > Self.patience { parts.end(report) }
    }

    private func note(_ outcome: Outcome) {
        switch outcome {
        case .refused(_, let error) where error.code == .unsupportedCodec:
            isUnsupported = true
        // One keyframe that gives no picture is followed by another.
        case .refused(_, let error) where error.code == .badStream: break
        case .refused(_, let error), .interrupted(_, let error): failure = error.isDiskFull ? .diskFull : .unwritable
        case .ended, .lost: break
        }
    }

    private func take() -> PacketRing.Item? { reader?.read() }

    private func place(_ time: MediaTime) -> (file: UnfinishedSegment, path: String) {
        let segment = UnfinishedSegment(camera: camera, start: time)
        return (segment, store.path(of: segment))
    }
}
