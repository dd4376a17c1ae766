public import Domain
import Foundation

/// What a line of sight can meet.
public enum Ground: Sendable {
    /// Everything lies at one height above sea level.
    case level(heightMetres: Double)
    case model(ElevationGrid)
}

/// Where a line of sight meets the ground: the foot of a plume, when its lowest picture point stands on the ground.
public struct GroundContact: Equatable, Sendable {
    public var fix: PositionFix
    public var rangeMetres: Double
    /// To the east of the camera, along the ground.
    public var eastMetres: Double
    /// To the north.
    public var northMetres: Double
    /// Where the line of sight would meet the ground if it pointed lower by one standard error.
    public var nearMetres: Double
    /// The same, if it pointed higher.
    public var farMetres: Double
    /// Height of the ground there.
    public var heightMetres: Double
    /// The line of sight passed over cells without data, whose ground was taken to lie below it.
    public var passedUnknownGround: Bool

    /// Farther away nothing is looked for.
    static let maximumRangeMetres = 100_000.0

    /// Follows a line of sight to the ground.
    ///
    /// The height of a ray over a round earth with refraction is `h + s tan e + (1 - k) s² / 2R`, with k = 0.13 the
    /// coefficient of refraction (V. Brunner, ed., "Geodetic Refraction", Springer 1984). On a model the first hit counts;
    /// a step is half a cell.
    ///
    /// - Throws: why there is no such place.
    public static func find(
        camera: CameraID, pose: CameraPose, sightLine: SightLine, on ground: Ground
    ) throws(LocationRefusal) -> GroundContact {
        guard pose.isUsable, sightLine.elevationDegrees.isFinite, sightLine.azimuthDegrees.isFinite,
            sightLine.elevationSigmaDegrees.isFinite, sightLine.azimuthSigmaDegrees.isFinite
        else { throw .unusable(camera: camera) }
        let sigma = max(sightLine.elevationSigmaDegrees, 0.001)
        let hit = try Ray(pose, sightLine).meet(ground)
        let near = try Ray(pose, sightLine, raisedBy: -sigma).meet(ground)
        let far: Ray.Hit
        do throws(LocationRefusal) {
            far = try Ray(pose, sightLine, raisedBy: sigma).meet(ground)
        } catch {
            throw .undetermined(nearMetres: near.rangeMetres)
        }
        let along = max((far.rangeMetres - near.rangeMetres) / 2, 0.1)
        let across = max(hit.rangeMetres * sightLine.azimuthSigmaDegrees.radians, 0.1)
        let fix = PositionFix(
            method: .ground, point: hit.point,
            covariance: PositionCovariance(
                azimuthDegrees: sightLine.azimuthDegrees, alongSigmaMetres: along, acrossSigmaMetres: across),
            chiSquare: 0, degreesOfFreedom: 0, crossingDegrees: 0, leftOut: [])
        return GroundContact(
            fix: fix, rangeMetres: hit.rangeMetres,
            eastMetres: hit.rangeMetres * sin(sightLine.azimuthDegrees.radians),
            northMetres: hit.rangeMetres * cos(sightLine.azimuthDegrees.radians), nearMetres: near.rangeMetres,
            farMetres: far.rangeMetres,
            heightMetres: hit.heightMetres, passedUnknownGround: hit.passedUnknownGround)
    }
}

extension SightLine {
    /// Height above sea level at which it passes a distance from the camera, refraction and the round earth included.
    public func heightMetres(atMetres distance: Double, from pose: CameraPose) -> Double {
        Ray(pose, self).height(at: distance)
    }
}

/// A line of sight as a height over the distance walked below it.
private struct Ray {
    struct Hit {
        var point: GeoPoint
        var rangeMetres: Double
        var heightMetres: Double
        var passedUnknownGround: Bool
    }

    let origin: GeoPoint
    let heightMetres: Double
    let azimuthDegrees: Double
    let slope: Double
    /// Height gained over the curved ground, per square metre.
    let bend: Double

    init(_ pose: CameraPose, _ line: SightLine, raisedBy degrees: Double = 0) {
        origin = pose.position
        heightMetres = pose.heightMetres
        azimuthDegrees = line.azimuthDegrees
        slope = tan(min(max(line.elevationDegrees + degrees, -89.999), 89.999).radians)
        bend =
            (1 - Refraction.coefficient)
            / (2 * WGS84.meanRadiusMetres(latitudeDegrees: pose.position.latitudeDegrees))
    }

    func meet(_ ground: Ground) throws(LocationRefusal) -> Hit {
        switch ground {
        case .level(let height): try meetLevel(height)
        case .model(let grid): try meetModel(grid)
        }
    }

    func height(at distance: Double) -> Double { heightMetres + slope * distance + bend * distance * distance }

    private func point(at distance: Double) throws(LocationRefusal) -> GeoPoint {
        let point = Geodesic.point(from: origin, azimuthDegrees: azimuthDegrees, distanceMetres: distance)
        guard let point else { throw .beyondModel(metres: distance) }
        return point
    }

    private func meetLevel(_ ground: Double) throws(LocationRefusal) -> Hit {
        let above = heightMetres - ground
        guard above > 0 else { throw .belowGround(groundMetres: ground) }
        let inside = slope * slope - 4 * bend * above
        guard slope < 0, inside >= 0 else { throw .aboveHorizon }
        let range = 2 * above / (-slope + inside.squareRoot())
        guard range <= GroundContact.maximumRangeMetres else { throw .aboveHorizon }
        return Hit(point: try point(at: range), rangeMetres: range, heightMetres: ground, passedUnknownGround: false)
    }

    private func meetModel(_ grid: ElevationGrid) throws(LocationRefusal) -> Hit {
        if case .known(let metres) = grid.height(at: origin), metres >= heightMetres {
            throw .belowGround(groundMetres: metres)
        }
        let metresPerDegree = WGS84.meanRadiusMetres(latitudeDegrees: origin.latitudeDegrees) * .pi / 180
        let narrowing = max(cos(origin.latitudeDegrees.radians), 0.01)
        let cell = metresPerDegree * min(grid.cellHeightDegrees, grid.cellWidthDegrees * narrowing)
        let step = min(max(cell / 2, 2), 200)
        var passed = false
        var clear = 0.0
        var distance = step
        while distance <= GroundContact.maximumRangeMetres {
            let height = height(at: distance)
            switch grid.height(at: try point(at: distance)) {
            case .outside: throw .beyondModel(metres: distance)
            case .unknown:
                if height < grid.lowestMetres { throw .unknownGround(metres: distance) }
                passed = true
            case .known(let metres) where height <= metres:
                return try hit(between: clear, and: distance, grid, passed)
            case .known: clear = distance
            }
            distance += step
        }
        throw .aboveHorizon
    }

    /// Halves the last step until the contact is known to a decimetre.
    private func hit(
        between clear: Double, and below: Double, _ grid: ElevationGrid, _ passed: Bool
    ) throws(LocationRefusal) -> Hit {
        var (low, high) = (clear, below)
        while high - low > 0.1 {
            let middle = (low + high) / 2
            if case .known(let metres) = grid.height(at: try point(at: middle)), height(at: middle) <= metres {
                high = middle
            } else {
                low = middle
            }
        }
        return Hit(
            point: try point(at: high), rangeMetres: high, heightMetres: height(at: high), passedUnknownGround: passed)
    }
}
