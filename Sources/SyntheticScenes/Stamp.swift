/// A small picture with soft edges that is laid over the canvas: a person, a shadow, a cloud of smoke.
///
/// Colours are multiplied by `alpha` already, so that laying one over another is `below * (1 - alpha) + colour`: for
/// smoke of transmission t and colour A that is the law of haze, I' = tI + (1 - t)A. It may reach beyond the canvas.
struct Stamp {
    /// Canvas pixel of the top left corner; even.
    let originX: Int
    let originY: Int
    /// Even.
    let width: Int
    let height: Int
    var alpha: [Float]
    var y: [Float]
    var u: [Float]
    var v: [Float]

    /// An empty stamp that covers a rectangle of the canvas, given in pixels.
    init(left: Float, top: Float, right: Float, bottom: Float) {
        originX = Int((left / 2).rounded(.down)) * 2
        originY = Int((top / 2).rounded(.down)) * 2
        width = max(2, (Int(right.rounded(.up)) - originX + 1) / 2 * 2)
        height = max(2, (Int(bottom.rounded(.up)) - originY + 1) / 2 * 2)
        let zeros = [Float](repeating: 0, count: width * height)
        alpha = zeros
        y = zeros
        u = zeros
        v = zeros
    }

    /// Lays `color` over pixel `i`, covering the part `cover` of it.
    @inline(__always)
    mutating func lay(_ i: Int, y luma: Float, u blue: Float, v red: Float, cover: Float) {
        let rest = 1 - cover
        alpha[i] = alpha[i] * rest + cover
        y[i] = y[i] * rest + luma * cover
        u[i] = u[i] * rest + blue * cover
        v[i] = v[i] * rest + red * cover
    }

    /// The columns and rows of the stamp that lie in a rectangle of canvas pixels.
    func span(left: Float, top: Float, right: Float, bottom: Float) -> (x: Range<Int>, y: Range<Int>) {
        let x0 = max(0, Int(left.rounded(.down)) - originX)
        let x1 = min(width, Int(right.rounded(.up)) + 1 - originX)
        let y0 = max(0, Int(top.rounded(.down)) - originY)
        let y1 = min(height, Int(bottom.rounded(.up)) + 1 - originY)
        return (x0..<max(x0, x1), y0..<max(y0, y1))
    }

    /// The sum of all coverage, in pixels: the area of the whole thing, wherever it is.
    var area: Double { alpha.reduce(0.0) { $0 + Double($1) } }

    /// The part of the canvas that it covers; its bounds are even.
    func area(onCanvas canvas: (width: Int, height: Int)) -> CanvasArea {
        let left = min(max(0, originX), canvas.width)
        let top = min(max(0, originY), canvas.height)
        return (
            left..<max(left, min(originX + width, canvas.width)), top..<max(top, min(originY + height, canvas.height))
        )
    }

    /// Takes away what an occluder hides; `coverage` is as large as the canvas.
    mutating func hide(behind coverage: [Float], canvas: (width: Int, height: Int)) {
        let area = area(onCanvas: canvas)
        for row in area.y {
            for column in area.x {
                let kept = 1 - coverage[row * canvas.width + column]
                guard kept < 1 else { continue }
                let i = (row - originY) * width + column - originX
                alpha[i] *= kept
                y[i] *= kept
                u[i] *= kept
                v[i] *= kept
            }
        }
    }
}

/// Columns and rows of the canvas.
typealias CanvasArea = (x: Range<Int>, y: Range<Int>)
