import SyntheticScenes

/// Light that changes on a part of the picture only, drawn over a rendered scene: soft shadows of clouds that cross it, and
/// lamps that are switched on and off. Another seed gives other ones.
struct PassingLight {
    private let width: Int
    private let height: Int
    /// What each pixel's light is multiplied by.
    private var field: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        field = [Float](repeating: 1, count: width * height)
    }

    /// A value of its own for each thing and number, 0 to 1.
    private static func chance(_ seed: UInt64, _ thing: Int, _ number: Int) -> Float {
        var random = Xorshift(state: (seed &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(thing * 7919 + number + 1))
        for _ in 0..<8 { _ = random.next() }
        return Float(random.next() >> 40) / Float(1 << 24)
    }

    /// One cloud every 16 s from the fourth second on. It takes 4 to 8 s to pass and leaves a third to two thirds of the
    /// light.
    mutating func addClouds(seconds: Float, seed: UInt64) {
        let number = Int(max(0, seconds - 4) / 16)
        let since = seconds - 4 - 16 * Float(number)
        guard since >= 0 else { return }
        func chance(_ thing: Int) -> Float { Self.chance(seed, thing, number) }
        let length = 0.4 + 0.6 * chance(0)
        let softness = 0.05 + 0.1 * chance(1)
        let dark = 0.35 + 0.3 * chance(2)
        let progress = since / (4 + 4 * chance(3))
        let middle = (progress * (1 + 2 * length) - length) * (chance(4) < 0.5 ? 1 : -1) + (chance(4) < 0.5 ? 0 : 1)
        let slant = chance(5) - 0.5
        let (wave, phase) = (3 + 5 * chance(6), 6.3 * chance(7))
        for y in 0..<height {
            let v = Float(y) / Float(height)
            // A ragged edge that moves with the cloud.
            let shift = slant * (v - 0.5) + 0.04 * triangle(wave * v + phase)
            for x in 0..<width {
                let u = Float(x) / Float(width)
                let inside = ((length / 2 - (u - middle - shift).magnitude) / softness + 0.5).clamped
                field[y * width + x] *= 1 - (1 - dark) * smooth(inside)
            }
        }
    }

    /// Three lamps, each switched on every 20 s for 6 to 12 s; some come at once, some take 3 s to become bright.
    mutating func addLamps(seconds: Float, seed: UInt64) {
        for lamp in 0..<3 {
            let start = 4 + 6 * Float(lamp)
            let number = Int(max(0, seconds - start) / 20)
            let since = seconds - start - 20 * Float(number)
            guard since >= 0, since < 6 + 6 * Self.chance(seed, 20 + lamp, number) else { continue }
            let warming: Float = Self.chance(seed, 30 + lamp, 0) < 0.5 ? 0.05 : 3
            let strength = (1 + 3 * Self.chance(seed, 40 + lamp, 0)) * (since / warming).clamped
            let (x0, y0) = (Self.chance(seed, 50 + lamp, 0), 0.4 + 0.6 * Self.chance(seed, 60 + lamp, 0))
            let radius = 0.08 + 0.12 * Self.chance(seed, 70 + lamp, 0)
            for y in 0..<height {
                let down = (Float(y) / Float(height) - y0) * 0.5625 / radius
                for x in 0..<width {
                    let across = (Float(x) / Float(width) - x0) / radius
                    let far = across * across + down * down
                    field[y * width + x] *= 1 + strength / ((1 + far) * (1 + far))
                }
            }
        }
    }

    /// Pictures hold about the square root of the light.
    func draw(on picture: inout YUVFrame) {
        let roots = field.map { $0.squareRoot() }
        for i in roots.indices {
            picture.y[i] = UInt8(min(235, 16 + (max(16, Float(picture.y[i])) - 16) * roots[i]))
        }
        for y in 0..<height / 2 {
            for x in 0..<width / 2 {
                let i = y * (width / 2) + x
                let root = roots[2 * y * width + 2 * x]
                picture.u[i] = UInt8((128 + (Float(picture.u[i]) - 128) * root).rounded().bounded(16, 240))
                picture.v[i] = UInt8((128 + (Float(picture.v[i]) - 128) * root).rounded().bounded(16, 240))
            }
        }
    }

    private func triangle(_ x: Float) -> Float { (2 * (x - x.rounded(.down)) - 1).magnitude * 2 - 1 }
    private func smooth(_ x: Float) -> Float { x * x * (3 - 2 * x) }
}

extension Float {
    fileprivate var clamped: Float { Swift.min(Swift.max(self, 0), 1) }
    fileprivate func bounded(_ low: Float, _ high: Float) -> Float { Swift.min(Swift.max(self, low), high) }
}
