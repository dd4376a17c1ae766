/// Smooth random values over the plane: a hash at each lattice point, blended between (value noise).
struct LatticeNoise {
    private let seed: UInt32

    init(seed: UInt64, thing: KeyedRandom.Thing, index: Int = 0) {
        var random = KeyedRandom(seed: seed, thing: thing, index: index)
        self.seed = UInt32(truncatingIfNeeded: random.next())
    }

    /// The random number of one lattice cell, 0..<1.
    @inline(__always)
    func cell(_ x: Int, _ y: Int) -> Float { Float(bits(x, y) >> 8) / 16_777_216 }

    @inline(__always)
    func bits(_ x: Int, _ y: Int) -> UInt32 {
        hash32(
            UInt32(truncatingIfNeeded: x) &* 0x9e37_79b1 ^ hash32(UInt32(truncatingIfNeeded: y) &* 0x85eb_ca77 ^ seed))
    }

    /// 0 to 1, varying over distances of about one. With `period` it repeats after that many units of x.
    func value(_ x: Float, _ y: Float, period: Int = 0) -> Float {
        var x0 = floorInt(x)
        let y0 = floorInt(y)
        let fx = ease(x - Float(x0))
        let fy = ease(y - Float(y0))
        var x1 = x0 + 1
        if period > 0 {
            x0 %= period
            if x0 < 0 { x0 += period }
            x1 = x0 + 1 == period ? 0 : x0 + 1
        }
        let top = mix(cell(x0, y0), cell(x1, y0), fx)
        let bottom = mix(cell(x0, y0 + 1), cell(x1, y0 + 1), fx)
        return mix(top, bottom, fy)
    }

    /// Sum of octaves, each half as wide and half as strong as the one before; 0 to 1, mostly 0.3 to 0.7.
    func fractal(_ x: Float, _ y: Float, octaves: Int, period: Int = 0) -> Float {
        var sum: Float = 0
        var weight: Float = 0.5
        var scale: Float = 1
        var total: Float = 0
        var repeats = period
        for octave in 0..<octaves {
            let offset = Float(octave) * 17
            sum += weight * value(x * scale, y * scale + offset, period: repeats)
            total += weight
            weight *= 0.5
            scale *= 2
            repeats *= 2
        }
        return sum / total
    }
}
