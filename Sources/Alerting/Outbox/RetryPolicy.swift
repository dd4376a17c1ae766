/// When a delivery that failed is tried again, and when it is given up.
public struct RetryPolicy: Sendable, Equatable {
    public var first: Duration
    public var longest: Duration
    /// A delivery that was not taken for so long becomes a dead letter.
    public var giveUpAfter: Duration
    /// After so many failures in a row a channel is left alone for a while.
    public var failuresToOpen: Int

    public init(
        first: Duration = .seconds(1), longest: Duration = .seconds(60), giveUpAfter: Duration = .seconds(72 * 3_600),
        failuresToOpen: Int = 5
    ) {
        self.first = first
        self.longest = longest
        self.giveUpAfter = giveUpAfter
        self.failuresToOpen = failuresToOpen
    }

    /// The pause before attempt `attempt` + 1: doubles from `first` to `longest`, with up to a half taken off at random, so
    /// that what failed together is not tried again together.
    ///
    /// - Parameters:
    ///   - attempt: attempts so far, from 1.
    ///   - chance: 0 to 1.
    public func pause(afterAttempt attempt: Int, chance: Double) -> Duration {
        let doubled = first * Double(1 << min(max(attempt - 1, 0), 30))
        return min(doubled, longest) * (1 - 0.5 * min(max(chance, 0), 1))
    }
}
