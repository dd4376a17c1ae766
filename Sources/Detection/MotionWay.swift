/// How far a point of an object came since it was first seen, and whether step by step. Working pixels.
struct MotionWay {
    private let firstX: Double
    private let firstY: Double
    private var x: Double
    private var y: Double
    /// The farthest from one sighting to the next.
    private var largestStep = 0.0
    private var sightings = 1

    init(x: Double, y: Double) {
        (firstX, firstY, self.x, self.y) = (x, y, x, y)
    }

    mutating func go(to x: Double, _ y: Double) {
        largestStep = max(largestStep, Self.distance(x - self.x, y - self.y))
        (self.x, self.y) = (x, y)
        sightings += 1
    }

    /// How far it is now from where it was first seen.
    var displacement: Double { Self.distance(x - firstX, y - firstY) }

    /// How far it came without its largest step: parts of what wavers are found now here, now there, which is one large
    /// step, and most often they return. Two sightings are one step and say nothing about how it came.
    var steadyTravel: Double { displacement - (sightings > 2 ? largestStep : 0) }

    /// Whether it is as far from where it was first seen as asked for and came there step by step.
    func hasCome(_ needed: Double) -> Bool { displacement >= needed && steadyTravel >= needed / 2 }

    private static func distance(_ x: Double, _ y: Double) -> Double { (x * x + y * y).squareRoot() }
}

/// The sides that an object turns to the picture when it comes in over an edge: its middle comes half as far as they do for as
/// long as the rest of it is outside.
struct EnteringSides {
    private let left: Bool
    private let right: Bool
    private let top: Bool
    private let bottom: Bool

    /// - Parameters:
    ///   - width: of the picture, in working pixels.
    /// - Returns: `nil` where the region touches no edge, or two that are opposite.
    init?(_ blob: MaskComponent, width: Int, height: Int) {
        (left, right) = (blob.minX == 0, blob.maxX == width)
        (top, bottom) = (blob.minY == 0, blob.maxY == height)
        guard left != right || top != bottom, !(left && right), !(top && bottom) else { return nil }
    }

    /// A coordinate that touches no edge is that of the middle.
    func place(of blob: MaskComponent) -> (x: Double, y: Double) {
        (
            left ? Double(blob.maxX) : right ? Double(blob.minX) : blob.centerX,
            top ? Double(blob.maxY) : bottom ? Double(blob.minY) : blob.centerY
        )
    }
}
