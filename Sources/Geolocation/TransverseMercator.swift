import Domain
import Foundation

/// The conformal projection around one meridian, on the WGS 84 ellipsoid.
///
/// Source: C. F. F. Karney, "Transverse Mercator with an accuracy of a few nanometers", Journal of Geodesy 85 (2011),
/// the series of Krüger to the fourth order: below a millimetre within 10 degrees of the meridian.
struct TransverseMercator: Sendable {
    let centralMeridianDegrees: Double
    let scale: Double
    let falseEastingMetres: Double

    private static let n = WGS84.flattening / (2 - WGS84.flattening)
    private static let rectifyingRadius: Double = {
        let n2 = n * n
        return WGS84.semiMajorMetres / (1 + n) * (1 + n2 / 4 + n2 * n2 / 64)
    }()
    private static let forward: [Double] = {
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n)
        return [
            n / 2 - 2 * n2 / 3 + 5 * n3 / 16 + 41 * n4 / 180, 13 * n2 / 48 - 3 * n3 / 5 + 557 * n4 / 1440,
            61 * n3 / 240 - 103 * n4 / 140, 49_561 * n4 / 161_280,
        ]
    }()
    private static let backward: [Double] = {
        let (n2, n3, n4) = (n * n, n * n * n, n * n * n * n)
        return [
            n / 2 - 2 * n2 / 3 + 37 * n3 / 96 - n4 / 360, n2 / 48 + n3 / 15 - 437 * n4 / 1440,
            17 * n3 / 480 - 37 * n4 / 840, 4_397 * n4 / 161_280,
        ]
    }()

    /// `nil` more than 30 degrees from the meridian, where the series says nothing.
    func project(_ point: GeoPoint) -> (northingMetres: Double, eastingMetres: Double)? {
        let longitude = (point.longitudeDegrees - centralMeridianDegrees).wrappedTo180
        guard abs(longitude) <= 30 else { return nil }
        let e = WGS84.eccentricitySquared.squareRoot()
        let sine = sin(point.latitudeDegrees.radians)
        let conformal = sinh(atanh(sine) - e * atanh(e * sine))
        let xi = atan2(conformal, cos(longitude.radians))
        let eta = asinh(sin(longitude.radians) / (conformal * conformal + pow(cos(longitude.radians), 2)).squareRoot())
        var (north, east) = (xi, eta)
        for (index, alpha) in Self.forward.enumerated() {
            let order = 2 * Double(index + 1)
            north += alpha * sin(order * xi) * cosh(order * eta)
            east += alpha * cos(order * xi) * sinh(order * eta)
        }
        guard north.isFinite, east.isFinite else { return nil }
        let radius = scale * Self.rectifyingRadius
        return (radius * north, falseEastingMetres + radius * east)
    }

    /// `nil` where the coordinates lie outside what the projection covers.
    func point(northingMetres: Double, eastingMetres: Double) -> GeoPoint? {
        let radius = scale * Self.rectifyingRadius
        let (xi, eta) = (northingMetres / radius, (eastingMetres - falseEastingMetres) / radius)
        guard xi.isFinite, eta.isFinite, abs(xi) <= .pi / 2, abs(eta) < 0.6 else { return nil }
        var (north, east) = (xi, eta)
        for (index, beta) in Self.backward.enumerated() {
            let order = 2 * Double(index + 1)
            north -= beta * sin(order * xi) * cosh(order * eta)
            east -= beta * cos(order * xi) * sinh(order * eta)
        }
        let conformal = sin(north) / (sinh(east) * sinh(east) + cos(north) * cos(north)).squareRoot()
        let e = WGS84.eccentricitySquared.squareRoot()
        // The geodetic latitude of a conformal one, by fixed-point iteration on the isometric latitude.
        let isometric = asinh(conformal)
        var sine = tanh(isometric)
        for _ in 0..<20 { sine = tanh(isometric + e * atanh(e * sine)) }
        return GeoPoint(
            latitudeDegrees: asin(sine).degrees,
            longitudeDegrees: (centralMeridianDegrees + atan2(sinh(east), cos(north)).degrees).wrappedTo180)
    }
}
