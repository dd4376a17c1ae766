import Domain

/// Whether corners make a polygon that has an inside.
enum PolygonCheck {
    struct Finding {
        var problem: String
        var remedy: String
    }

    /// - Parameter corners: three at least, from 0 to 1.
    /// - Returns: what is wrong, or `nil`.
    static func finding(in corners: [PicturePoint]) -> Finding? {
        if corners.first == corners.last {
            return Finding(
                problem: "the polygon's last corner is its first", remedy: "Leave it out: the polygon closes by itself")
        }
        if let twice = corners.indices.first(where: { corners[$0..<corners.count].dropFirst().contains(corners[$0]) }) {
            return Finding(
                problem: "the polygon has the corner \(text(corners[twice])) twice", remedy: "Give each corner once")
        }
        let count = corners.count
        for i in 0..<count {
            for j in i + 1..<count {
                let isNeighbour = j == i + 1 || (i == 0 && j == count - 1)
                let (a, b, c, d) = (corners[i], corners[(i + 1) % count], corners[j], corners[(j + 1) % count])
                if isNeighbour ? foldsBack(a, b, c, d) : meet(a, b, c, d) {
                    return Finding(
                        problem: "the polygon's edge \(text(a)) to \(text(b)) meets its edge \(text(c)) to \(text(d))",
                        remedy: "Give the corners in the order in which one walks around the zone")
                }
            }
        }
        guard area(corners) >= 1e-6 else {
            return Finding(problem: "the polygon has no area", remedy: "Move its corners apart")
        }
        return nil
    }

    private static func text(_ point: PicturePoint) -> String {
        JSONValue.array([.number(point.x), .number(point.y)]).description
    }

    /// Twice the signed area of a triangle: positive where `c` lies left of the way from `a` to `b`.
    private static func turn(_ a: PicturePoint, _ b: PicturePoint, _ c: PicturePoint) -> Double {
        (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)
    }

    /// Whether two segments share a point (de Berg et al., "Computational Geometry", section 2.1).
    private static func meet(_ a: PicturePoint, _ b: PicturePoint, _ c: PicturePoint, _ d: PicturePoint) -> Bool {
        let (abc, abd, cda, cdb) = (turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b))
        if (abc > 0) != (abd > 0), (cda > 0) != (cdb > 0), abc != 0, abd != 0, cda != 0, cdb != 0 { return true }
        return (abc == 0 && isBetween(c, a, b)) || (abd == 0 && isBetween(d, a, b))
            || (cda == 0 && isBetween(a, c, d)) || (cdb == 0 && isBetween(b, c, d))
    }

    /// Whether the second of two neighbouring edges runs back over the first.
    private static func foldsBack(_ a: PicturePoint, _ b: PicturePoint, _ c: PicturePoint, _ d: PicturePoint) -> Bool {
        let (tip, one, other) = b == c ? (b, a, d) : (a, b, c)
        let along = (one.x - tip.x) * (other.x - tip.x) + (one.y - tip.y) * (other.y - tip.y)
        return turn(tip, one, other) == 0 && along > 0
    }

    private static func isBetween(_ point: PicturePoint, _ a: PicturePoint, _ b: PicturePoint) -> Bool {
        point.x >= min(a.x, b.x) && point.x <= max(a.x, b.x) && point.y >= min(a.y, b.y) && point.y <= max(a.y, b.y)
    }

    /// The shoelace formula.
    private static func area(_ corners: [PicturePoint]) -> Double {
        var twice = 0.0
        var previous = corners[corners.count - 1]
        for corner in corners {
            twice += previous.x * corner.y - corner.x * previous.y
            previous = corner
        }
        return abs(twice) / 2
    }
}
