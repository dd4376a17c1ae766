/// A picture while it is being drawn: luma 0 to 1, colour differences -0.5 to 0.5 at half the size.
struct Planes {
    /// Even.
    let width: Int
    /// Even.
    let height: Int
    var y: [Float]
    var u: [Float]
    var v: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        y = [Float](repeating: 0, count: width * height)
        u = [Float](repeating: 0, count: width * height / 4)
        v = [Float](repeating: 0, count: width * height / 4)
    }

    var chromaWidth: Int { width / 2 }

    /// Sets rows `2 * pair` and the one after it.
    mutating func setRowPair(_ pair: Int, _ colors: [SceneColor]) {
        precondition(colors.count == 2 * width)
        for i in 0..<2 * width { y[2 * pair * width + i] = colors[i].y }
        for x in 0..<chromaWidth {
            let i = 2 * x
            let mean = (colors[i] + colors[i + 1] + colors[i + width] + colors[i + width + 1]) * 0.25
            u[pair * chromaWidth + x] = mean.u
            v[pair * chromaWidth + x] = mean.v
        }
    }

    /// Becomes `ambient + sun * light`; `halfLight` is the light at half the size.
    mutating func shine(ambient: Planes, sun: Planes, light: [Float], halfLight: [Float]) {
        var outY = y.mutableSpan
        illuminate(ambient.y.span, sun.y.span, by: light.span, into: &outY)
        var outU = u.mutableSpan
        illuminate(ambient.u.span, sun.u.span, by: halfLight.span, into: &outU)
        var outV = v.mutableSpan
        illuminate(ambient.v.span, sun.v.span, by: halfLight.span, into: &outV)
    }

    /// Adds another light.
    mutating func add(_ glow: Planes, times strength: Float) {
        var outY = y.mutableSpan
        addScaled(glow.y.span, times: strength, to: &outY)
        var outU = u.mutableSpan
        addScaled(glow.u.span, times: strength, to: &outU)
        var outV = v.mutableSpan
        addScaled(glow.v.span, times: strength, to: &outV)
    }
}
