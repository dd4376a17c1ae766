/// How a canvas becomes a camera's picture: shake, sensor noise, eight bits.
struct SensorModel {
    private let settings: SceneSettings
    private var shifted: [Float]

    init(_ settings: SceneSettings) {
        self.settings = settings
        shifted = [Float](repeating: 0, count: settings.width)
    }

    /// Where the picture's top left corner is on the canvas in a frame, in pixels.
    func origin(frame: Int) -> (x: Float, y: Float) {
        let margin = Float(settings.margin)
        guard settings.jitterPixels > 0 else { return (margin, margin) }
        var random = KeyedRandom(seed: settings.seed, thing: .jitter, index: frame)
        let reach = Float(settings.jitterPixels)
        return (margin + random.uniform(-reach...reach), margin + random.uniform(-reach...reach))
    }

    mutating func expose(_ planes: Planes, frame: Int, into picture: inout YUVFrame) {
        precondition(picture.width == settings.width && picture.height == settings.height)
        let origin = origin(frame: frame)
        let sigma = Float(settings.noiseSigma)
        let luma = Exposure(
            width: settings.width, height: settings.height, sourceWidth: planes.width, originX: origin.x,
            originY: origin.y, scale: 219, offset: 16, sigma: sigma, growth: 0.6, key: key(.lumaNoise, frame, 0))
        expose(planes.y, luma, into: &picture.y)
        // Colour noise is lower: a camera filters it harder.
        var chroma = Exposure(
            width: settings.width / 2, height: settings.height / 2, sourceWidth: planes.width / 2,
            originX: origin.x / 2, originY: origin.y / 2, scale: 224, offset: 128, sigma: 0.4 * sigma, growth: 0,
            key: key(.chromaNoise, frame, 0))
        expose(planes.u, chroma, into: &picture.u)
        chroma.key = key(.chromaNoise, frame, 1)
        expose(planes.v, chroma, into: &picture.v)
    }

    private func key(_ thing: KeyedRandom.Thing, _ frame: Int, _ plane: Int) -> UInt32 {
        var random = KeyedRandom(seed: settings.seed, thing: thing, index: 2 * frame + plane)
        return UInt32(truncatingIfNeeded: random.next())
    }

    private struct Exposure {
        var width: Int
        var height: Int
        var sourceWidth: Int
        var originX: Float
        var originY: Float
        var scale: Float
        var offset: Float
        var sigma: Float
        var growth: Float
        var key: UInt32
    }

    private mutating func expose(_ plane: [Float], _ how: Exposure, into samples: inout [UInt8]) {
        let source = plane.span
        let left = Int(how.originX)
        let top = Int(how.originY)
        let dx = how.originX - Float(left)
        let dy = how.originY - Float(top)
        for y in 0..<how.height {
            let start = (top + y) * how.sourceWidth + left
            if dx == 0, dy == 0 {
                digitise(source.extracting(start..<start + how.width), how, row: y, into: &samples)
            } else {
                let below = start + how.sourceWidth
                var row = shifted.mutableSpan
                shiftRow(
                    source.extracting(start..<start + how.width + 1), source.extracting(below..<below + how.width + 1),
                    dx: dx, dy: dy, into: &row)
                digitise(shifted.span.extracting(0..<how.width), how, row: y, into: &samples)
            }
        }
    }

    private func digitise(_ row: Span<Float>, _ how: Exposure, row y: Int, into samples: inout [UInt8]) {
        var target = samples.mutableSpan
        SyntheticScenes.digitise(
            row, scale: how.scale, offset: how.offset, noiseSigma: how.sigma, noiseGrowth: how.growth,
            key: how.key &+ UInt32(truncatingIfNeeded: y &* how.width), into: &target, at: y * how.width)
    }
}
