import Domain
import Foundation

/// The ellipsoid of GPS, and of VN-2000 too.
enum WGS84 {
    static let semiMajorMetres = 6_378_137.0
    static let flattening = 1 / 298.257223563
    static let semiMinorMetres = semiMajorMetres * (1 - flattening)
    static let eccentricitySquared = flattening * (2 - flattening)

    /// Earth-centred coordinates in metres of a point at a height above the ellipsoid.
    static func cartesian(_ point: GeoPoint, heightMetres: Double = 0) -> Vector3 {
        let (latitude, longitude) = (point.latitudeDegrees.radians, point.longitudeDegrees.radians)
        let normal = semiMajorMetres / (1 - eccentricitySquared * sin(latitude) * sin(latitude)).squareRoot()
        return Vector3(
            x: (normal + heightMetres) * cos(latitude) * cos(longitude),
            y: (normal + heightMetres) * cos(latitude) * sin(longitude),
            z: (normal * (1 - eccentricitySquared) + heightMetres) * sin(latitude))
    }

    /// The point below or above earth-centred coordinates.
    ///
    /// Source: B. R. Bowring, "Transformation from spatial to geographical coordinates", Survey Review 23 (1976); one
    /// step is exact to far below a millimetre from the sea floor to orbit. `nil` at the earth's centre.
    static func geodetic(_ place: Vector3) -> GeoPoint? {
        let (a, b, e2) = (semiMajorMetres, semiMinorMetres, eccentricitySquared)
        let distance = (place.x * place.x + place.y * place.y).squareRoot()
        let parametric = atan2(place.z * a, distance * b)
        let cosine = cos(parametric)
        let sine = sin(parametric)
        let latitude = atan2(
            place.z + e2 / (1 - e2) * b * sine * sine * sine, distance - e2 * a * cosine * cosine * cosine)
        guard place.length > 1 else { return nil }
        return GeoPoint(latitudeDegrees: latitude.degrees, longitudeDegrees: atan2(place.y, place.x).degrees)
    }

    /// The Gaussian mean radius of curvature: that of the sphere which fits best around a latitude.
    static func meanRadiusMetres(latitudeDegrees: Double) -> Double {
        let sine = sin(latitudeDegrees.radians)
        return semiMajorMetres * (1 - eccentricitySquared).squareRoot() / (1 - eccentricitySquared * sine * sine)
    }
}

/// East, north and up at one place of the earth.
struct TangentFrame: Sendable {
    let origin: Vector3
    let east: Vector3
    let north: Vector3
    let up: Vector3

    init(at point: GeoPoint, heightMetres: Double = 0) {
        let (latitude, longitude) = (point.latitudeDegrees.radians, point.longitudeDegrees.radians)
        origin = WGS84.cartesian(point, heightMetres: heightMetres)
        east = Vector3(x: -sin(longitude), y: cos(longitude), z: 0)
        north = Vector3(
            x: -sin(latitude) * cos(longitude), y: -sin(latitude) * sin(longitude), z: cos(latitude))
        up = Vector3(x: cos(latitude) * cos(longitude), y: cos(latitude) * sin(longitude), z: sin(latitude))
    }

    /// Metres to the east, to the north and up from the origin.
    func local(_ place: Vector3) -> Vector3 {
        let away = place - origin
        return Vector3(x: away.dot(east), y: away.dot(north), z: away.dot(up))
    }

    func world(east e: Double, north n: Double, up u: Double = 0) -> Vector3 {
        origin + east * e + north * n + up * u
    }

    /// A horizontal direction of another frame, as east and north here.
    func horizontal(azimuthDegrees: Double, of other: TangentFrame) -> (east: Double, north: Double) {
        let direction = other.east * sin(azimuthDegrees.radians) + other.north * cos(azimuthDegrees.radians)
        return (direction.dot(east), direction.dot(north))
    }
}
