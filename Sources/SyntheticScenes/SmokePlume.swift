/// Smoke that rises from a point, leans with the wind, widens and thins.
///
/// Puffs leave the source at a steady rate. Each grows with its age and loses density as it grows; together they give
/// the optical depth tau at each pixel. What is seen follows the law of haze: I' = tI + (1 - t)A, t = e^-tau.
struct SmokePlume {
    /// Canvas pixels.
    private let sourceX: Float
    private let sourceY: Float
    /// The picture's height in pixels: the unit of all lengths below.
    private let unit: Float
    private let onset: Float
    private let end: Float
    private let noise: LatticeNoise
    private let puffs: [Puff]

    static let onsetSeconds: Float = 8
    private static let puffsPerSecond: Float = 9
    private static let lifeSeconds: Float = 18
    private static let startRadius: Float = 0.009
    private static let growthPerSecond: Float = 0.0066

    /// The colour of thick smoke in the sun.
    private static let air = SceneColor(0.82, 0.83, 0.86)

    private struct Puff {
        var birth: Float
        var strength: Float
        var offsetX: Float
        var offsetY: Float
        var wind: Float
        var lift: Float
    }

    /// - Parameters:
    ///   - x: canvas column of the source.
    ///   - y: canvas row of the source.
    init(_ settings: SceneSettings, x: Float, y: Float) {
        sourceX = x
        sourceY = y
        unit = Float(settings.height)
        onset = SmokePlume.onsetSeconds
        // The last puff is gone 8 s before the loop ends.
        end = Float(settings.loopSeconds) - 8 - SmokePlume.lifeSeconds
        noise = LatticeNoise(seed: settings.seed, thing: .smoke)
        var made: [Puff] = []
        for i in 0..<max(0, Int((end - onset) * SmokePlume.puffsPerSecond)) {
            let birth = onset + Float(i) / SmokePlume.puffsPerSecond
            let strength = smoothstep(onset, onset + 7, birth) * smoothstep(end, end - 9, birth)
            var random = KeyedRandom(seed: settings.seed, thing: .puff, index: i)
            made.append(
                Puff(
                    birth: birth, strength: 0.25 + 0.75 * strength, offsetX: random.uniform(-1...1),
                    offsetY: random.uniform(-1...1), wind: random.uniform(0.8...1.2), lift: random.uniform(0.85...1.1)))
        }
        puffs = made
    }

    /// The smoke in one frame; `nil` while there is none.
    ///
    /// - Parameters:
    ///   - seconds: since the loop's start.
    ///   - light: how brightly the smoke is lit, 1 in full sun.
    func stamp(at seconds: Float, light: Float) -> Stamp? {
        let alive = puffs.compactMap { puff -> (x: Float, y: Float, radius: Float, depth: Float)? in
            let age = seconds - puff.birth
            guard age >= 0, age < SmokePlume.lifeSeconds else { return nil }
            return place(puff, age: age)
        }
        guard !alive.isEmpty else { return nil }
        var stamp = Stamp(
            covering: alive.map { ScreenPoint(x: $0.x, y: $0.y, radius: $0.radius) })
        paint(depths(alive, for: stamp, seconds: seconds), on: &stamp, light: light)
        return stamp
    }

    private func place(_ puff: Puff, age: Float) -> (x: Float, y: Float, radius: Float, depth: Float) {
        let radius = SmokePlume.startRadius + SmokePlume.growthPerSecond * age
        // Hot smoke rises fast and slows down while the wind takes it along, the more the higher it is.
        let rise = 0.42 * (1 - decay(age / 13)) * puff.lift
        let drift = (0.004 + 0.022 * rise / 0.3) * age * puff.wind
        let thin = SmokePlume.startRadius / radius
        let fade = smoothstep(SmokePlume.lifeSeconds, SmokePlume.lifeSeconds - 8, age) * smoothstep(0, 0.3, age)
        return (
            sourceX + unit * (drift + 0.55 * radius * puff.offsetX),
            sourceY - unit * (rise + 0.4 * radius * puff.offsetY - 0.5 * SmokePlume.startRadius), unit * radius,
            0.7 * puff.strength * fade * thin * mix(1, thin, 0.3)
        )
    }

    /// The optical depth on every second pixel of every second row of the stamp.
    private func depths(
        _ alive: [(x: Float, y: Float, radius: Float, depth: Float)], for stamp: Stamp, seconds: Float
    ) -> [Float] {
        let columns = stamp.width / 2
        let rows = stamp.height / 2
        var tau = [Float](repeating: 0, count: columns * rows)
        for puff in alive {
            let cx = (puff.x - Float(stamp.originX)) / 2
            let cy = (puff.y - Float(stamp.originY)) / 2
            let radius = puff.radius / 2
            let inverse = 1 / (radius * radius)
            for row in max(0, Int(cy - radius))..<min(rows, max(0, Int(cy + radius) + 2)) {
                let dy = Float(row) + 0.5 - cy
                for column in max(0, Int(cx - radius))..<min(columns, max(0, Int(cx + radius) + 2)) {
                    let dx = Float(column) + 0.5 - cx
                    let inside = max(0, 1 - (dx * dx + dy * dy) * inverse)
                    tau[row * columns + column] += puff.depth * inside * inside
                }
            }
        }
        // Turbulence moves up with the smoke and is finer near the source.
        let scale = 26 / unit
        for row in 0..<rows {
            for column in 0..<columns where tau[row * columns + column] > 0.004 {
                let x = (Float(stamp.originX + 2 * column) - sourceX) * scale - 0.10 * seconds
                let y = (Float(stamp.originY + 2 * row) - sourceY) * scale + 0.34 * seconds
                let swirl = noise.fractal(x, y, octaves: 3)
                tau[row * columns + column] *= clamp(0.15 + 3.4 * (swirl - 0.26), 0.08, 2.2)
            }
        }
        return tau
    }

    private func paint(_ tau: [Float], on stamp: inout Stamp, light: Float) {
        let columns = stamp.width / 2
        let rows = stamp.height / 2
        func depth(_ column: Int, _ row: Int) -> Float {
            tau[min(max(row, 0), rows - 1) * columns + min(max(column, 0), columns - 1)]
        }
        // The side towards the sun, upper left, is the lighter one.
        var relief = [Float](repeating: 0, count: columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let slope =
                    depth(column + 2, row + 2) + depth(column + 1, row + 1) - depth(column - 1, row - 1)
                    - depth(column - 2, row - 2)
                relief[row * columns + column] = light * clamp(0.88 + 0.09 * slope, 0.72, 1.08)
            }
        }
        for y in 0..<stamp.height {
            let gy = max(0, (Float(y) - 0.5) / 2)
            let row = Int(gy)
            let below = min(row + 1, rows - 1) * columns
            let fy = gy - Float(row)
            for x in 0..<stamp.width {
                let gx = max(0, (Float(x) - 0.5) / 2)
                let column = Int(gx)
                let fx = gx - Float(column)
                let next = min(column + 1, columns - 1)
                func blend(_ plane: [Float]) -> Float {
                    mix(
                        mix(plane[row * columns + column], plane[row * columns + next], fx),
                        mix(plane[below + column], plane[below + next], fx), fy)
                }
                let here = blend(tau)
                guard here > 0 else { continue }
                let shade = blend(relief)
                let air = SmokePlume.air
                stamp.lay(
                    y * stamp.width + x, y: air.y * shade, u: air.u * shade, v: air.v * shade, cover: 1 - decay(here))
            }
        }
    }
}
