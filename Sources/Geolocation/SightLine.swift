public import Domain
import Foundation

/// The direction in which a picture point lies, seen from its camera, with its standard error.
public struct SightLine: Equatable, Sendable {
    /// Clockwise from true north, 0 to 360.
    public var azimuthDegrees: Double
    /// Above the horizontal, -90 to 90; as it appears, refraction included.
    public var elevationDegrees: Double
    /// One standard error of the azimuth.
    public var azimuthSigmaDegrees: Double
    /// One standard error of the elevation.
    public var elevationSigmaDegrees: Double
}

extension CameraPose {
    /// One standard error of a picture point in fractions of the picture's width: two pixels of 1,280, which is how
    /// well people and detectors place the foot of a plume.
    public static let usualPointSigmaFraction = 2.0 / 1280

    /// Whether every number is one, and the field of view and the shape of the picture are possible.
    public var isUsable: Bool {
        let numbers = [heightMetres, azimuthDegrees, tiltDegrees, rollDegrees, sigmaDegrees]
        return numbers.allSatisfy(\.isFinite) && abs(heightMetres) < 20_000 && (-90...90).contains(tiltDegrees)
            && sigmaDegrees >= 0 && fieldOfViewDegrees > 0 && fieldOfViewDegrees < 180 && aspectRatio > 0
            && aspectRatio.isFinite
    }

    /// Where a picture point lies, by the pinhole model: equal steps in the picture are not equal angles.
    ///
    /// The error of the pose (azimuth, tilt and roll each by `sigmaDegrees`) and that of the point are carried over to
    /// first order.
    ///
    /// - Parameters:
    ///   - point: fractions of the picture; points a little outside it are fine.
    ///   - pointSigmaFraction: one standard error of the point in each direction, as a fraction of the width.
    /// - Returns: `nil` where the pose or the point is no usable number.
    public func sightLine(
        to point: PicturePoint, pointSigmaFraction: Double = usualPointSigmaFraction
    ) -> SightLine? {
        guard isUsable, point.x.isFinite, point.y.isFinite, abs(point.x) < 10, abs(point.y) < 10,
            pointSigmaFraction.isFinite
        else { return nil }
        let middle = direction(of: point)
        let step = 1e-4
        let pointStep = 1e-5
        var azimuthVariance = 0.0
        var elevationVariance = 0.0
        func add(_ moved: (azimuth: Double, elevation: Double), perStep sigmaSteps: Double) {
            let azimuth = (moved.azimuth - middle.azimuth).wrappedTo180 * sigmaSteps
            let elevation = (moved.elevation - middle.elevation) * sigmaSteps
            azimuthVariance += azimuth * azimuth
            elevationVariance += elevation * elevation
        }
        for key in [\CameraPose.azimuthDegrees, \CameraPose.tiltDegrees, \CameraPose.rollDegrees] {
            var moved = self
            moved[keyPath: key] += step
            add(moved.direction(of: point), perStep: sigmaDegrees / step)
        }
        for moved in [
            PicturePoint(x: point.x + pointStep, y: point.y),
            PicturePoint(x: point.x, y: point.y + pointStep * aspectRatio),
        ] {
            add(direction(of: moved), perStep: pointSigmaFraction / pointStep)
        }
        return SightLine(
            azimuthDegrees: middle.azimuth, elevationDegrees: middle.elevation,
            azimuthSigmaDegrees: azimuthVariance.squareRoot(), elevationSigmaDegrees: elevationVariance.squareRoot())
    }

    /// Where a direction appears in the picture; `nil` where it lies behind the camera or beside all that a pinhole shows.
    public func point(azimuthDegrees azimuth: Double, elevationDegrees elevation: Double) -> PicturePoint? {
        let (right, up, forward) = axes
        let direction = Vector3(
            x: cos(elevation.radians) * sin(azimuth.radians), y: cos(elevation.radians) * cos(azimuth.radians),
            z: sin(elevation.radians))
        let depth = direction.dot(forward)
        guard depth > 1e-6 else { return nil }
        let halfWidth = tan(fieldOfViewDegrees.radians / 2)
        return PicturePoint(
            x: 0.5 + direction.dot(right) / depth / halfWidth / 2,
            y: 0.5 - direction.dot(up) / depth / halfWidth * aspectRatio / 2)
    }

    /// Where a place appears in the picture, refraction included; `nil` where it lies behind the camera.
    public func point(of place: GeoPoint, heightMetres placeHeight: Double) -> PicturePoint? {
        let frame = TangentFrame(at: position, heightMetres: heightMetres)
        let away = frame.local(WGS84.cartesian(place, heightMetres: placeHeight))
        let distance = (away.x * away.x + away.y * away.y).squareRoot()
        guard distance > 0, distance < 1e6 else { return nil }
        let lift = Refraction.liftMetres(atMetres: distance, latitudeDegrees: position.latitudeDegrees)
        return point(
            azimuthDegrees: atan2(away.x, away.y).degrees, elevationDegrees: atan2(away.z + lift, distance).degrees)
    }

    /// Azimuth (0 to 360) and elevation of a picture point, in degrees.
    private func direction(of point: PicturePoint) -> (azimuth: Double, elevation: Double) {
        let (right, up, forward) = axes
        let halfWidth = tan(fieldOfViewDegrees.radians / 2)
        let ray =
            forward + right * ((point.x - 0.5) * 2 * halfWidth) + up * ((0.5 - point.y) * 2 * halfWidth / aspectRatio)
        let level = (ray.x * ray.x + ray.y * ray.y).squareRoot()
        return (atan2(ray.x, ray.y).degrees.wrappedTo360, atan2(ray.z, level).degrees)
    }

    /// The camera's own directions as east, north and up.
    private var axes: (right: Vector3, up: Vector3, forward: Vector3) {
        let (azimuth, tilt, roll) = (azimuthDegrees.radians, tiltDegrees.radians, rollDegrees.radians)
        let forward = Vector3(x: cos(tilt) * sin(azimuth), y: cos(tilt) * cos(azimuth), z: sin(tilt))
        let level = Vector3(x: cos(azimuth), y: -sin(azimuth), z: 0)
        let steep = Vector3(x: -sin(tilt) * sin(azimuth), y: -sin(tilt) * cos(azimuth), z: cos(tilt))
        return (level * cos(roll) - steep * sin(roll), steep * cos(roll) + level * sin(roll), forward)
    }
}

/// Air bends light downwards, so that far things appear higher than they are.
enum Refraction {
    /// The usual coefficient over land by day; the path's curvature by the earth's.
    static let coefficient = 0.13

    /// By how much something at a distance appears higher than it is.
    static func liftMetres(atMetres distance: Double, latitudeDegrees: Double) -> Double {
        coefficient * distance * distance / (2 * WGS84.meanRadiusMetres(latitudeDegrees: latitudeDegrees))
    }
}
