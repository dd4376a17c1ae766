public import Domain
import Foundation

/// Vietnam's national coordinates, as rangers' maps show them: 3-degree zones of the transverse Mercator projection.
///
/// Datum: the seven parameters of decision 05/2007/QĐ-BTNMT (EPSG operation 6960, "VN-2000 to WGS 84 (2)", coordinate
/// frame rotation). Projection: scale 0.9999 on the central meridian, which lies at 500,000 m. Each province has its
/// meridian: 104°30' for Kiên Giang with Phú Quốc (EPSG 9207), 104°45' for An Giang.
public struct VN2000: Equatable, Sendable {
    /// Named as the Vietnamese sheets do: X runs north, Y runs east.
    public struct Coordinates: Equatable, Sendable {
        public var xNorthMetres: Double
        public var yEastMetres: Double

        public init(xNorthMetres: Double, yEastMetres: Double) {
            self.xNorthMetres = xNorthMetres
            self.yEastMetres = yEastMetres
        }
    }

    /// Kiên Giang's meridian, and with it Phú Quốc's.
    public static let kienGiangMeridianDegrees = 104.5

    public var centralMeridianDegrees: Double

    public init(centralMeridianDegrees: Double = kienGiangMeridianDegrees) {
        self.centralMeridianDegrees = centralMeridianDegrees
    }

    private var projection: TransverseMercator {
        TransverseMercator(
            centralMeridianDegrees: centralMeridianDegrees, scale: 0.9999, falseEastingMetres: 500_000)
    }

    /// `nil` far from the zone.
    public func coordinates(of point: GeoPoint) -> Coordinates? {
        let there = Self.toVN2000(WGS84.cartesian(point))
        return WGS84.geodetic(there).flatMap(projection.project).map {
            Coordinates(xNorthMetres: $0.northingMetres, yEastMetres: $0.eastingMetres)
        }
    }

    /// `nil` where the coordinates lie far outside the zone.
    public func point(at coordinates: Coordinates) -> GeoPoint? {
        projection.point(northingMetres: coordinates.xNorthMetres, eastingMetres: coordinates.yEastMetres)
            .flatMap { WGS84.geodetic(Self.toWGS84(WGS84.cartesian($0))) }
    }

    private static let shift = Vector3(x: -191.90441429, y: -39.30318279, z: -111.45032835)
    /// Radians.
    private static let rotation = Vector3(
        x: (-0.00928836 / 3600).radians, y: (0.01975479 / 3600).radians, z: (-0.00427372 / 3600).radians)
    private static let scale = 1 + 0.252906278e-6

    private static func toWGS84(_ place: Vector3) -> Vector3 { shift + turned(place, by: 1) * scale }

    /// The angles are so small that turning back is the same as turning by their negatives, to a nanometre.
    private static func toVN2000(_ place: Vector3) -> Vector3 { turned((place - shift) * (1 / scale), by: -1) }

    /// The frame turns, not the place (EPSG method 9607).
    private static func turned(_ p: Vector3, by sign: Double) -> Vector3 {
        let r = rotation * sign
        return Vector3(x: p.x + r.z * p.y - r.y * p.z, y: p.y - r.z * p.x + r.x * p.z, z: p.z + r.y * p.x - r.x * p.y)
    }
}
