/// Leaves in the wind: a picture that bends with its height and flutters in places, drawn anew for each frame.
struct SwayingSprite {
    private let still: Stamp
    /// The columns and rows of the sprite that are on the canvas.
    private let visible: CanvasArea
    private let leans: [LoopWave]
    private let flutters: [LoopWave]
    /// The grid on which the flutter is worked out: how strongly each of the two waves takes each knot.
    private let cell: Int
    private let columns: Int
    private let rows: Int
    private let knots: [(first: Float, second: Float)]
    /// Cells that hold no leaf and get none from beside.
    private let isEmpty: [Bool]
    /// Largest lean of the top, in pixels.
    private let leanPixels: Float
    /// Largest flutter, in pixels.
    private let flutterPixels: Float

    /// - Parameter canvas: width and height of the canvas in pixels.
    init(
        _ still: Stamp, settings: SceneSettings, canvas: (width: Int, height: Int), index: Int, leanPixels: Float,
        flutterPixels: Float
    ) {
        self.still = still
        self.leanPixels = leanPixels
        self.flutterPixels = flutterPixels
        let area = still.area(onCanvas: canvas)
        visible = (
            area.x.lowerBound - still.originX..<area.x.upperBound - still.originX,
            area.y.lowerBound - still.originY..<area.y.upperBound - still.originY
        )
        var random = KeyedRandom(seed: settings.seed, thing: .wind, index: index)
        let loop = Float(settings.loopSeconds)
        leans = [0.11, 0.19, 0.37].map { LoopWave(hertz: $0, loopSeconds: loop, phase: random.unit()) }
        flutters = [0.9, 1.4].map { LoopWave(hertz: $0, loopSeconds: loop, phase: random.unit()) }
        let reach = Int((1.3 * leanPixels + 2 * flutterPixels).rounded(.up)) + 2
        let size = max(4, settings.width / 80)
        let across = still.width / size + 2
        let down = still.height / size + 2
        let phases = LatticeNoise(seed: settings.seed, thing: .wind, index: index)
        knots = (0..<across * down).map { i in
            let phase = 3 * phases.fractal(Float(i % across) * 0.35, Float(i / across) * 0.35, octaves: 2)
            return (sine(turns: phase), cosine(turns: 2 * phase))
        }
        isEmpty = (0..<across * down).map { i in
            let area = still.span(
                left: Float(still.originX + i % across * size - reach),
                top: Float(still.originY + i / across * size - reach),
                right: Float(still.originX + (i % across + 1) * size + reach),
                bottom: Float(still.originY + (i / across + 1) * size + reach))
            return area.y.allSatisfy { y in area.x.allSatisfy { x in still.alpha[y * still.width + x] == 0 } }
        }
        cell = size
        columns = across
        rows = down
    }

    /// - Parameters:
    ///   - progress: 0..<1 through the loop.
    ///   - light: multiplies all colours.
    func stamp(progress: Float, light: Float) -> Stamp {
        var moved = Stamp(likeWithoutContent: still)
        let lean = (leans[0](progress) + 0.6 * leans[1](progress) + 0.3 * leans[2](progress)) * leanPixels / 1.9
        // A gust shows as flutter that grows and fades.
        let strength = (0.55 + 0.45 * leans[1](progress)) * flutterPixels * 0.6
        let first = strength * flutters[0](progress)
        let second = strength * flutters[1](progress)
        let shifts = knots.map { first * $0.first + second * $0.second }
        let step = 1 / Float(cell)
        for y in visible.y {
            let up = 1 - Float(y) / Float(still.height)
            let bend = lean * up * (0.4 + 0.6 * up)
            let row = y / cell
            let fy = Float(y % cell) * step
            for column in visible.x.lowerBound / cell..<(visible.x.upperBound + cell - 1) / cell {
                let i = row * columns + column
                guard !isEmpty[i] else { continue }
                let start = mix(shifts[i], shifts[i + columns], fy)
                let slope = (mix(shifts[i + 1], shifts[i + columns + 1], fy) - start) * step
                let from = max(visible.x.lowerBound, column * cell)
                for x in from..<max(from, min(visible.x.upperBound, (column + 1) * cell)) {
                    let flutter = start + slope * Float(x - column * cell)
                    copy(
                        from: Float(x) - bend - flutter, Float(y) - 0.5 * flutter, to: y * still.width + x, of: &moved,
                        light)
                }
            }
        }
        return moved
    }

    @inline(__always)
    private func copy(from x: Float, _ y: Float, to target: Int, of moved: inout Stamp, _ light: Float) {
        guard x >= 0, y >= 0, x < Float(still.width - 1), y < Float(still.height - 1) else { return }
        let column = Int(x)
        let row = Int(y)
        let i = row * still.width + column
        let below = i + still.width
        let fx = x - Float(column)
        let fy = y - Float(row)
        let a = (1 - fx) * (1 - fy)
        let b = fx * (1 - fy)
        let c = (1 - fx) * fy
        let d = fx * fy
        let alpha = a * still.alpha[i] + b * still.alpha[i + 1] + c * still.alpha[below] + d * still.alpha[below + 1]
        guard alpha > 0 else { return }
        moved.alpha[target] = alpha
        moved.y[target] =
            light * (a * still.y[i] + b * still.y[i + 1] + c * still.y[below] + d * still.y[below + 1])
        moved.u[target] =
            light * (a * still.u[i] + b * still.u[i + 1] + c * still.u[below] + d * still.u[below + 1])
        moved.v[target] =
            light * (a * still.v[i] + b * still.v[i + 1] + c * still.v[below] + d * still.v[below + 1])
    }
}

extension Stamp {
    /// An empty stamp in the same place.
    init(likeWithoutContent other: Stamp) {
        self.init(
            left: Float(other.originX), top: Float(other.originY), right: Float(other.originX + other.width),
            bottom: Float(other.originY + other.height))
    }

    /// A crown of leaves: clumps around a middle, lighter towards the sun, darker below and inside.
    static func crown(
        center: ScreenPoint, radiusX: Float, radiusY: Float, clumps: Int, color: SceneColor, seed: UInt64, index: Int
    ) -> Stamp {
        var random = KeyedRandom(seed: seed, thing: .crown, index: index)
        let outline = LatticeNoise(seed: seed, thing: .crown, index: index)
        let room: Float = 0.3 * radiusX + 4
        var stamp = Stamp(
            left: center.x - radiusX - room, top: center.y - radiusY - room, right: center.x + radiusX + room,
            bottom: center.y + radiusY + room)
        for clump in 0..<clumps {
            // From the back of the crown to its front.
            let front = Float(clump) / Float(clumps)
            let turns = random.unit()
            let ragged = 0.78 + 0.5 * outline.fractal(8 * turns, 0, octaves: 3, period: 8)
            let reach = random.unit().squareRoot() * min(1.12, ragged)
            let x = cosine(turns: turns) * reach
            let y = sine(turns: turns) * reach
            let size = random.uniform(0.02...0.07) * (1.3 - 0.45 * reach)
            let sunny = clamp(0.5 - 0.35 * x - 0.45 * y)
            let shade = (0.42 + 0.75 * sunny) * (0.62 + 0.38 * front) * random.uniform(0.8...1.15)
            let tint = color.mixed(with: SceneColor(0.55, 0.56, 0.20), 0.35 * sunny * random.unit())
            let at = ScreenPoint(x: center.x + x * radiusX, y: center.y + y * radiusY, radius: size * radiusX)
            stamp.limb(at, at, color: tint * shade, roundness: 0.2, softness: max(1, 0.025 * radiusX))
        }
        return stamp
    }
}
