import Domain

/// Whether the wall clock may be believed when it says that something is old: a clock that was set ahead by mistake must not
/// cost all that was kept. Pure: it reads no clock.
struct AgeTrust {
    /// Set ahead by more than this, the clock is not believed.
    static let tolerated = Duration.seconds(3_600)
    /// For so long. A time service, or somebody who is awake, will have put it right by then.
    static let probation = Duration.seconds(86_400)
    /// The two clocks are not read at once.
    private static let readingGap = Duration.seconds(2)

    private var last: (wall: MediaTime, monotonic: Duration)?
    /// By how much the clock was set ahead, all in all.
    private var ahead = Duration.zero
    private var since: Duration?

    /// To be called often.
    ///
    /// - Returns: by how much the clock was set, where it begins to be doubted.
    mutating func look(wall: MediaTime, monotonic: Duration) -> Duration? {
        defer { last = (wall, monotonic) }
        guard let last else { return nil }
        let step = (wall - last.wall) - (monotonic - last.monotonic)
        if step > Self.readingGap || step < .zero - Self.readingGap { ahead += step }
        if let since, ahead <= Self.tolerated || monotonic - since >= Self.probation {
            self.since = nil
            ahead = .zero
            return nil
        }
        guard since == nil, ahead > Self.tolerated else {
            // A clock that was behind and is put right is no clock that runs ahead.
            ahead = max(ahead, .zero)
            return nil
        }
        since = monotonic
        return ahead
    }

    /// Whether ages count at present.
    var isSound: Bool { since == nil }
}
