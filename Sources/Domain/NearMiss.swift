/// What a detector held to be possible and did not tell of, and why.
public struct NearMiss: Sendable, Equatable {
    /// As it would have been told: with the measured values beside the thresholds they were held against.
    public var observation: Observation
    public var reason: Decision.Reason

    public init(_ observation: Observation, _ reason: Decision.Reason) {
        self.observation = observation
        self.reason = reason
    }
}
