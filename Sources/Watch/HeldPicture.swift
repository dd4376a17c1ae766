import Media
import Synchronization

/// A decoded picture that is kept for a while, often for a minute. It is a copy: while it is kept, the decoder has all its
/// buffers, and afterwards nothing is left of it.
final class HeldPicture: Sendable {
    /// Of all cameras together: when many see something at once, their incidents keep the pictures on which they opened.
    private static let mostBytes = 256 << 20
    private static let heldBytes = Atomic<Int>(0)

    let frame: VideoFrame
    private let bytes: Int

    /// `nil` when memory is short, or when all cameras hold as much as they may.
    init?(_ frame: borrowing VideoFrame) {
        // Luma, and two planes of chroma of a quarter each.
        let bytes = frame.width * frame.height * 3 / 2
        let held = Self.heldBytes.wrappingAdd(bytes, ordering: .relaxed).newValue
        guard held <= Self.mostBytes, let copy = frame.copy() else {
            Self.heldBytes.wrappingSubtract(bytes, ordering: .relaxed)
            return nil
        }
        self.frame = copy
        self.bytes = bytes
    }

    deinit { Self.heldBytes.wrappingSubtract(bytes, ordering: .relaxed) }
}
