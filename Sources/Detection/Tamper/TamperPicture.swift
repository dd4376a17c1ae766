import PixelKernels

/// A picture taken apart into cells of 8x8 pixels at about 270 rows: how bright each is and how much edge it holds.
struct TamperPicture: ~Copyable {
    /// Fewer rows or columns of cells tell nothing.
    private static let fewestCells = 6
    private static let rows = 270.0

    let columns: Int
    let rows: Int
    private let factor: Int
    private var width: Int { columns * CellSums.side }
    private var height: Int { rows * CellSums.side }
    private var luma: PixelBuffer
    private var previous: PixelBuffer
    private var hasPrevious = false
    private var rowSums: [UInt16]
    private var scratch: [UInt32]
    private var sums: [UInt32]
    /// Mean of each cell, 0 to 255 in full range.
    private(set) var means: [Float]
    /// Mean of |LH| + |HL| + |HH| over each cell's blocks of 2x2 pixels.
    private(set) var edges: [Float]
    /// Share of the cells in which any pixel differs from the picture before; `nil` for the first picture.
    private(set) var changedShare: Double?

    /// - Returns: `nil` for pictures that are too small.
    init?(sourceWidth: Int, sourceHeight: Int) {
        factor = max(1, Int((Double(sourceHeight) / Self.rows).rounded()))
        columns = sourceWidth / factor / CellSums.side
        rows = sourceHeight / factor / CellSums.side
        guard columns >= Self.fewestCells, rows >= Self.fewestCells else { return nil }
        let cells = columns * rows
        let pixels = cells * CellSums.side * CellSums.side
        luma = PixelBuffer(count: pixels)
        previous = PixelBuffer(count: pixels)
        rowSums = [UInt16](repeating: 0, count: sourceWidth)
        scratch = [UInt32](repeating: 0, count: columns * CellSums.side)
        sums = [UInt32](repeating: 0, count: cells)
        means = [Float](repeating: 0, count: cells)
        edges = [Float](repeating: 0, count: cells)
    }

    /// The next picture has nothing to do with the last.
    mutating func forgetPrevious() { hasPrevious = false }

    mutating func load(_ source: borrowing PictureView) {
        swap(&luma, &previous)
        let width = width
        Self.scale(source.luma, by: factor, width: width, height: height, &rowSums, into: &luma)
        let area = Float(CellSums.side * CellSums.side)
        let (zero, gain): (Float, Float) = source.range == .limited ? (16, 255 / 219) : (0, 1)
        Self.sumValues(luma, width: width, &scratch, into: &sums)
        for cell in means.indices { means[cell] = min(max((Float(sums[cell]) / area - zero) * gain, 0), 255) }
        Self.sumEdges(luma, width: width, &scratch, into: &sums)
        for cell in edges.indices { edges[cell] = Float(sums[cell]) / (area / 4) * gain }
        changedShare = nil
        if hasPrevious {
            Self.sumDifferences(luma, previous, width: width, &scratch, into: &sums)
            changedShare = Double(sums.count { $0 > 0 }) / Double(sums.count)
        }
        hasPrevious = true
    }

    private static func sumValues(
        _ plane: borrowing PixelBuffer, width: Int, _ scratch: inout [UInt32], into sums: inout [UInt32]
    ) {
        var columns = scratch.mutableSpan
        var result = sums.mutableSpan
        CellSums.values(of: plane.span, width: width, side: CellSums.side, columns: &columns, into: &result)
    }

    private static func sumEdges(
        _ plane: borrowing PixelBuffer, width: Int, _ scratch: inout [UInt32], into sums: inout [UInt32]
    ) {
        var columns = scratch.mutableSpan
        var result = sums.mutableSpan
        CellSums.edges(of: plane.span, width: width, columns: &columns, into: &result)
    }

    private static func sumDifferences(
        _ a: borrowing PixelBuffer, _ b: borrowing PixelBuffer, width: Int, _ scratch: inout [UInt32],
        into sums: inout [UInt32]
    ) {
        var columns = scratch.mutableSpan
        var result = sums.mutableSpan
        CellSums.differences(of: a.span, and: b.span, width: width, columns: &columns, into: &result)
    }

    private static func scale(
        _ source: PlaneView, by factor: Int, width: Int, height: Int, _ rowSums: inout [UInt16],
        into luma: inout PixelBuffer
    ) {
        let subsampling = Subsampling(across: factor, down: factor)
        var space = rowSums.mutableSpan
        for row in 0..<height {
            var pixels = luma.mutableSpan
            var target = pixels._mutatingExtracting(row * width..<(row + 1) * width)
            subsampleRow(of: source, row: row, by: subsampling, sums: &space, into: &target, count: width)
        }
    }
}
