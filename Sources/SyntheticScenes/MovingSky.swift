/// A sky with clouds that drift across and change on the way; after one loop they are where they were.
///
/// Two layers of cloud texture repeat after `period` pixels; one moves by one period a loop, the other by two.
struct MovingSky {
    private let width: Int
    private let rows: Int
    private let period: Int
    private let stride: Int
    private let slow: [Float]
    private let fast: [Float]
    /// How much of each pixel is sky.
    private let share: [Float]
    private let halfShare: [Float]
    private let gradient: [SceneColor]

    /// - Parameters:
    ///   - backdrop: sky is where none of its occluders is.
    ///   - horizon: the canvas row where the sky is palest.
    init(_ settings: SceneSettings, backdrop: Backdrop, horizon: Float) {
        let canvasWidth = backdrop.width
        width = canvasWidth
        var open = [Float](repeating: 1, count: canvasWidth * backdrop.height)
        for occluder in backdrop.occluders {
            for i in open.indices { open[i] = max(0, open[i] - occluder.coverage[i]) }
        }
        let lowest = (open.lastIndex { $0 > 0 } ?? 0) / canvasWidth
        let skyRows = min(backdrop.height, (lowest + 2) / 2 * 2)
        rows = skyRows
        let visible = Array(open.prefix(canvasWidth * skyRows))
        var half = [Float](repeating: 0, count: canvasWidth * skyRows / 4)
        var target = half.mutableSpan
        halve(visible.span, width: canvasWidth, height: skyRows, into: &target)
        share = visible
        halfShare = half
        let height = Float(settings.height)
        let tile = Tile(
            period: canvasWidth * 5 / 4, rowLength: canvasWidth * 5 / 4 + canvasWidth + 1, rows: skyRows,
            cells: Int(max(3, (4 * Float(canvasWidth) / height).rounded())), horizon: horizon, unit: height)
        period = tile.period
        stride = tile.rowLength
        slow = tile.draw(LatticeNoise(seed: settings.seed, thing: .cloud, index: 1))
        fast = tile.draw(LatticeNoise(seed: settings.seed, thing: .cloud, index: 2))
        gradient = (0..<skyRows).map { y in
            let up = clamp((horizon - Float(y)) / height / 0.45)
            return SceneColor(0.80, 0.87, 0.92).mixed(with: SceneColor(0.36, 0.57, 0.84), up)
        }
    }

    /// A cloud texture that repeats to the right.
    private struct Tile {
        /// Pixels after which it repeats.
        var period: Int
        /// Pixels in a row: a period and a canvas more, so that any part can be read in one piece.
        var rowLength: Int
        var rows: Int
        /// Lattice cells in a period.
        var cells: Int
        var horizon: Float
        var unit: Float

        func draw(_ noise: LatticeNoise) -> [Float] {
            var values = [Float](repeating: 0, count: rowLength * rows)
            for y in 0..<rows {
                // Clouds near the horizon are seen from the side: flat.
                let up = max(0, horizon - Float(y)) / unit
                let v = 2.6 / (0.30 + up)
                for x in 0..<period {
                    let u = Float(x) / Float(period) * Float(cells)
                    values[y * rowLength + x] = noise.fractal(u, v, octaves: 5, period: cells)
                }
                for x in period..<rowLength { values[y * rowLength + x] = values[y * rowLength + x - period] }
            }
            return values
        }
    }

    /// Adds the sky to a canvas whose sky is black.
    ///
    /// - Parameter progress: 0..<1 through the loop.
    func draw(_ progress: Float, on planes: inout Planes) {
        let slowShift = progress * Float(period)
        var fastShift = 2 * slowShift
        if fastShift >= Float(period) { fastShift -= Float(period) }
        let a = Int(slowShift)
        let b = Int(fastShift)
        var cloud = [Float](repeating: 0, count: width)
        for y in 0..<rows {
            var clouds = cloud.mutableSpan
            density(
                slow.span.extracting(y * stride + a..<y * stride + a + width + 1), slowShift - Float(a),
                fast.span.extracting(y * stride + b..<y * stride + b + width + 1), fastShift - Float(b), into: &clouds)
            let clear = gradient[y].y
            for x in 0..<width {
                let i = y * width + x
                planes.y[i] += share[i] * cloudy(clear, cloud[x])
            }
            guard y % 2 == 0 else { continue }
            let (u, v) = (gradient[y].u, gradient[y].v)
            for x in 0..<width / 2 {
                let i = y / 2 * (width / 2) + x
                let rest = halfShare[i] * (1 - smoothstep(0.49, 0.58, cloud[2 * x]))
                planes.u[i] += rest * u + halfShare[i] * 0.008
                planes.v[i] += rest * v
            }
        }
    }

    /// Brightness where the clear sky has `clear`: white at the clouds' edges, grey where they are thick.
    @inline(__always)
    private func cloudy(_ clear: Float, _ density: Float) -> Float {
        let cover = smoothstep(0.49, 0.58, density)
        let thick = smoothstep(0.54, 0.72, density)
        return mix(clear, 0.96 - 0.22 * thick, cover)
    }

    private func density(
        _ a: Span<Float>, _ fa: Float, _ b: Span<Float>, _ fb: Float, into out: inout MutableSpan<Float>
    ) {
        let n = out.count
        precondition(a.count == n + 1 && b.count == n + 1)
        for x in 0..<n {
            out[x] = 0.62 * mix(a[x], a[x &+ 1], fa) + 0.38 * mix(b[x], b[x &+ 1], fb)
        }
    }
}
