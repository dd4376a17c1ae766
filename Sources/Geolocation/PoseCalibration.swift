public import Domain
import Foundation

/// Finds a camera's direction and field of view from things whose place is known.
public enum PoseCalibration {
    /// Something that is seen in the picture and found on the map.
    public struct Landmark: Equatable, Sendable {
        public var picture: PicturePoint
        public var place: GeoPoint
        /// Above sea level.
        public var heightMetres: Double

        public init(picture: PicturePoint, place: GeoPoint, heightMetres: Double) {
            self.picture = picture
            self.place = place
            self.heightMetres = heightMetres
        }
    }

    public struct Result: Equatable, Sendable {
        /// The pose that fits, its `sigmaDegrees` the larger standard error of azimuth and tilt.
        public var pose: CameraPose
        public var azimuthSigmaDegrees: Double
        public var tiltSigmaDegrees: Double
        /// 0 where the roll was not looked for.
        public var rollSigmaDegrees: Double
        public var fieldOfViewSigmaDegrees: Double
        /// How far each landmark lies from where the pose shows it, in degrees to the right and upwards.
        public var residuals: [Residual]
        /// Root of the mean squared distance.
        public var rootMeanSquareDegrees: Double
    }

    public struct Residual: Equatable, Sendable {
        public var rightDegrees: Double
        public var upDegrees: Double
    }

    /// Looks for azimuth, tilt and field of view; position and height are those of the pose.
    ///
    /// Least squares by the method of K. Levenberg (1944) and D. W. Marquardt (1963), from several fields of view, so that
    /// the pose's own angles do not matter.
    ///
    /// - Parameters:
    ///   - findsRoll: look for the roll too; needs three landmarks.
    ///   - pointSigmaFraction: one standard error of a landmark's picture point, as a fraction of the width.
    public static func solve(
        _ start: CameraPose, landmarks: [Landmark], findsRoll: Bool = false,
        pointSigmaFraction: Double = CameraPose.usualPointSigmaFraction
    ) throws(GeographyError) -> Result {
        let needed = findsRoll ? 3 : 2
        guard landmarks.count >= needed else {
            throw GeographyError(
                "the calibration needs \(needed) landmarks, and there are \(landmarks.count)",
                remedy: findsRoll ? "Add landmarks, or leave the roll as it is" : "Add landmarks")
        }
        let problem = Problem(start: start, landmarks: landmarks, findsRoll: findsRoll)
        try problem.check()
        let best = Problem.fieldsOfView.map { problem.descend(from: problem.guess(fieldOfViewDegrees: $0)) }
            .min { $0.cost < $1.cost }
        guard let best, best.cost.isFinite, let inverse = problem.inverse(at: best.angles) else {
            throw GeographyError(
                "the landmarks do not determine the pose",
                remedy: "Choose landmarks far apart in the picture, away from one line of sight")
        }
        return try problem.result(best.angles, inverse: inverse, sigma: pointSigmaFraction)
    }
}

/// The least squares problem; its unknowns are azimuth, tilt, field of view and, if wanted, roll.
private struct Problem {
    let start: CameraPose
    let landmarks: [PoseCalibration.Landmark]
    let findsRoll: Bool
    let keys: [WritableKeyPath<CameraPose, Double>]

    static let fieldsOfView = [5.0, 12, 25, 45, 70, 100]

    init(start: CameraPose, landmarks: [PoseCalibration.Landmark], findsRoll: Bool) {
        self.start = start
        self.landmarks = landmarks
        self.findsRoll = findsRoll
        keys =
            [\.azimuthDegrees, \.tiltDegrees, \.fieldOfViewDegrees] + (findsRoll ? [\.rollDegrees] : [])
    }

    func check() throws(GeographyError) {
        for (index, landmark) in landmarks.enumerated() {
            let point = landmark.picture
            guard point.x.isFinite, point.y.isFinite, (-0.5...1.5).contains(point.x), (-0.5...1.5).contains(point.y)
            else {
                throw GeographyError(
                    "landmark \(index + 1) lies outside the picture",
                    remedy: "Give its point in fractions of width and height, from the upper left corner")
            }
            guard landmark.heightMetres.isFinite, abs(landmark.heightMetres) < 12_000,
                let way = Geodesic.way(from: start.position, to: landmark.place), way.distanceMetres < 200_000
            else {
                throw GeographyError(
                    "landmark \(index + 1) lies farther from the camera than one sees",
                    remedy: "Check that latitude and longitude are not exchanged, and the camera's own position")
            }
            guard way.distanceMetres > 1 else {
                throw GeographyError(
                    "landmark \(index + 1) lies where the camera stands", remedy: "Choose one farther away")
            }
        }
    }

    struct Descent {
        var angles: [Double]
        var cost: Double
    }

