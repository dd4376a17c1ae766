public import Domain
import Foundation

/// How far east and north a position may be wrong: variances and covariance in square metres.
public struct PositionCovariance: Equatable, Sendable {
    public var east: Double
    public var north: Double
    public var eastNorth: Double

    public init(east: Double, north: Double, eastNorth: Double) {
        self.east = east
        self.north = north
        self.eastNorth = eastNorth
    }

    /// Of independent errors along and across a direction.
    init(azimuthDegrees: Double, alongSigmaMetres: Double, acrossSigmaMetres: Double) {
        let (sine, cosine) = (sin(azimuthDegrees.radians), cos(azimuthDegrees.radians))
        let (along, across) = (alongSigmaMetres * alongSigmaMetres, acrossSigmaMetres * acrossSigmaMetres)
        east = along * sine * sine + across * cosine * cosine
        north = along * cosine * cosine + across * sine * sine
        eastNorth = (along - across) * sine * cosine
    }

    /// Variance in a direction given as a unit vector.
    func variance(east e: Double, north n: Double) -> Double { east * e * e + 2 * eastNorth * e * n + north * n * n }

    /// Squared Mahalanobis distance of an offset; infinite where the covariance has no inverse.
    public func squaredDeviation(eastMetres e: Double, northMetres n: Double) -> Double {
        let determinant = east * north - eastNorth * eastNorth
        guard determinant > 0 else { return .infinity }
        return (north * e * e - 2 * eastNorth * e * n + east * n * n) / determinant
    }
}

/// The ellipse that holds the true position in 95 of 100 cases.
public struct ErrorEllipse: Equatable, Sendable {
    public var semiMajorMetres: Double
    public var semiMinorMetres: Double
    /// Direction of the major axis, clockwise from true north, 0 up to, but without, 180.
    public var orientationDegrees: Double

    /// 95th percentile of chi-square with two degrees of freedom.
    public static let chiSquare95 = 5.991464547107979

    public init(_ covariance: PositionCovariance) {
        let mean = (covariance.east + covariance.north) / 2
        let half = (covariance.east - covariance.north) / 2
        let spread = (half * half + covariance.eastNorth * covariance.eastNorth).squareRoot()
        semiMajorMetres = (Self.chiSquare95 * (mean + spread)).squareRoot()
        semiMinorMetres = (Self.chiSquare95 * max(mean - spread, 0)).squareRoot()
        let azimuth = (atan2(2 * covariance.eastNorth, covariance.north - covariance.east) / 2).degrees
        orientationDegrees = azimuth < 0 ? min(azimuth + 180, 180.0.nextDown) : azimuth
    }

    /// Its outline around a position, counter-clockwise, closed: the last point is the first.
    public func outline(around center: GeoPoint, points count: Int = 24) -> [GeoPoint] {
        let turned = orientationDegrees.radians
        let outline = (0..<count).compactMap { index -> GeoPoint? in
            let angle = -2 * Double.pi * Double(index) / Double(count)
            let (along, across) = (semiMajorMetres * cos(angle), semiMinorMetres * sin(angle))
            let east = along * sin(turned) + across * cos(turned)
            let north = along * cos(turned) - across * sin(turned)
            return Geodesic.point(
                from: center, azimuthDegrees: atan2(east, north).degrees,
                distanceMetres: (east * east + north * north).squareRoot())
        }
        return outline + outline.prefix(1)
    }
}
