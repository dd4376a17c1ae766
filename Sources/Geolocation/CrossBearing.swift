import Domain
import Foundation

/// Finds where bearings of several cameras cross: weighted least squares on the ellipsoid.
///
/// A camera sees along a straight line, so that a bearing is the azimuth of the target in the camera's own tangent frame;
/// the tangent frames of cameras tens of kilometres apart differ, and the earth-centred coordinates allow for it. Weights
/// are those of the lines' distances from the position: one by range times standard error, squared. The error ellipse is
/// that of the inverse normal matrix (R. G. Stansfield, "Statistical theory of D.F. fixing", Journal of the IEE 94, 1947).
public enum CrossBearing {
    /// Under this angle a crossing is refused.
    public static let minimumCrossingDegrees = 10.0
    /// A crossing farther away is refused.
    public static let maximumRangeMetres = 100_000.0
    /// Bearings disagree where chi-square exceeds what one in a thousand agreeing sets does.
    static let significanceZ = 3.0902323061678132
    /// Cameras nearer than this to one another count as one place.
    private static let samePlaceMetres = 1.0

    /// The position that fits bearings best.
    ///
    /// With four bearings or more, one that alone disagrees with all others is left out and named in the fix.
    ///
    /// - Throws: why there is no such position.
    public static func fix(_ bearings: [Bearing]) throws(LocationRefusal) -> PositionFix {
        do throws(LocationRefusal) {
            return try agreeing(bearings)
        } catch {
            guard bearings.count >= 4, isDisagreement(error) else { throw error }
            guard let fix = withoutOne(bearings) else { throw error }
            return fix
        }
    }

    /// The position without the one bearing that alone disagrees; `nil` where it could be this one or that one.
    private static func withoutOne(_ bearings: [Bearing]) -> PositionFix? {
        var found: [(fix: PositionFix?, chiSquare: Double)] = []
        for index in bearings.indices {
            var others = bearings
            let left = others.remove(at: index)
            do throws(LocationRefusal) {
                var fix = try agreeing(others)
                fix.leftOut = [left.camera]
                found.append((fix, fix.chiSquare))
            } catch {
                guard case .disagree(let chiSquare, _, _) = error else { continue }
                found.append((nil, chiSquare))
            }
        }
        found.sort { $0.chiSquare < $1.chiSquare }
        guard let best = found.first, let fix = best.fix else { return nil }
        if found.count > 1, found[1].chiSquare - best.chiSquare < clearlyWorse { return nil }
        return fix
    }

    /// A set of bearings is clearly worse than another where its chi-square is greater by three standard errors, squared.
    private static let clearlyWorse = 9.0

    private static func isDisagreement(_ refusal: LocationRefusal) -> Bool {
        switch refusal {
        case .disagree, .behind, .divergent, .tooFar: true
        default: false
        }
    }

    private static func agreeing(_ bearings: [Bearing]) throws(LocationRefusal) -> PositionFix {
        guard bearings.count >= 2 else { throw .tooFewBearings(count: bearings.count) }
        for bearing in bearings {
            guard bearing.azimuthDegrees.isFinite, bearing.sigmaDegrees.isFinite, bearing.sigmaDegrees >= 0 else {
                throw .unusable(camera: bearing.camera)
            }
        }
        let lines = bearings.map(Line.init)
        let first = try crossing(of: lines)
        let solution = try refine(lines, from: first)
        try check(lines, solution)
        return PositionFix(
            method: .crossBearing, point: solution.point, covariance: solution.covariance,
            chiSquare: solution.chiSquare, degreesOfFreedom: lines.count - 2,
            crossingDegrees: solution.crossingDegrees, leftOut: [])
    }

    /// A bearing with what it takes to compute with it.
    private struct Line {
        let bearing: Bearing
        let frame: TangentFrame
        let sigmaRadians: Double

        init(_ bearing: Bearing) {
            self.bearing = bearing
            frame = TangentFrame(at: bearing.origin)
            // A standard error of nothing would weigh infinitely much.
            sigmaRadians = max(bearing.sigmaDegrees, 0.001).radians
        }
    }

    /// Where straight lines in one plane cross best: a start for the ellipsoid.
    private static func crossing(of lines: [Line]) throws(LocationRefusal) -> GeoPoint {
        let sum = lines.reduce(Vector3(x: 0, y: 0, z: 0)) { $0 + $1.frame.origin }
        guard let middle = WGS84.geodetic(sum * (1 / Double(lines.count))) else { throw .onePlace }
        let plane = TangentFrame(at: middle)
        let rays = lines.map { line in
            let start = plane.local(line.frame.origin)
            let direction = plane.horizontal(azimuthDegrees: line.bearing.azimuthDegrees, of: line.frame)
            return (x: start.x, y: start.y, east: direction.east, north: direction.north)
        }
        var widest: Double?
        for i in rays.indices {
            for j in rays.indices.dropFirst(i + 1) {
                let (dx, dy) = (rays[i].x - rays[j].x, rays[i].y - rays[j].y)
                guard (dx * dx + dy * dy).squareRoot() > samePlaceMetres else { continue }
                let angle = angleBetweenLines(
                    atan2(rays[i].east, rays[i].north).degrees, atan2(rays[j].east, rays[j].north).degrees)
                widest = max(widest ?? 0, angle)
            }
        }
        guard let widest else { throw .onePlace }
        guard widest >= minimumCrossingDegrees else { throw .narrow(crossingDegrees: widest) }
        var normal = NormalMatrix()
        for ray in rays {
            // Across the line, to its right.
            normal.add(east: ray.north, north: -ray.east, value: ray.north * ray.x - ray.east * ray.y, weight: 1)
        }
        guard let best = normal.solution, let start = WGS84.geodetic(plane.world(east: best.east, north: best.north))
        else { throw .narrow(crossingDegrees: widest) }
        let behind = zip(lines, rays).filter { _, ray in
            (best.east - ray.x) * ray.east + (best.north - ray.y) * ray.north <= 0
        }
        if behind.count == lines.count { throw .divergent }
        if let first = behind.first { throw .behind(camera: first.0.bearing.camera) }
        return start
    }

