/// The picture being drawn, with the light that falls on it.
struct Canvas {
    let width: Int
    let height: Int
    private(set) var planes: Planes
    private var light: [Float]
    private var halfLight: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        planes = Planes(width: width, height: height)
        light = [Float](repeating: 1, count: width * height)
        halfLight = [Float](repeating: 1, count: width * height / 4)
    }

    /// Starts a frame: the fixed parts in this frame's light.
    ///
    /// - Parameter lamp: 0 for off, 1 for fully lit.
    mutating func illuminate(_ backdrop: Backdrop, by field: inout LightField, lamp: Float = 0) {
        field.expand(full: &light, half: &halfLight)
        planes.shine(ambient: backdrop.ambient, sun: backdrop.sun, light: light, halfLight: halfLight)
        if lamp > 0, let glow = backdrop.lamp { planes.add(glow, times: lamp) }
    }

    /// Lets a scene draw the part of its fixed view that moves as a whole: the sky.
    mutating func draw(_ body: (inout Planes) -> Void) { body(&planes) }

    /// Lays a stamp over the picture.
    mutating func lay(_ stamp: Stamp) {
        let area = stamp.area(onCanvas: (width, height))
        for row in area.y {
            let source = (row - stamp.originY) * stamp.width - stamp.originX
            for column in area.x {
                let at = row * width + column
                planes.y[at] = planes.y[at] * (1 - stamp.alpha[source + column]) + stamp.y[source + column]
            }
        }
        forEachChroma(of: stamp, in: area) { canvas, chroma, i, w in
            let rest = 1 - mean(stamp.alpha, i, w)
            canvas.planes.u[chroma] = canvas.planes.u[chroma] * rest + mean(stamp.u, i, w)
            canvas.planes.v[chroma] = canvas.planes.v[chroma] * rest + mean(stamp.v, i, w)
        }
    }

    /// Takes the sun away where a shadow falls, so that a second shadow finds only what is left; only the stamp's
    /// `alpha` counts.
    mutating func shade(_ shadow: Stamp, of backdrop: Backdrop) {
        let area = shadow.area(onCanvas: (width, height))
        for row in area.y {
            let source = (row - shadow.originY) * shadow.width - shadow.originX
            for column in area.x {
                let at = row * width + column
                let taken = light[at] * shadow.alpha[source + column]
                planes.y[at] -= backdrop.sun.y[at] * taken
                light[at] -= taken
            }
        }
        let sunU = backdrop.sun.u
        let sunV = backdrop.sun.v
        forEachChroma(of: shadow, in: area) { canvas, chroma, i, w in
            let taken = canvas.halfLight[chroma] * mean(shadow.alpha, i, w)
            canvas.planes.u[chroma] -= sunU[chroma] * taken
            canvas.planes.v[chroma] -= sunV[chroma] * taken
            canvas.halfLight[chroma] -= taken
        }
    }

    /// - Parameter body: gets the index in the chroma planes, the index in the stamp of the first of the four pixels
    ///   beneath, and the stamp's width.
    @inline(__always)
    private mutating func forEachChroma(
        of stamp: Stamp, in area: CanvasArea, _ body: (inout Canvas, Int, Int, Int) -> Void
    ) {
        for row in stride(from: area.y.lowerBound, to: area.y.upperBound, by: 2) {
            for column in stride(from: area.x.lowerBound, to: area.x.upperBound, by: 2) {
                let i = (row - stamp.originY) * stamp.width + column - stamp.originX
                body(&self, row / 2 * (width / 2) + column / 2, i, stamp.width)
            }
        }
    }
}

/// The mean of two by two values of a plane that is `width` wide, the first of them at `i`.
@inline(__always)
private func mean(_ plane: [Float], _ i: Int, _ width: Int) -> Float {
    0.25 * (plane[i] + plane[i + 1] + plane[i + width] + plane[i + width + 1])
}
