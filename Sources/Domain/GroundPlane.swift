/// The ground that a camera sees, as far as it is flat: takes picture points to metres on it and tells speeds in metres.
///
/// Made of four points whose places are known both in the picture and on the ground. The plane-to-plane homography is
/// solved from the eight equations that they give (Hartley and Zisserman, "Multiple View Geometry", section 4.1).
public struct GroundPlane: Hashable, Sendable {
    /// A place on the ground in metres from an origin of the site's choice.
    public struct Place: Hashable, Sendable {
        public var x: Double
        public var y: Double

        public init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }

        /// Metres between two places.
        public func distance(to other: Place) -> Double {
            ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
        }
    }

    /// One point known in both.
    public struct Reference: Hashable, Sendable {
        public var picture: PicturePoint
        public var ground: Place

        public init(picture: PicturePoint, ground: Place) {
            self.picture = picture
            self.ground = ground
        }
    }

    /// Row by row; the ninth coefficient is 1 by construction.
    private let coefficients: [Double]
    /// Sign that the denominator has on the side of the horizon where the references lie.
    private let side: Double

    /// - Parameter references: four, no three of them on one line, neither in the picture nor on the ground.
    /// - Returns: `nil` where they are not, or where they do not fit any view of a plane.
    public init?(_ references: [Reference]) {
        guard references.count == 4,
            Self.isSpread(references.map { Place(x: $0.picture.x, y: $0.picture.y) }),
            Self.isSpread(references.map(\.ground)), let solution = Self.solve(references)
        else { return nil }
        coefficients = solution
        func denominator(_ point: PicturePoint) -> Double { solution[6] * point.x + solution[7] * point.y + 1 }
        let signs = references.map { denominator($0.picture) }
        // A horizon between the references is none that a camera could see.
        guard signs.allSatisfy({ $0 > 1e-9 }) || signs.allSatisfy({ $0 < -1e-9 }) else { return nil }
        side = signs[0] > 0 ? 1 : -1
    }

    /// Where a picture point lies on the ground; `nil` for one at or above the horizon.
    public func place(at point: PicturePoint) -> Place? {
        let h = coefficients
        let denominator = h[6] * point.x + h[7] * point.y + 1
        guard denominator * side > 1e-6 else { return nil }
        let place = Place(
            x: (h[0] * point.x + h[1] * point.y + h[2]) / denominator,
            y: (h[3] * point.x + h[4] * point.y + h[5]) / denominator)
        return place.x.isFinite && place.y.isFinite ? place : nil
    }

    /// The same for the same plane.
    public var canonicalText: String { coefficients.map { "\($0)" }.joined(separator: " ") }

    /// Whether no three of the points lie on one line, judged against how far apart they are.
    private static func isSpread(_ points: [Place]) -> Bool {
        guard points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return false }
        let extent = points.flatMap { a in points.map { a.distance(to: $0) } }.max() ?? 0
        guard extent > 0 else { return false }
        for left in points.indices {
            let three = points.indices.filter { $0 != left }.map { points[$0] }
            let (a, b, c) = (three[0], three[1], three[2])
            let area = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
            if abs(area) < 1e-4 * extent * extent { return false }
        }
        return true
    }

    /// Gaussian elimination with partial pivoting.
    private static func solve(_ references: [Reference]) -> [Double]? {
        var rows: [[Double]] = []
        for reference in references {
            let (x, y) = (reference.picture.x, reference.picture.y)
            let (u, v) = (reference.ground.x, reference.ground.y)
            rows.append([x, y, 1, 0, 0, 0, -x * u, -y * u, u])
            rows.append([0, 0, 0, x, y, 1, -x * v, -y * v, v])
        }
        for column in 0..<8 {
            guard let pivot = (column..<8).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
                abs(rows[pivot][column]) > 1e-12
            else { return nil }
            rows.swapAt(column, pivot)
            for row in 0..<8 where row != column {
                let factor = rows[row][column] / rows[column][column]
                guard factor != 0 else { continue }
                for index in column...8 { rows[row][index] -= factor * rows[column][index] }
            }
        }
        let solution = (0..<8).map { rows[$0][8] / rows[$0][$0] }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }
}
