/// Where an object stands on the ground, and how fast it goes there.
public struct GroundFinding: Sendable, Equatable, Codable {
    /// Metres along the first axis of the camera's ground points; to the east of the camera where it is told from its pose.
    public var xMetres: Double
    /// Along the second axis; to the north.
    public var yMetres: Double
    /// `nil` where the camera's pose is not known, or nothing can be told from it there.
    public var position: GeoPoint?
    /// The highest speed that was clearly seen over a second; `nil` while none was.
    public var kilometresPerHour: Double?

    public init(
        xMetres: Double, yMetres: Double, position: GeoPoint? = nil, kilometresPerHour: Double? = nil
    ) {
        self.xMetres = xMetres
        self.yMetres = yMetres
        self.position = position
        self.kilometresPerHour = kilometresPerHour
    }

    /// What is known now, and the higher of both speeds.
    public func after(_ earlier: GroundFinding?) -> GroundFinding {
        var both = self
        both.kilometresPerHour = [kilometresPerHour, earlier?.kilometresPerHour].compactMap { $0 }.max()
        return both
    }
}
