/// What a scene shows at one point of its fixed parts.
struct SurfaceSample {
    /// Under the light of the sky alone.
    var ambient: SceneColor
    /// What the sun adds; black in a shadow that never moves.
    var sun: SceneColor
    /// What a lamp adds when it is on.
    var lamp = SceneColor.black
    /// Which of the scene's occluders this point belongs to, counted from 1; 0 for none.
    var occluder = 0
    /// 1 where the sun reaches, 0 in a fixed shadow.
    var sunlit: Float = 1
}

/// Something fixed that hides what is behind it.
struct Occluder {
    /// Distance from the camera in the scene's units.
    var depth: Float
    /// 0 to 1 for each pixel of the canvas.
    var coverage: [Float]
}

/// The fixed parts of a scene, drawn once: one layer for each light that may change.
struct Backdrop {
    let width: Int
    let height: Int
    var ambient: Planes
    var sun: Planes
    var lamp: Planes?
    var occluders: [Occluder]
    /// 1 where the sun reaches, at half size.
    var sunlit: [Float]

    /// - Parameters:
    ///   - occluderDepths: nearest last or not; sample value `k` names the depth at `k - 1`.
    ///   - shader: what is seen at a point of the canvas, in pixels from its top left corner. Called four times a
    ///     pixel, for soft edges.
    init(
        width: Int, height: Int, occluderDepths: [Float], hasLamp: Bool, shader: (Float, Float) -> SurfaceSample
    ) {
        self.width = width
        self.height = height
        ambient = Planes(width: width, height: height)
        sun = Planes(width: width, height: height)
        var lampPlanes = hasLamp ? Planes(width: width, height: height) : nil
        let empty = [Float](repeating: 0, count: width * height)
        occluders = occluderDepths.map { Occluder(depth: $0, coverage: empty) }
        sunlit = [Float](repeating: 0, count: width * height / 4)
        var ambientRows = [SceneColor](repeating: .black, count: 2 * width)
        var sunRows = ambientRows
        var lampRows = ambientRows
        for pair in 0..<height / 2 {
            for i in 0..<2 * width {
                let x = i % width
                let y = 2 * pair + i / width
                var sumAmbient = SceneColor.black
                var sumSun = SceneColor.black
                var sumLamp = SceneColor.black
                for part in 0..<4 {
                    let sample = shader(
                        Float(x) + 0.25 + 0.5 * Float(part & 1), Float(y) + 0.25 + 0.5 * Float(part >> 1))
                    sumAmbient = sumAmbient + sample.ambient
                    sumSun = sumSun + sample.sun
                    sumLamp = sumLamp + sample.lamp
                    if sample.occluder > 0 { occluders[sample.occluder - 1].coverage[y * width + x] += 0.25 }
                    sunlit[pair * (width / 2) + x / 2] += sample.sunlit / 16
                }
                ambientRows[i] = sumAmbient * 0.25
                sunRows[i] = sumSun * 0.25
                lampRows[i] = sumLamp * 0.25
            }
            ambient.setRowPair(pair, ambientRows)
            sun.setRowPair(pair, sunRows)
            lampPlanes?.setRowPair(pair, lampRows)
        }
        lamp = lampPlanes
    }
}
