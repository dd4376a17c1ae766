import Foundation

/// PCG of O'Neill: "PCG: a family of simple fast space-efficient statistically good algorithms for random number
/// generation" (2014), the variant XSH-RR.
struct Random: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        for _ in 0..<4 { _ = next() }
    }

    mutating func next() -> UInt64 { UInt64(half()) << 32 | UInt64(half()) }

    private mutating func half() -> UInt32 {
        let old = state
        state = old &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let shifted = UInt32(truncatingIfNeeded: ((old >> 18) ^ old) >> 27)
        let turn = UInt32(old >> 59)
        // Turned, not shifted: what leaves on the right comes in on the left.
        return shifted >> turn | shifted << ((32 - turn) & 31)
    }

    /// Whether its numbers are as even as chance allows: means of halves and quarters.
    static var isEven: Bool {
        var random = Random(seed: 1)
        let values = (0..<10_000).map { _ in random.uniform(0...1) }
        let quarters = (0..<4).map { quarter in
            values.count { $0 >= Float(quarter) / 4 && $0 < Float(quarter + 1) / 4 }
        }
        return quarters.allSatisfy { (2_350...2_650).contains($0) }
    }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &self) }

    /// Evenly over orders of magnitude.
    mutating func scale(_ range: ClosedRange<Float>) -> Float {
        Float(exp(Double(uniform(Float(log(Double(range.lowerBound)))...Float(log(Double(range.upperBound)))))))
    }

    /// Mean 0, standard deviation 1 (Box and Muller, 1958).
    mutating func normal() -> Float {
        let radius = (-2 * log(Double.random(in: 1e-12...1, using: &self))).squareRoot()
        return Float(radius * cos(2 * .pi * Double.random(in: 0..<1, using: &self)))
    }
}

/// Smooth random values over the plane, 0 to 1, that repeat after 256 units: gradient-free, of several scales.
struct Texture {
    private let values: [Float]

    init(_ random: inout Random) { values = (0..<65536).map { _ in random.uniform(0...1) } }

    func value(_ x: Float, _ y: Float) -> Float {
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (fx, fy) = (x - left, y - top)
        let (wx, wy) = (fx * fx * (3 - 2 * fx), fy * fy * (3 - 2 * fy))
        func corner(_ dx: Int, _ dy: Int) -> Float { values[((Int(top) + dy) & 255) << 8 | ((Int(left) + dx) & 255)] }
        let upper = corner(0, 0) + wx * (corner(1, 0) - corner(0, 0))
        let lower = corner(0, 1) + wx * (corner(1, 1) - corner(0, 1))
        return upper + wy * (lower - upper)
    }

    func fractal(_ x: Float, _ y: Float, octaves: Int = 4) -> Float {
        var (sum, weight, total, scale): (Float, Float, Float, Float) = (0, 1, 0, 1)
        for octave in 0..<octaves {
            sum += weight * value(x * scale + Float(31 * octave), y * scale + Float(57 * octave))
            total += weight
            weight *= 0.55
            scale *= 2.1
        }
        return sum / total
    }
}
