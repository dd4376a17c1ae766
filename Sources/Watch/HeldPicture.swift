import Media

/// A decoded picture that is kept for a while. Its pixels stay the decoder's: nothing is copied.
final class HeldPicture: Sendable {
    let frame: VideoFrame

    /// `nil` when memory is short.
    init?(_ frame: borrowing VideoFrame) {
        guard let shared = frame.share() else { return nil }
        self.frame = shared
    }
}
