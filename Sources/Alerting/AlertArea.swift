public import Domain
public import Geolocation

/// Where to look: a closed polygon, and a circle around a position.
public struct AlertArea: Equatable, Sendable {
    /// The first is the last; four at least.
    public var polygon: [GeoPoint]
    public var circle: Circle?

    public struct Circle: Equatable, Sendable {
        public var center: GeoPoint
        public var radiusMetres: Double
    }

    /// How far a bearing without a range is followed.
    static let farthestMetres = 20_000.0

    /// The 95 % ellipse of a position, and the circle around it.
    public init(_ fix: PositionFix) {
        polygon = fix.ellipse.outline(around: fix.point)
        circle = Circle(center: fix.point, radiusMetres: max(fix.ellipse.semiMajorMetres, 10))
    }

    /// The sector of a bearing: two standard errors to each side, from the camera as far as it sees.
    public init?(_ bearing: Bearing, nearMetres: Double = 0) {
        let half = min(max(2 * bearing.sigmaDegrees, 0.1), 60)
        let near = min(max(nearMetres, 0), Self.farthestMetres / 2)
        let steps = 8
        func arc(_ distance: Double, _ shares: [Double]) -> [GeoPoint] {
            shares.compactMap {
                Geodesic.point(
                    from: bearing.origin, azimuthDegrees: bearing.azimuthDegrees + half * $0, distanceMetres: distance)
            }
        }
        // Counter-clockwise: out along the right side, back along the left one.
        let shares = (0...steps).map { 1 - 2 * Double($0) / Double(steps) }
        let inner = near > 0 ? arc(near, shares.reversed()) : [bearing.origin]
        let outline = arc(Self.farthestMetres, shares) + inner
        guard outline.count >= 3, let first = outline.first else { return nil }
        polygon = outline + [first]
    }
}
