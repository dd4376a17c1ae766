public import Domain
import Foundation

/// The direction of something, seen from a known place.
public struct Bearing: Equatable, Sendable {
    public var camera: CameraID
    public var origin: GeoPoint
    /// Clockwise from true north.
    public var azimuthDegrees: Double
    /// One standard error.
    public var sigmaDegrees: Double

    public init(camera: CameraID, origin: GeoPoint, azimuthDegrees: Double, sigmaDegrees: Double) {
        self.camera = camera
        self.origin = origin
        self.azimuthDegrees = azimuthDegrees
        self.sigmaDegrees = sigmaDegrees
    }

    public init(camera: CameraID, pose: CameraPose, sightLine: SightLine) {
        self.init(
            camera: camera, origin: pose.position, azimuthDegrees: sightLine.azimuthDegrees,
            sigmaDegrees: sightLine.azimuthSigmaDegrees)
    }

    /// By how much a place lies to the right of the bearing, in degrees from -180 to 180.
    public func turn(to place: GeoPoint) -> Double {
        let away = TangentFrame(at: origin).local(WGS84.cartesian(place))
        return (atan2(away.x, away.y).degrees - azimuthDegrees).wrappedTo180
    }
}

/// A position with its error.
public struct PositionFix: Equatable, Sendable {
    public enum Method: String, Sendable {
        /// Where bearings cross.
        case crossBearing = "cross-bearing"
        /// Where one line of sight meets the ground.
        case ground
    }

    public var method: Method
    public var point: GeoPoint
    public var covariance: PositionCovariance
    /// Sum of squared deviations of the bearings from the position, in standard errors.
    public var chiSquare: Double
    public var degreesOfFreedom: Int
    /// The widest angle under which two of the bearings cross; 0 for a single line of sight.
    public var crossingDegrees: Double
    /// Cameras whose bearing was left out, since without it the others agree.
    public var leftOut: [CameraID]

    public var ellipse: ErrorEllipse { ErrorEllipse(covariance) }

    /// Squared Mahalanobis distance of a place from this position: below `ErrorEllipse.chiSquare95` inside the ellipse.
    public func squaredDeviation(of place: GeoPoint) -> Double {
        let away = TangentFrame(at: point).local(WGS84.cartesian(place))
        return covariance.squaredDeviation(eastMetres: away.x, northMetres: away.y)
    }
    /// Squared Mahalanobis distance of two positions that are both uncertain.
    public func squaredDeviation(from other: PositionFix) -> Double {
        let away = TangentFrame(at: point).local(WGS84.cartesian(other.point))
        let sum = PositionCovariance(
            east: covariance.east + other.covariance.east, north: covariance.north + other.covariance.north,
            eastNorth: covariance.eastNorth + other.covariance.eastNorth)
        return sum.squaredDeviation(eastMetres: away.x, northMetres: away.y)
    }

    /// By how many degrees the position may be wrong to the side, seen from where a way to it begins.
    public func crossSigmaDegrees(seenUnder way: Geodesic.Way) -> Double {
        let azimuth = way.arrivalAzimuthDegrees.radians
        let side = covariance.variance(east: cos(azimuth), north: -sin(azimuth)).squareRoot()
        return atan2(side, way.distanceMetres).degrees
    }
}
