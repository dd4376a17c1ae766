import Domain
import Foundation
import Hummingbird
import Synchronization

/// Server-sent events as bytes. Clients that follow the journal's end all get the same revision at about the same
/// time, so each is encoded once and shared.
final class EventFrames: Sendable {
    /// Revisions kept: enough for clients that are a little behind each other, and small beside one picture.
    private static let capacity = 64

    private struct Kept {
        var frames: [Int64: ByteBuffer] = [:]
        var order: [Int64] = []
    }

    private let kept = Mutex(Kept())

    func frame(of stored: StoredRevision) throws -> ByteBuffer {
        if let frame = kept.withLock({ $0.frames[stored.sequence] }) { return frame }
        let frame = try Self.frame(id: stored.sequence, event: "incident", RevisionDocument(stored))
        kept.withLock { kept in
            guard kept.frames.updateValue(frame, forKey: stored.sequence) == nil else { return }
            kept.order.append(stored.sequence)
            if kept.order.count > Self.capacity { kept.frames[kept.order.removeFirst()] = nil }
        }
        return frame
    }

    /// One event. JSON as the center writes it holds no line break, so it is one `data` line.
    static func frame(id: Int64?, event: String, _ data: some Encodable, prefix: String = "") throws -> ByteBuffer {
        var buffer = ByteBuffer(string: prefix)
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("event: \(event)\ndata: ")
        buffer.writeBytes(try JSONText.encode(data))
        buffer.writeString("\n\n")
        return buffer
    }
}
