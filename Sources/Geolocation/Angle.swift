import Foundation

extension Double {
    var radians: Double { self * .pi / 180 }
    var degrees: Double { self * 180 / .pi }

    /// The same direction from 0 up to, but without, 360 degrees.
    public var wrappedTo360: Double {
        let rest = truncatingRemainder(dividingBy: 360)
        let positive = rest < 0 ? rest + 360 : rest
        // A tiny negative rest rounds up to the full turn.
        return positive >= 360 ? 0 : positive
    }

    /// The same turn from -180 up to, but without, 180 degrees.
    public var wrappedTo180: Double { (self + 180).wrappedTo360 - 180 }
}

/// The smaller angle between two lines, whichever way each is walked: 0 to 90 degrees.
func angleBetweenLines(_ a: Double, _ b: Double) -> Double {
    let turn = abs((a - b).wrappedTo180)
    return min(turn, 180 - turn)
}
