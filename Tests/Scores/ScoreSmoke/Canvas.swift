import PixelKernels

/// A picture that is being drawn: Y and, at half the size, U and V, each 0 to 255.
struct Canvas {
    let width: Int
    let height: Int
    var y: [Float]
    var u: [Float]
    var v: [Float]
    /// How much of each pixel smoke covers, 0 to 1.
    var smoke: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        y = [Float](repeating: 0, count: width * height)
        u = [Float](repeating: 128, count: width * height / 4)
        v = u
        smoke = y
    }

    /// A colour in Y, U, V.
    struct Ink {
        var y: Float
        var u: Float = 128
        var v: Float = 128
    }

    /// What a soft ellipse is: its centre and half axes in pixels, and how much of what lies behind it hides.
    struct Blob {
        var x: Float
        var y: Float
        var radiusX: Float
        var radiusY: Float
        var opacity: Float
        /// 1 for an edge, 0 for a haze that thins out from its middle on.
        var hardness: Float = 0
    }

    /// Lays a soft ellipse over the picture by the law of haze: I' = (1 - a) I + a A.
    mutating func lay(_ blob: Blob, _ ink: Ink, isSmoke: Bool = false, texture: (Float, Float) -> Float = { _, _ in 1 })
    {
        let rows = Self.extent(of: blob.y, blob.radiusY, within: height)
        let columns = Self.extent(of: blob.x, blob.radiusX, within: width)
        for row in rows {
            for column in columns {
                let dx = (Float(column) + 0.5 - blob.x) / blob.radiusX
                let dy = (Float(row) + 0.5 - blob.y) / blob.radiusY
                let inside = max(0, 1 - dx * dx - dy * dy)
                guard inside > 0 else { continue }
                let body = inside * inside * (1 - blob.hardness) + min(1, 4 * inside) * blob.hardness
                let alpha = min(blob.opacity * body * texture(Float(column), Float(row)), 1)
                cover(row, column, alpha, ink)
                if isSmoke {
                    let place = row * width + column
                    smoke[place] = 1 - (1 - smoke[place]) * (1 - alpha)
                }
            }
        }
    }

    /// Pixels that something around a middle covers; none where it lies outside.
    private static func extent(of middle: Float, _ radius: Float, within length: Int) -> Range<Int> {
        let first = min(max(0, Int(middle - radius)), length)
        return first..<max(first, min(length, Int(middle + radius) + 2))
    }

    private mutating func cover(_ row: Int, _ column: Int, _ alpha: Float, _ ink: Ink) {
        y[row * width + column] += alpha * (ink.y - y[row * width + column])
        guard row % 2 == 0, column % 2 == 0 else { return }
        let half = row / 2 * (width / 2) + column / 2
        u[half] += alpha * (ink.u - u[half])
        v[half] += alpha * (ink.v - v[half])
    }

    /// Multiplies the light in a soft ellipse by up to `factor`.
    mutating func light(_ blob: Blob, by factor: Float) {
        let columns = Self.extent(of: blob.x, blob.radiusX, within: width)
        for row in Self.extent(of: blob.y, blob.radiusY, within: height) {
            for column in columns {
                let dx = (Float(column) + 0.5 - blob.x) / blob.radiusX
                let dy = (Float(row) + 0.5 - blob.y) / blob.radiusY
                let inside = min(1, (2 - 2 * blob.hardness * 0.75) * max(0, 1 - dx * dx - dy * dy))
                y[row * width + column] *= 1 + (factor - 1) * inside
            }
        }
    }

    /// The smallest box around pixels that smoke hides by at least this much, as left, top, right and bottom.
    func smokeBox(atLeast share: Float = 0.1) -> (left: Int, top: Int, right: Int, bottom: Int)? {
        var box: (left: Int, top: Int, right: Int, bottom: Int)?
        for place in smoke.indices where smoke[place] >= share {
            let (row, column) = (place / width, place % width)
            guard let known = box else {
                box = (column, row, column + 1, row + 1)
                continue
            }
            box = (
                min(known.left, column), min(known.top, row), max(known.right, column + 1), max(known.bottom, row + 1)
            )
        }
        return box
    }
}

/// What the detector is given: the drawn picture after a sensor with noise.
struct Exposure {
    private let grain: [Float]
    private var random: Random
    var planes: (y: [UInt8], u: [UInt8], v: [UInt8]) = ([], [], [])

    init(sigma: Float, random: Random) {
        self.random = random
        var own = random
        grain = (0..<65536).map { _ in sigma * own.normal() }
    }

    mutating func take(_ canvas: Canvas) {
        planes.y = expose(canvas.y, noise: 1)
        planes.u = expose(canvas.u, noise: 0.4)
        planes.v = expose(canvas.v, noise: 0.4)
    }

    private mutating func expose(_ plane: [Float], noise: Float) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: plane.count)
        var place = Int.random(in: 0..<65536, using: &random)
        for index in plane.indices {
            result[index] = UInt8(min(max(plane[index] + noise * grain[place] + 0.5, 0), 255))
            place = (place &+ 1) & 0xffff
            // Elsewhere for each stretch, so that no pattern shows.
            if index & 0x7ff == 0 { place = Int.random(in: 0..<65536, using: &random) }
        }
        return result
    }

    func withView<R>(width: Int, height: Int, _ body: (borrowing PictureView) -> R) -> R {
        let half = (width: width / 2, height: height / 2)
        return body(
            PictureView(
                luma: PlaneView(pixels: planes.y.span, width: width, height: height, stride: width),
                chromaU: PlaneView(pixels: planes.u.span, width: half.width, height: half.height, stride: half.width),
                chromaV: PlaneView(pixels: planes.v.span, width: half.width, height: half.height, stride: half.width),
                range: .full))
    }
}
