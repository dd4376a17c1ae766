public import Domain

/// What the smoke detector makes of one picture.
public struct SmokeReport: Sendable, Equatable {
    /// The references are not settled yet: only strong evidence is reported.
    public var isLearning: Bool
    /// Kind `.smoke`: each region with evidence enough.
    public var observations: [Observation]
    /// Most evidence of any cell: how near the bar it came.
    public var evidence: Double

    public init(isLearning: Bool, observations: [Observation] = [], evidence: Double = 0) {
        self.isLearning = isLearning
        self.observations = observations
        self.evidence = evidence
    }
}
