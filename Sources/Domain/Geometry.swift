/// A point of the picture in fractions of its width and height: (0, 0) is the top left corner, (1, 1) the bottom right one.
public struct PicturePoint: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// An upright rectangle in fractions of the picture's width and height. Written in JSON as `[x, y, width, height]`.
public struct Box: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public init(from decoder: any Decoder) throws {
        var values = try decoder.unkeyedContainer()
        x = try values.decode(Double.self)
        y = try values.decode(Double.self)
        width = try values.decode(Double.self)
        height = try values.decode(Double.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.unkeyedContainer()
        try values.encode(x)
        try values.encode(y)
        try values.encode(width)
        try values.encode(height)
    }

    public var maxX: Double { x + width }
    public var maxY: Double { y + height }
    public var area: Double { width * height }
    public var center: PicturePoint { PicturePoint(x: x + width / 2, y: y + height / 2) }
    /// The middle of the lower edge: where a person or a car stands on the ground.
    public var footPoint: PicturePoint { PicturePoint(x: x + width / 2, y: maxY) }

    public func intersectionArea(with other: Box) -> Double {
        let w = min(maxX, other.maxX) - max(x, other.x)
        let h = min(maxY, other.maxY) - max(y, other.y)
        return w > 0 && h > 0 ? w * h : 0
    }

    /// Intersection over union, 0 to 1.
    public func overlap(with other: Box) -> Double {
        let shared = intersectionArea(with: other)
        let union = area + other.area - shared
        return union > 0 ? shared / union : 0
    }

    public func union(_ other: Box) -> Box {
        let left = min(x, other.x)
        let top = min(y, other.y)
        return Box(x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
    }
}

/// A closed polygon of picture points; the last point joins the first.
public struct PicturePolygon: Hashable, Sendable {
    public var points: [PicturePoint]

    public init(points: [PicturePoint]) { self.points = points }

    /// Even-odd rule; a point on the left or upper edge counts as inside, so that neighbouring polygons share no point.
    public func contains(_ point: PicturePoint) -> Bool {
        guard var previous = points.last else { return false }
        var inside = false
        for current in points {
            if (current.y > point.y) != (previous.y > point.y) {
                let crossing =
                    (previous.x - current.x) * (point.y - current.y) / (previous.y - current.y) + current.x
                if point.x < crossing { inside.toggle() }
            }
            previous = current
        }
        return inside
    }

    /// How much of a box lies in the polygon, 0 to 1, told from a grid of 12 by 12 points: good to about a hundredth, for
    /// polygons that touch or cross themselves too.
    public func coverage(of box: Box) -> Double { [self].coverage(of: box) }
}

extension [PicturePolygon] {
    /// How much of a box lies in any of the polygons, 0 to 1. A box without area counts as its middle.
    public func coverage(of box: Box) -> Double {
        let near = filter { polygon in
            let xs = polygon.points.map(\.x)
            let ys = polygon.points.map(\.y)
            guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else {
                return false
            }
            return left <= box.maxX && right >= box.x && top <= box.maxY && bottom >= box.y
        }
        guard !near.isEmpty else { return 0 }
        let steps = 12
        var inside = 0
        for row in 0..<steps {
            for column in 0..<steps {
                let point = PicturePoint(
                    x: box.x + box.width * (Double(column) + 0.5) / Double(steps),
                    y: box.y + box.height * (Double(row) + 0.5) / Double(steps))
                if near.contains(where: { $0.contains(point) }) { inside += 1 }
            }
        }
        return Double(inside) / Double(steps * steps)
    }
}
