import PixelKernels

/// An older picture, or the median of several, in the light of the picture that is looked at.
struct SmokeReference: ~Copyable {
    private let geometry: SmokeGeometry
    private(set) var plane: PixelBuffer
    /// As it was taken, in its own light.
    private(set) var median: PixelBuffer
    private var gains: [Float]

    init(geometry: SmokeGeometry) {
        self.geometry = geometry
        plane = PixelBuffer(count: geometry.pixels)
        median = PixelBuffer(count: geometry.pixels)
        gains = [Float](repeating: 1, count: geometry.width)
    }

    /// Takes the median of several pictures.
    ///
    /// - Returns: the means of its cells before the light was changed.
    @discardableResult
    mutating func take(
        _ places: [Int], of history: borrowing SmokeHistory, lightOf now: CellGrid, _ window: inout SmokeWindows
    ) -> CellGrid {
        history.median(places, into: &median)
        let mean = window.mean(of: median)
        Self.light(median, SmokeGain.field(now: now, then: mean), geometry, &gains, into: &plane)
        return mean
    }

    /// Takes one picture, whose cells are known.
    mutating func take(_ place: Int, of history: borrowing SmokeHistory, lightOf now: CellGrid) {
        history.copy(place, into: &median)
        let field = SmokeGain.field(now: now, then: history.cells(at: place).luma)
        Self.light(median, field, geometry, &gains, into: &plane)
    }

    private static func light(
        _ source: borrowing PixelBuffer, _ field: CellGrid, _ geometry: SmokeGeometry, _ gains: inout [Float],
        into plane: inout PixelBuffer
    ) {
        let width = geometry.width
        let side = CellSums.side
        for row in 0..<geometry.height {
            // Cells' values stand in their centres.
            let place = (Float(row) + 0.5) / Float(side) - 0.5
            let upper = max(Int(place.rounded(.down)), 0)
            let lower = min(upper + (place < 0 ? 0 : 1), geometry.rows - 1)
            let weight = place < 0 ? 0 : place - Float(upper)
            let values = field.values.span
            var stretched = gains.mutableSpan
            stretchCells(
                values.extracting(upper * geometry.columns..<(upper + 1) * geometry.columns),
                values.extracting(lower * geometry.columns..<(lower + 1) * geometry.columns), weight: weight,
                into: &stretched)
            var pixels = plane.mutableSpan
            var target = pixels._mutatingExtracting(row * width..<(row + 1) * width)
            applyGain(gains.span, to: source.span.extracting(row * width..<(row + 1) * width), into: &target)
        }
    }
}

/// What an older picture is multiplied by to show it in today's light: smooth, and near the median over the picture.
enum SmokeGain {
    static func field(now: CellGrid, then: CellGrid) -> CellGrid {
        let ratio = now.with(then) { ($0 + 2) / ($1 + 2) }
        var usable = zip(ratio.values, then.values).filter { $0.1 > 20 && $0.1 < 245 }.map(\.0)
        var overall: Float = 1
        if usable.count > 20 {
            overall = min(max(usable.smallest(usable.count / 2), 0.6), 1.6)
        }
        // A cell whose light changed otherwise than the picture's says next to nothing about the light.
        let weight = ratio.map { abs($0 / overall - 1) < 0.15 ? 1 : 0.001 }
        let weighted = ratio.with(weight) { min(max($0, overall * 0.92), overall * 1.08) * $1 }
        let size = max(5, (now.columns / 4) | 1)
        return weighted.sum(over: size, beyondEdge: .nothing).with(weight.sum(over: size, beyondEdge: .nothing)) {
            $0 / $1
        }
    }
}