    private struct Solution {
        var point: GeoPoint
        var covariance: PositionCovariance
        var chiSquare: Double
        var crossingDegrees: Double
        var farthestMetres: Double
        var worst: CameraID
        var behind: CameraID?
    }

    /// Gauss-Newton steps on the ellipsoid until the position rests.
    private static func refine(_ lines: [Line], from start: GeoPoint) throws(LocationRefusal) -> Solution {
        var point = start
        for _ in 0..<30 {
            let (normal, solution) = measure(lines, at: point)
            guard let step = normal.solution, step.east.isFinite, step.north.isFinite else {
                throw .narrow(crossingDegrees: solution.crossingDegrees)
            }
            let length = (step.east * step.east + step.north * step.north).squareRoot()
            if length < 0.001 { return solution }
            // A step farther than any camera sees would leave the region where bearings bend little.
            let scale = min(1, maximumRangeMetres / length)
            let frame = TangentFrame(at: point)
            guard let next = WGS84.geodetic(frame.world(east: step.east * scale, north: step.north * scale)) else {
                break
            }
            point = next
        }
        return measure(lines, at: point).1
    }

    private static func measure(_ lines: [Line], at point: GeoPoint) -> (NormalMatrix, Solution) {
        let frame = TangentFrame(at: point)
        let place = frame.origin
        var normal = NormalMatrix()
        var solution = Solution(
            point: point, covariance: PositionCovariance(east: 0, north: 0, eastNorth: 0), chiSquare: 0,
            crossingDegrees: 0, farthestMetres: 0, worst: lines[0].bearing.camera, behind: nil)
        var worst = -1.0
        var azimuths: [Double] = []
        for line in lines {
            let away = line.frame.local(place)
            let range = max((away.x * away.x + away.y * away.y).squareRoot(), 0.1)
            let azimuth = atan2(away.x, away.y).degrees
            let residual = (line.bearing.azimuthDegrees - azimuth).wrappedTo180
            let direction = frame.horizontal(azimuthDegrees: azimuth, of: line.frame)
            let deviation = residual.radians / line.sigmaRadians
            // A step to the right of the line turns the bearing to the right by step / range.
            normal.add(
                east: direction.north, north: -direction.east, value: residual.radians * range,
                weight: 1 / (range * line.sigmaRadians * range * line.sigmaRadians))
            solution.chiSquare += deviation * deviation
            solution.farthestMetres = max(solution.farthestMetres, range)
            if abs(residual) > 90 { solution.behind = line.bearing.camera }
            if abs(deviation) > worst {
                worst = abs(deviation)
                solution.worst = line.bearing.camera
            }
            azimuths.append(atan2(direction.east, direction.north).degrees)
        }
        for i in azimuths.indices {
            for j in azimuths.indices.dropFirst(i + 1) {
                solution.crossingDegrees = max(solution.crossingDegrees, angleBetweenLines(azimuths[i], azimuths[j]))
            }
        }
        if let inverse = normal.inverse { solution.covariance = inverse }
        return (normal, solution)
    }

    private static func check(_ lines: [Line], _ solution: Solution) throws(LocationRefusal) {
        if let camera = solution.behind { throw .behind(camera: camera) }
        guard solution.crossingDegrees >= minimumCrossingDegrees, solution.covariance.east > 0 else {
            throw .narrow(crossingDegrees: solution.crossingDegrees)
        }
        guard solution.farthestMetres <= maximumRangeMetres else { throw .tooFar(metres: solution.farthestMetres) }
        let limit = chiSquareLimit(degreesOfFreedom: lines.count - 2)
        guard lines.count == 2 || solution.chiSquare <= limit else {
            throw .disagree(chiSquare: solution.chiSquare, limit: limit, worst: solution.worst)
        }
    }

    /// What one in a thousand chi-square values exceeds.
    ///
    /// Source: exact for one and two degrees, else E. B. Wilson, M. M. Hilferty, "The distribution of chi-square",
    /// PNAS 17 (1931), within 1 %.
    static func chiSquareLimit(degreesOfFreedom count: Int) -> Double {
        switch count {
        case ...0: return 0
        case 1: return 10.827566170662733
        case 2: return 13.815510557964274
        default:
            let share = 2 / (9 * Double(count))
            let root = 1 - share + significanceZ * share.squareRoot()
            return Double(count) * root * root * root
        }
    }
}

/// Normal equations of two unknowns: metres east and north.
struct NormalMatrix {
    private var ee = 0.0
    private var en = 0.0
    private var nn = 0.0
    private var e = 0.0
    private var n = 0.0

    /// One equation `east * x + north * y = value`.
    mutating func add(east: Double, north: Double, value: Double, weight: Double) {
        ee += weight * east * east
        en += weight * east * north
        nn += weight * north * north
        e += weight * east * value
        n += weight * north * value
    }

    /// `nil` where the equations leave a direction open.
    var inverse: PositionCovariance? {
        let determinant = ee * nn - en * en
        guard determinant > 1e-12 * ee * nn, determinant > 0 else { return nil }
        return PositionCovariance(east: nn / determinant, north: ee / determinant, eastNorth: -en / determinant)
    }

    var solution: (east: Double, north: Double)? {
        inverse.map { ($0.east * e + $0.eastNorth * n, $0.eastNorth * e + $0.north * n) }
    }
}
