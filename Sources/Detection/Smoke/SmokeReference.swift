import PixelKernels

/// An older picture, or the median of several, in the light of the picture that is looked at.
struct SmokeReference: ~Copyable {
    private let geometry: SmokeGeometry
    private(set) var plane: PixelBuffer
    /// As it was taken, in its own light; of a single picture the history holds that.
    private(set) var median: PixelBuffer
    private var gains: Gains

    /// Gains of two rows of cells, by pixel.
    private struct Gains {
        var upper: [Float]
        var lower: [Float]
    }

    /// - Parameter isMedian: whether medians are taken, or single pictures.
    init(geometry: SmokeGeometry, isMedian: Bool) {
        self.geometry = geometry
        plane = PixelBuffer(count: geometry.pixels)
        median = PixelBuffer(count: isMedian ? geometry.pixels : 0)
        let row = [Float](repeating: 1, count: geometry.width)
        gains = Gains(upper: row, lower: row)
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
        Self.light(median, from: 0, SmokeGain.field(now: now, then: mean), geometry, &gains, into: &plane)
        return mean
    }

    /// Takes one picture, whose cells are known.
    mutating func take(_ place: Int, of history: borrowing SmokeHistory, lightOf now: CellGrid) {
        let field = SmokeGain.field(now: now, then: history.cells(at: place).luma)
        Self.light(history.pictures, from: place * history.pictureBytes, field, geometry, &gains, into: &plane)
    }

    private static func light(
        _ source: borrowing PixelBuffer, from start: Int, _ field: CellGrid, _ geometry: SmokeGeometry,
        _ gains: inout Gains,
        into plane: inout PixelBuffer
    ) {
        let width = geometry.width
        let side = CellSums.side
        var stretched = -1
        for row in 0..<geometry.height {
            // Cells' values stand in their centres.
            let below = max(row - side / 2, 0)
            let upper = below / side
            if upper != stretched {
                stretched = upper
                stretch(upper, of: field, into: &gains.upper)
                stretch(min(upper + 1, geometry.rows - 1), of: field, into: &gains.lower)
            }
            let weight = row < side / 2 ? 0 : (Float(below % side) + 0.5) / Float(side)
            let place = start + row * width
            var pixels = plane.mutableSpan
            var target = pixels._mutatingExtracting(row * width..<(row + 1) * width)
            applyGain(
                gains.upper.span, gains.lower.span, weight: weight,
                to: source.span.extracting(place..<place + width), into: &target)
        }
    }

    private static func stretch(_ row: Int, of field: CellGrid, into gains: inout [Float]) {
        var stretched = gains.mutableSpan
        stretchCells(field.values.span.extracting(row * field.columns..<(row + 1) * field.columns), into: &stretched)
    }
}

/// What an older picture is multiplied by to show it in today's light: smooth, and near the median over the picture.
enum SmokeGain {
    static func field(now: CellGrid, then: CellGrid) -> CellGrid {
        let ratio = now.with(then) { ($0 + 2) / ($1 + 2) }
        let usable = then.values.map { $0 > 20 && $0 < 245 }
        let count = usable.count { $0 }
        var overall: Float = 1
        if count > 20 { overall = median(of: ratio.values, where: usable, count: count) }
        // A cell whose light changed otherwise than the picture's says next to nothing about the light.
        let weight = ratio.map { abs($0 / overall - 1) < 0.15 ? 1 : 0.001 }
        let weighted = ratio.with(weight) { min(max($0, overall * 0.92), overall * 1.08) * $1 }
        let size = max(5, (now.columns / 4) | 1)
        return weighted.sum(over: size, beyondEdge: .nothing).with(weight.sum(over: size, beyondEdge: .nothing)) {
            $0 / $1
        }
    }

    private static let least: Float = 0.6
    private static let most: Float = 1.6
    /// Numbers that agree to this many of their lower bits share a bin.
    private static let binBits: UInt32 = 12

    /// The middle one of the ratios that are usable, at least 0.6 and at most 1.6.
    ///
    /// Positive numbers lie in the order of their bits: counted by the upper bits of what is between the bounds, few are
    /// left among which the middle one is looked for.
    private static func median(of ratios: [Float], where usable: [Bool], count: Int) -> Float {
        func bin(_ ratio: Float) -> Int {
            Int((min(max(ratio, least), most).bitPattern &- least.bitPattern) &>> binBits)
        }
        var bins = [UInt32](repeating: 0, count: bin(most) + 1)
        for index in ratios.indices where usable[index] { bins[bin(ratios[index])] += 1 }
        var before = 0
        var middle = 0
        while before + Int(bins[middle]) <= count / 2 {
            before += Int(bins[middle])
            middle += 1
        }
        var near: [Float] = []
        for index in ratios.indices where usable[index] && bin(ratios[index]) == middle { near.append(ratios[index]) }
        return min(max(near.smallest(count / 2 - before), least), most)
    }
}
