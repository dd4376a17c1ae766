// The few functions of analysis that the scenes need, in plain arithmetic: a C library's sine differs in its last
// bit from system to system, and pictures must be the same bytes everywhere.

/// Sine of an angle in whole turns, to about 0.001.
func sine(turns: Float) -> Float {
    let t = turns - (turns + 0.5).rounded(.down)
    let parabola = t * (8 - 16 * abs(t))
    return 0.225 * (parabola * abs(parabola) - parabola) + parabola
}

/// Cosine of an angle in whole turns, to about 0.001.
func cosine(turns: Float) -> Float { sine(turns: turns + 0.25) }

@inline(__always)
func clamp(_ x: Float, _ low: Float = 0, _ high: Float = 1) -> Float { max(low, min(high, x)) }

/// 0 up to `from`, 1 from `to` on, smooth between. `from` may be the greater one.
@inline(__always)
func smoothstep(_ from: Float, _ to: Float, _ x: Float) -> Float {
    ease(clamp((x - from) / (to - from)))
}

/// Smooth from 0 to 1 for `t` from 0 to 1, level at both ends.
@inline(__always)
func ease(_ t: Float) -> Float { t * t * (3 - 2 * t) }

/// The whole number at or below `x`; without a vector extension `rounded(.down)` is a call of the C library.
@inline(__always)
func floorInt(_ x: Float) -> Int {
    let near = Int(x)
    return Float(near) > x ? near - 1 : near
}

@inline(__always)
func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }

/// e to the power of `-x` for `x >= 0`: one over the series of e^x to its fourth term (0.4 % too high at 1, 7 % at 2.5,
/// where little light is left).
@inline(__always)
func decay(_ x: Float) -> Float {
    1 / (1 + x * (1 + x * (0.5 + x * (1 / 6 + x / 24))))
}

/// A fixed wave that fits the loop a whole number of times.
struct LoopWave {
    private let cycles: Float
    private let phase: Float

    /// - Parameter hertz: about how often a second; rounded so that the loop closes, at least once a loop.
    init(hertz: Float, loopSeconds: Float, phase: Float) {
        cycles = max(1, (hertz * loopSeconds).rounded())
        self.phase = phase
    }

    /// - Parameter progress: 0..<1 through the loop.
    /// - Returns: -1 to 1.
    func callAsFunction(_ progress: Float) -> Float { sine(turns: cycles * progress + phase) }
}
