/// A place on the WGS 84 ellipsoid.
public struct GeoPoint: Hashable, Sendable {
    /// -90 to 90, positive to the north.
    public let latitudeDegrees: Double
    /// From -180 up to, but without, 180; positive to the east.
    public let longitudeDegrees: Double

    /// `nil` where a coordinate is no number, the latitude lies beyond a pole, or the longitude beyond a full turn.
    public init?(latitudeDegrees: Double, longitudeDegrees: Double) {
        guard latitudeDegrees.isFinite, (-90...90).contains(latitudeDegrees), longitudeDegrees.isFinite,
            (-360...360).contains(longitudeDegrees)
        else { return nil }
        self.latitudeDegrees = latitudeDegrees
        // Twice, since the remainder of a tiny negative number rounds up to a whole turn.
        let turned = (longitudeDegrees + 180).truncatingRemainder(dividingBy: 360)
        let positive = turned < 0 ? turned + 360 : turned
        self.longitudeDegrees =
            (-180..<180).contains(longitudeDegrees) ? longitudeDegrees : (positive >= 360 ? 0 : positive) - 180
    }
}

extension GeoPoint: Codable {
    private enum CodingKeys: CodingKey {
        case latitudeDegrees, longitudeDegrees
    }

    /// - Throws: `DecodingError` for what is no place on earth.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let point = GeoPoint(
            latitudeDegrees: try values.decode(Double.self, forKey: .latitudeDegrees),
            longitudeDegrees: try values.decode(Double.self, forKey: .longitudeDegrees))
        guard let point else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "no place on earth"))
        }
        self = point
    }
}
