/// Where background was lately seen to move by itself, such as a branch that sways, on a coarse grid: what is found
/// there has to come farther than elsewhere before it is taken for an object.
struct RestlessPlaces {
    /// Cells in the height of the picture, about.
    private static let rows = 24
    /// For so long a place is restless after background was last seen to move there: a gust comes and goes.
    private static let memorySeconds = 8.0

    private let cellSize: Int
    private let across: Int
    private let down: Int
    /// Per cell, until when it is restless.
    private var until: [Double]

    /// - Parameters: size of the picture in working pixels.
    init(width: Int, height: Int) {
        cellSize = max(4, height / Self.rows)
        across = (width + cellSize - 1) / cellSize
        down = (height + cellSize - 1) / cellSize
        until = [Double](repeating: -Double.infinity, count: across * down)
    }

    mutating func forgetAll() {
        for cell in until.indices { until[cell] = -Double.infinity }
    }

    /// Background moved in a region's box.
    mutating func mark(_ region: MaskComponent, at now: Double) {
        for row in rows(of: region) {
            for column in columns(of: region) { until[row * across + column] = now + Self.memorySeconds }
        }
    }

    /// Whether more than half of a region's box is restless.
    func hold(_ region: MaskComponent, at now: Double) -> Bool {
        let (rows, columns) = (rows(of: region), columns(of: region))
        var count = 0
        for row in rows {
            for column in columns where until[row * across + column] >= now { count += 1 }
        }
        return 2 * count > rows.count * columns.count
    }

    private func rows(of region: MaskComponent) -> Range<Int> {
        let first = min(max(region.minY / cellSize, 0), down)
        return first..<max(first, min((region.maxY + cellSize - 1) / cellSize, down))
    }

    private func columns(of region: MaskComponent) -> Range<Int> {
        let first = min(max(region.minX / cellSize, 0), across)
        return first..<max(first, min((region.maxX + cellSize - 1) / cellSize, across))
    }
}
