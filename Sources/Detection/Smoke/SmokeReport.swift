public import Domain

/// What the smoke detector makes of one picture.
public struct SmokeReport: Sendable, Equatable {
    /// The references are not settled yet: only strong evidence is reported.
    public var isLearning: Bool
    /// Kind `.smoke`: each region with evidence enough.
    public var observations: [Observation]
    /// Each region with half the evidence that it takes, or more, in which nothing is reported.
    public var nearMisses: [NearMiss]
    /// Most evidence of any cell: how near the bar it came.
    public var evidence: Double

    public init(
        isLearning: Bool, observations: [Observation] = [], nearMisses: [NearMiss] = [], evidence: Double = 0
    ) {
        self.isLearning = isLearning
        self.observations = observations
        self.nearMisses = nearMisses
        self.evidence = evidence
    }

    /// Makes near misses of some of what is reported.
    ///
    /// - Parameter fault: what an observation was measured to lack, which comes first among its values; `nil` where it
    ///   lacks nothing.
    public mutating func suppress(_ reason: Decision.Reason, where fault: (Observation) -> Measurement?) {
        var told: [Observation] = []
        for var observation in observations {
            if let fault = fault(observation) {
                observation.measurements.insert(fault, at: 0)
                nearMisses.append(NearMiss(observation, reason))
            } else {
                told.append(observation)
            }
        }
        observations = told
    }
}
