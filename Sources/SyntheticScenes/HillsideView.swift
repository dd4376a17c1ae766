/// The fixed parts of the hillside: four forest ridges, paler with distance. The sky is left black; it moves.
struct HillsideView {
    /// Distances of the ridges in arbitrary units, farthest first.
    static let depths: [Float] = [100, 60, 30, 10]
    private static let shapes: [(base: Float, height: Float, waves: Float, crown: Float, haze: Float)] = [
        (0.42, 0.08, 1.9, 0.006, 0.74),
        (0.49, 0.12, 1.5, 0.009, 0.54),
        (0.58, 0.17, 1.1, 0.014, 0.32),
        (0.82, 0.13, 0.8, 0.026, 0.06),
    ]
    private static let haze = SceneColor(0.67, 0.75, 0.83)

    private let unit: Float
    private let margin: Float
    private let widthInUnits: Float
    private let noises: [LatticeNoise]

    /// Lengths in here are in picture heights, from the picture's top left corner.
    init(_ settings: SceneSettings) {
        unit = Float(settings.height)
        margin = Float(settings.margin)
        widthInUnits = Float(settings.width) / Float(settings.height)
        noises = HillsideView.depths.indices.map { LatticeNoise(seed: settings.seed, thing: .ridge, index: $0) }
    }

    /// What is seen at a point of the canvas, in pixels.
    func sample(_ x: Float, _ y: Float) -> SurfaceSample {
        let px = (x - margin) / unit
        let py = (y - margin) / unit
        for ridge in HillsideView.shapes.indices.reversed() where py > skyline(px, ridge: ridge, detailed: true) {
            let color = forest(px, py, ridge: ridge)
            let haze = HillsideView.haze * (0.5 * HillsideView.shapes[ridge].haze)
            let clear = 1 - HillsideView.shapes[ridge].haze
            return SurfaceSample(
                ambient: color * Daylight.ambient * clear + haze, sun: color * Daylight.sun * clear + haze,
                occluder: ridge + 1)
        }
        return SurfaceSample(ambient: .black, sun: .black)
    }

    /// Where smoke can rise in full view: on the third ridge's slope, where most of it shows above the nearest one.
    /// In picture heights.
    var fireplace: (x: Float, y: Float) {
        var best: (x: Float, y: Float, room: Float) = (0, 0, -1)
        for step in 0...40 {
            let x = widthInUnits * (0.34 + 0.36 * Float(step) / 40)
            let top = skyline(x, ridge: 2, detailed: false)
            let room = skyline(x, ridge: 3, detailed: false) - top
            if room > best.room { best = (x, top + 0.45 * room, room) }
        }
        return (best.x, best.y)
    }

    /// The upper edge of a ridge; `detailed` shows each treetop.
    private func skyline(_ x: Float, ridge: Int, detailed: Bool) -> Float {
        let shape = HillsideView.shapes[ridge]
        let noise = noises[ridge]
        var y = shape.base + shape.height * 2 * (noise.fractal(x * shape.waves, 0.5, octaves: 3) - 0.5)
        // The near slope falls to the right, so that the picture has a side.
        if ridge == 3 { y += 0.12 * (x / widthInUnits - 0.4) }
        if detailed { y -= shape.crown * (noise.fractal(x / shape.crown * 0.7, 9, octaves: 2) - 0.3) }
        return y
    }

    /// Treetops from above and aside: domes lit from the left, in rows that overlap downwards.
    private func forest(_ x: Float, _ y: Float, ridge: Int) -> SceneColor {
        let shape = HillsideView.shapes[ridge]
        let noise = noises[ridge]
        // Bends the rows of the grid, so that no row shows.
        let bend = noise.fractal(x / shape.crown * 0.31, y / shape.crown * 0.31 + 40, octaves: 2) - 0.5
        let gx = x / shape.crown + 1.6 * bend
        let gy = y / (shape.crown * 0.8) + 2.4 * bend
        let column = Int(gx.rounded(.down))
        let row = Int(gy.rounded(.down))
        var nearest: (square: Float, dx: Float, dy: Float, bits: UInt32) = (9, 0, 0, 0)
        for r in row - 1...row + 1 {
            for c in column - 1...column + 1 {
                let bits = noise.bits(c, r)
                let size = 0.62 + 0.6 * Float(bits >> 20 & 0xf) / 15
                let dx = (gx - Float(c) - Float(bits & 0xff) / 255) / size
                let dy = (gy - Float(r) - Float(bits >> 8 & 0xff) / 255) / size
                let square = dx * dx + dy * dy
                if square < nearest.square { nearest = (square, dx, dy, bits) }
            }
        }
        let dome = 1 - 0.5 * min(1, nearest.square)
        let side = clamp(0.5 - 0.4 * nearest.dx - 0.5 * nearest.dy)
        let tone = 0.72 + 0.5 * Float(nearest.bits >> 16 & 0xff) / 255
        let spur = 0.35 + 1.2 * noise.fractal(x * 2.6, y * 4 + 3, octaves: 4)
        let leaves = 0.62 + 0.76 * noise.fractal(gx * 3, gy * 3, octaves: 3)
        let yellow = Float(nearest.bits >> 24) / 255
        let color = SceneColor(0.19, 0.29, 0.14).mixed(with: SceneColor(0.36, 0.38, 0.17), 0.6 * yellow * yellow)
        return color * ((0.55 + 0.8 * side) * dome * tone * spur * leaves)
    }
}
