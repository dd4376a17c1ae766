import PixelKernels

/// How much brighter or darker the picture as a whole has become, against a slow mean of the background on a sparse
/// grid; and what contrast that background has.
struct BrightnessGain {
    /// In 256ths.
    static let unity = 256
    private static let range = 128...512
    /// More points make the median no better.
    private static let mostPoints = 6_000
    private static let inverse: [UInt32] = (0..<256).map { 65536 / (UInt32($0) + 8) }
    /// The mean follows fast at first.
    private static let fastPictures = 40
    private static let picturesPerContrast = 16

    /// Grid spacing in pixels, both ways: a multiple of four, so that every point is the upper left pixel of a block
    /// phase.
    private let spacing: Int
    private let across: Int
    private let down: Int
    private let grid: BlockGrid
    /// Background luma in 256ths, row by row of the grid.
    private var means: [UInt16]
    private var histogram: [UInt32]
    /// Where each grid column's luma stands behind its row's start: in the even columns of the upper row.
    private let offsets: [Int]
    private var pictures = 0
    /// Of the background; measured now and then.
    private(set) var contrast = SceneContrast.full

    init(geometry: WorkingGeometry) {
        var spacing = 4
        while (geometry.width / spacing) * (geometry.height / spacing) > Self.mostPoints { spacing += 4 }
        self.spacing = spacing
        across = max(1, geometry.width / spacing)
        down = max(1, geometry.height / spacing)
        grid = geometry.grid
        means = [UInt16](repeating: 0, count: across * down)
        histogram = [UInt32](repeating: 0, count: Self.range.upperBound + 1)
        offsets = (0..<max(1, geometry.width / spacing)).map { column in
            let half = column * spacing / 2
            return half / PixelBlock.columns * PixelBlock.bytes + half % PixelBlock.columns
        }
    }

    /// Where the luma of a grid row starts among the blocks' bytes.
    private func rowStart(_ row: Int) -> Int { row * spacing / 2 * grid.across * PixelBlock.bytes }

    /// Takes the picture for the background.
    mutating func restart(from blocks: borrowing PixelBuffer) {
        let picture = blocks.span
        pictures = 0
        contrast = .full
        for row in 0..<down {
            for column in 0..<across {
                means[row * across + column] = UInt16(picture[rowStart(row) + offsets[column]]) << 8
            }
        }
    }

    /// The median of background over picture, in 256ths from 128 to 512, one step nearer to unity than measured: so a
    /// background learnt in other light drifts towards the present one.
    mutating func measure(_ blocks: borrowing PixelBuffer) -> Int {
        let picture = blocks.span
        let inverse = Self.inverse
        for i in histogram.indices { histogram[i] = 0 }
        for row in 0..<down {
            let start = rowStart(row)
            for column in 0..<across {
                let y = Int(picture[start + offsets[column]])
                let background = UInt32(means[row * across + column] >> 8) &+ 8
                let ratio = Int((background &* inverse[y]) >> 8)
                histogram[min(max(ratio, Self.range.lowerBound), Self.range.upperBound)] &+= 1
            }
        }
        var left = across * down / 2
        var median = Self.range.lowerBound
        while median < Self.range.upperBound && left >= Int(histogram[median]) {
            left -= Int(histogram[median])
            median += 1
        }
        return median > Self.unity ? median - 1 : median < Self.unity ? median + 1 : median
    }

    /// Lets the mean follow a picture (after gain), hardly where `objects` is set.
    ///
    /// - Parameter objects: the final mask, rows of `stride` bytes.
    mutating func follow(_ blocks: borrowing PixelBuffer, objects: borrowing PixelBuffer, stride: Int) {
        let picture = blocks.span
        let mask = objects.span
        pictures += 1
        let usual = pictures < Self.fastPictures ? 3 : 5
        // Spans, since an array that is a property asks at each element whether it is shared.
        let columns = offsets
        let offsets = columns.span
        let (starts, maskRows) = (rowStart(1) - rowStart(0), spacing * stride)
        let (across, down, spacing) = (across, down, spacing)
        var means = means.mutableSpan
        for row in 0..<down {
            for column in 0..<across {
                let mean = Int(means[row &* across &+ column])
                let luma = Int(picture[row &* starts &+ offsets[column]])
                let isObject = mask[row &* maskRows &+ column &* spacing] != 0
                let step = (luma << 8 &- mean) >> (isObject ? 10 : usual)
                means[row &* across &+ column] = UInt16(truncatingIfNeeded: mean &+ step)
            }
        }
        if pictures % Self.picturesPerContrast == 0 { measureContrast(picture) }
    }

    private mutating func measureContrast(_ picture: Span<UInt8>) {
        var colour = 0
        for row in 0..<down {
            let start = rowStart(row)
            for offset in offsets {
                let at = start + offset + PixelBlock.pixels
                colour += abs(Int(picture[at]) - 128) + abs(Int(picture[at + PixelBlock.columns]) - 128)
            }
        }
        for i in histogram.indices { histogram[i] = 0 }
        for mean in means { histogram[Int(mean >> 8)] &+= 1 }
        let tenth = means.count / 10
        contrast = SceneContrast(
            spread: level(of: means.count - tenth) - level(of: tenth),
            colorfulness: Double(colour) / Double(means.count))
    }

    /// The grey level below which so many points lie, by the histogram.
    private func level(of count: Int) -> Int {
        var (sum, level) = (0, 0)
        while level < 255, sum + Int(histogram[level]) <= count {
            sum += Int(histogram[level])
            level += 1
        }
        return level
    }
}
