public import Domain
import Foundation

/// Shortest ways over the ellipsoid.
///
/// Source: T. Vincenty, "Direct and inverse solutions of geodesics on the ellipsoid with application of nested
/// equations", Survey Review 23 (1975). Good to a millimetre; the inverse fails for nearly antipodal points only.
public enum Geodesic {
    public struct Way: Equatable, Sendable {
        public var distanceMetres: Double
        /// Clockwise from true north at the first point, 0 to 360; 0 where both points are the same.
        public var azimuthDegrees: Double
        /// The same at the second point, in the direction of travel.
        public var arrivalAzimuthDegrees: Double
    }

    /// The way from one point to another; `nil` where they lie so nearly opposite that many ways are as short.
    public static func way(from start: GeoPoint, to end: GeoPoint) -> Way? {
        let f = WGS84.flattening
        let longitude = (end.longitudeDegrees - start.longitudeDegrees).wrappedTo180.radians
        let u1 = atan((1 - f) * tan(start.latitudeDegrees.radians))
        let u2 = atan((1 - f) * tan(end.latitudeDegrees.radians))
        let (sinU1, cosU1, sinU2, cosU2) = (sin(u1), cos(u1), sin(u2), cos(u2))
        var lambda = longitude
        for _ in 0..<100 {
            let across = cosU2 * sin(lambda)
            let along = cosU1 * sinU2 - sinU1 * cosU2 * cos(lambda)
            let sinSigma = (across * across + along * along).squareRoot()
            if sinSigma == 0 {
                return sinU1 * sinU2 + cosU1 * cosU2 * cos(lambda) < 0
                    ? nil : Way(distanceMetres: 0, azimuthDegrees: 0, arrivalAzimuthDegrees: 0)
            }
            let cosSigma = sinU1 * sinU2 + cosU1 * cosU2 * cos(lambda)
            let sinAlpha = cosU1 * cosU2 * sin(lambda) / sinSigma
            let cos2Alpha = 1 - sinAlpha * sinAlpha
            // On the equator the middle does not matter.
            let cosMiddle = cos2Alpha > 1e-15 ? cosSigma - 2 * sinU1 * sinU2 / cos2Alpha : 0
            let arc = Arc(sigma: atan2(sinSigma, cosSigma), cosMiddle: cosMiddle, sinAlpha: sinAlpha)
            let next = longitude + arc.longitudeExcess
            defer { lambda = next }
            guard abs(next - lambda) > 1e-12 else {
                return Way(
                    distanceMetres: arc.distanceMetres, azimuthDegrees: atan2(across, along).degrees.wrappedTo360,
                    arrivalAzimuthDegrees: atan2(cosU1 * sin(lambda), cosU1 * sinU2 * cos(lambda) - sinU1 * cosU2)
                        .degrees.wrappedTo360)
            }
            if abs(next) > .pi { return nil }
        }
        return nil
    }

    /// Where one arrives; `nil` where the azimuth or the distance is no number.
    public static func point(from start: GeoPoint, azimuthDegrees: Double, distanceMetres: Double) -> GeoPoint? {
        guard azimuthDegrees.isFinite, distanceMetres.isFinite, abs(distanceMetres) < 1e8 else { return nil }
        let f = WGS84.flattening
        let azimuth = azimuthDegrees.radians
        let u1 = atan((1 - f) * tan(start.latitudeDegrees.radians))
        let (sinU1, cosU1) = (sin(u1), cos(u1))
        let sinAlpha = cosU1 * sin(azimuth)
        let sigma1 = atan2(tan(u1), cos(azimuth))
        let base = Arc(sigma: 0, cosMiddle: 0, sinAlpha: sinAlpha)
        var arc = base
        arc.sigma = distanceMetres / (WGS84.semiMinorMetres * base.scale)
        for _ in 0..<100 {
            arc.cosMiddle = cos(2 * sigma1 + arc.sigma)
            let next = distanceMetres / (WGS84.semiMinorMetres * base.scale) + arc.excess
            let change = abs(next - arc.sigma)
            arc.sigma = next
            if change < 1e-13 { break }
        }
        arc.cosMiddle = cos(2 * sigma1 + arc.sigma)
        let (sinSigma, cosSigma) = (sin(arc.sigma), cos(arc.sigma))
        let across = sinU1 * sinSigma - cosU1 * cosSigma * cos(azimuth)
        let latitude = atan2(
            sinU1 * cosSigma + cosU1 * sinSigma * cos(azimuth),
            (1 - f) * (sinAlpha * sinAlpha + across * across).squareRoot())
        let lambda = atan2(sinSigma * sin(azimuth), cosU1 * cosSigma - sinU1 * sinSigma * cos(azimuth))
        let longitude = start.longitudeDegrees + (lambda - arc.longitudeExcess).degrees
        return GeoPoint(latitudeDegrees: latitude.degrees, longitudeDegrees: longitude.wrappedTo180)
    }

    /// The series that both problems share.
    private struct Arc {
        /// Length on the auxiliary sphere, in radians.
        var sigma: Double
        /// Cosine of twice the angle from the equator to the arc's middle.
        var cosMiddle: Double
        /// Sine of the azimuth at the equator.
        let sinAlpha: Double

        private var u2: Double {
            let (a, b) = (WGS84.semiMajorMetres, WGS84.semiMinorMetres)
            return (1 - sinAlpha * sinAlpha) * (a * a - b * b) / (b * b)
        }
        var scale: Double { 1 + u2 / 16_384 * (4_096 + u2 * (-768 + u2 * (320 - 175 * u2))) }
        /// What `sigma` differs by from the arc of a sphere.
        var excess: Double {
            let b = u2 / 1_024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
            let (m, s) = (cosMiddle, sin(sigma))
            return b * s
                * (m + b / 4
                    * (cos(sigma) * (-1 + 2 * m * m) - b / 6 * m * (-3 + 4 * s * s) * (-3 + 4 * m * m)))
        }
        var distanceMetres: Double { WGS84.semiMinorMetres * scale * (sigma - excess) }
        /// What longitude on the auxiliary sphere exceeds that on the ellipsoid by, in radians.
        var longitudeExcess: Double {
            let f = WGS84.flattening
            let cos2Alpha = 1 - sinAlpha * sinAlpha
            let c = f / 16 * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha))
            return (1 - c) * f * sinAlpha
                * (sigma + c * sin(sigma) * (cosMiddle + c * cos(sigma) * (-1 + 2 * cosMiddle * cosMiddle)))
        }
    }
}
