public import Domain
import Synchronization

/// A JPEG of what a camera sees.
public struct CameraSnapshot: Sendable {
    public var jpeg: [UInt8]
    public var capturedAt: MediaTime
    /// A copy with the place drawn on it; empty where there is none.
    var marked: [UInt8] = []
    /// The same, small.
    var thumbnail: [UInt8] = []
    /// The place of what was found, some time before it was and now.
    var crops: SmokeFootage.Crops?

    /// Not the picture on which an incident opened, but one that shows it better.
    var isBest = false

    var files: [(kind: EvidenceItem.Kind, jpeg: [UInt8], time: MediaTime)] {
        let kinds: [EvidenceItem.Kind] =
            isBest ? [.best, .bestMarked, .bestThumbnail] : [.snapshot, .marked, .thumbnail]
        var files: [(kind: EvidenceItem.Kind, jpeg: [UInt8], time: MediaTime)] = [
            (kinds[0], jpeg, capturedAt), (kinds[1], marked, capturedAt), (kinds[2], thumbnail, capturedAt),
        ]
        if let crops {
            files += [(.cropThen, crops.then.jpeg, crops.then.time), (.cropNow, crops.now.jpeg, crops.now.time)]
        }
        return files
    }
    var byteCount: Int { files.reduce(0) { $0 + $1.jpeg.count } }

    public init(jpeg: [UInt8], capturedAt: MediaTime) {
        self.jpeg = jpeg
        self.capturedAt = capturedAt
    }
}

/// People who want to see a camera's next picture. Nothing is encoded while nobody asks; all who ask within one picture
/// share one JPEG.
final class PictureRequests: Sendable {
    private struct State {
        var waiting: [Int: CheckedContinuation<CameraSnapshot?, Never>] = [:]
        var nextTicket = 0
        var last: CameraSnapshot?
    }

    private let state = Mutex(State())

    /// Whether the strand should encode its next picture.
    var isWanted: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// The next picture; where none comes within `patience`, the last one that was made, if any.
    func next(patience: Duration) async -> CameraSnapshot? {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withCheckedContinuation { continuation in
            state.withLock { $0.waiting[ticket] = continuation }
            Task {
                try? await Task.sleep(for: patience)
                self.giveUp(ticket)
            }
        }
    }

    func fulfil(with snapshot: CameraSnapshot) {
        let waiting = state.withLock { state in
            state.last = snapshot
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume(returning: snapshot) }
    }

    private func giveUp(_ ticket: Int) {
        let (continuation, last) = state.withLock { ($0.waiting.removeValue(forKey: ticket), $0.last) }
        continuation?.resume(returning: last)
    }
}