    /// A pose with this field of view whose middle looks at the middle of the landmarks.
    func guess(fieldOfViewDegrees: Double) -> [Double] {
        let frame = TangentFrame(at: start.position, heightMetres: start.heightMetres)
        var (east, north, elevation, x, y) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for landmark in landmarks {
            let away = frame.local(WGS84.cartesian(landmark.place, heightMetres: landmark.heightMetres))
            let distance = (away.x * away.x + away.y * away.y).squareRoot()
            east += away.x / distance
            north += away.y / distance
            elevation += atan2(away.z, distance).degrees
            x += landmark.picture.x - 0.5
            y += landmark.picture.y - 0.5
        }
        let count = Double(landmarks.count)
        let azimuth = atan2(east, north).degrees - x / count * fieldOfViewDegrees
        let tilt = elevation / count + y / count * fieldOfViewDegrees / start.aspectRatio
        let roll = findsRoll ? [0.0] : []
        return [azimuth, min(max(tilt, -85), 85), fieldOfViewDegrees] + roll
    }

    func pose(_ angles: [Double]) -> CameraPose {
        var pose = start
        for (key, angle) in zip(keys, angles) { pose[keyPath: key] = angle }
        return pose
    }

    /// Picture distances in fractions of the width; where a landmark would lie behind the camera, a large one.
    func residuals(_ angles: [Double]) -> [Double] {
        let pose = pose(angles)
        guard pose.isUsable else { return [Double](repeating: 1e3, count: landmarks.count * 2) }
        return landmarks.flatMap { landmark -> [Double] in
            guard let seen = pose.point(of: landmark.place, heightMetres: landmark.heightMetres) else {
                return [1e3, 1e3]
            }
            return [landmark.picture.x - seen.x, (landmark.picture.y - seen.y) / pose.aspectRatio]
        }
    }

    /// Derivatives of the residuals, one row for each unknown.
    private func derivatives(_ angles: [Double]) -> [[Double]] {
        let step = 1e-5
        return angles.indices.map { index in
            var (up, down) = (angles, angles)
            up[index] += step
            down[index] -= step
            return zip(residuals(up), residuals(down)).map { ($0 - $1) / (2 * step) }
        }
    }

    private func normalMatrix(_ rows: [[Double]]) -> [[Double]] {
        rows.map { a in rows.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
    }

    func descend(from guess: [Double]) -> Descent {
        func cost(_ angles: [Double]) -> Double { residuals(angles).reduce(0) { $0 + $1 * $1 } }
        var current = Descent(angles: guess, cost: cost(guess))
        var damping = 1e-3
        for _ in 0..<100 where damping < 1e12 {
            let rows = derivatives(current.angles)
            let now = residuals(current.angles)
            var matrix = normalMatrix(rows)
            for index in matrix.indices { matrix[index][index] *= 1 + damping }
            let slope = rows.map { row in -zip(row, now).reduce(0) { $0 + $1.0 * $1.1 } }
            guard let step = LinearSystem.solve(matrix, slope) else { break }
            let angles = zip(current.angles, step).map { $0 + $1 }
            let next = cost(angles)
            guard next < current.cost else {
                damping *= 10
                continue
            }
            let gain = current.cost - next
            current = Descent(angles: angles, cost: next)
            damping = max(damping / 10, 1e-12)
            if gain < 1e-18 { break }
        }
        return current
    }

    func inverse(at angles: [Double]) -> [[Double]]? { LinearSystem.inverse(normalMatrix(derivatives(angles))) }

    func result(
        _ angles: [Double], inverse: [[Double]], sigma: Double
    ) throws(GeographyError) -> PoseCalibration.Result {
        let found = residuals(angles)
        let freedom = Double(max(found.count - angles.count, 1))
        let variance = max(sigma * sigma, found.reduce(0) { $0 + $1 * $1 } / freedom)
        let errors = inverse.indices.map { max(inverse[$0][$0] * variance, 0).squareRoot() }
        guard errors.allSatisfy({ $0 < 20 }), found.allSatisfy({ abs($0) < 1 }) else {
            throw GeographyError(
                "the landmarks do not fit any pose, or leave it open",
                remedy: "Check each landmark's point and place, and choose some far apart in the picture")
        }
        var pose = pose(angles)
        pose.azimuthDegrees = pose.azimuthDegrees.wrappedTo360
        pose.sigmaDegrees = max(errors[0], errors[1])
        // A fraction of the width at the picture's middle, as an angle.
        let perWidth = (2 * tan(pose.fieldOfViewDegrees.radians / 2)).degrees
        let residuals = stride(from: 0, to: found.count, by: 2).map {
            PoseCalibration.Residual(rightDegrees: found[$0] * perWidth, upDegrees: -found[$0 + 1] * perWidth)
        }
        let squares = residuals.reduce(0) { $0 + $1.rightDegrees * $1.rightDegrees + $1.upDegrees * $1.upDegrees }
        return PoseCalibration.Result(
            pose: pose, azimuthSigmaDegrees: errors[0], tiltSigmaDegrees: errors[1],
            rollSigmaDegrees: findsRoll ? errors[3] : 0, fieldOfViewSigmaDegrees: errors[2], residuals: residuals,
            rootMeanSquareDegrees: (squares / Double(residuals.count)).squareRoot())
    }
}
