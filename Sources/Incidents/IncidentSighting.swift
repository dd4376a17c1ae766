public import Domain

/// Where an open incident was seen on one picture: the largest of its objects.
public struct IncidentSighting: Sendable, Equatable {
    /// As it stands after that picture.
    public var incident: Incident
    /// In fractions of the picture.
    public var box: Box
    /// 0 to 1.
    public var confidence: Double

    /// - Parameter confidence: 0 to 1.
    public init(incident: Incident, box: Box, confidence: Double) {
        self.incident = incident
        self.box = box
        self.confidence = confidence
    }
}
