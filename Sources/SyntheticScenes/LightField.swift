/// How much of the sun reaches each part of the view in one frame: values on a grid of 16 pixels, blended between.
struct LightField {
    static let cell = 16
    let columns: Int
    let rows: Int
    private let width: Int
    private let height: Int
    private(set) var values: [Float]
    private var line: [Float]

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        columns = (width + LightField.cell - 1) / LightField.cell + 1
        rows = (height + LightField.cell - 1) / LightField.cell + 1
        values = [Float](repeating: 1, count: columns * rows)
        line = [Float](repeating: 1, count: columns)
    }

    /// - Parameter light: the sun's strength at a point given in fractions of the canvas.
    mutating func fill(_ light: (Float, Float) -> Float) {
        let cell = Float(LightField.cell)
        for row in 0..<rows {
            for column in 0..<columns {
                values[row * columns + column] = light(
                    Float(column) * cell / Float(width), Float(row) * cell / Float(height))
            }
        }
    }

    /// At a point of the canvas in pixels; points outside get the value at the edge.
    func value(x: Float, y: Float) -> Float {
        let cell = Float(LightField.cell)
        let gx = clamp(x / cell, 0, Float(columns - 1) - 0.001)
        let gy = clamp(y / cell, 0, Float(rows - 1) - 0.001)
        let column = Int(gx)
        let row = Int(gy)
        let i = row * columns + column
        let top = mix(values[i], values[i + 1], gx - Float(column))
        let bottom = mix(values[i + columns], values[i + columns + 1], gx - Float(column))
        return mix(top, bottom, gy - Float(row))
    }

    /// Writes every pixel's light to `full` and every second one of every second row to `half`.
    mutating func expand(full: inout [Float], half: inout [Float]) {
        let cell = LightField.cell
        let step = 1 / Float(cell)
        var out = full.mutableSpan
        var small = half.mutableSpan
        for y in 0..<height {
            let row = y / cell
            let t = Float(y % cell) * step
            for column in 0..<columns {
                line[column] = mix(values[row * columns + column], values[(row + 1) * columns + column], t)
            }
            for column in 0..<columns - 1 {
                let start = line[column]
                let slope = (line[column + 1] - start) * step
                let first = column * cell
                let count = min(cell, width - first)
                let base = y * width + first
                for x in 0..<count { out[base + x] = start + slope * Float(x) }
            }
            if y % 2 == 0 {
                let target = y / 2 * (width / 2)
                for x in 0..<width / 2 { small[target + x] = out[y * width + 2 * x] }
            }
        }
    }
}
