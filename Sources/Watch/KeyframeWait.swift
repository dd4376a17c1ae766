/// Follows how long a connection brings packets of which nothing can be made, since no keyframe has come yet. Pure: it
/// reads no clock.
struct KeyframeWait {
    /// A camera whose packets give no picture for so long is blind.
    static let patience = Duration.seconds(5)

    private var counted = 0
    /// Monotonic; when the first packet was dropped.
    private var begun: Duration?

    /// Takes in where things stand after a packet.
    ///
    /// - Parameters:
    ///   - dropped: packets of the connection that came before its first keyframe, so far.
    ///   - now: monotonic.
    /// - Returns: how many were dropped since the last call, and whether it goes on for too long.
    mutating func look(dropped: Int, at now: Duration) -> (dropped: Int, isTooLong: Bool) {
        let new = dropped - counted
        counted = dropped
        // A packet that was not dropped is the keyframe, or comes after it.
        guard new > 0 else { return (0, false) }
        let begun = begun ?? now
        self.begun = begun
        return (new, now - begun > Self.patience)
    }
}
