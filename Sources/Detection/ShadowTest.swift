import PixelKernels

/// Takes cast shadows off the regions that are followed: what is darker than the background in proportion, of nearly
/// its colour, and shows the background's own texture. The mask itself keeps them, since what is dark, grey and smooth
/// on a thing looks the same (clearing such pixels was measured to lose more of the things than of the shadows).
///
/// Works on cells of 2 x 2 pixels, the resolution of the chroma. Candidates are chosen by brightness and colour as by
/// Horprasert et al. (1999), and accepted by normalised cross-correlation with the background (Jacques et al., 2005) over
/// the candidates of a 5 x 5 neighbourhood, or where they lie beside the columns of what is the object's for sure.
struct ShadowTest: ~Copyable {
    /// A shadow leaves this much of the light, in 256ths.
    private static let leastLight = 90
    private static let mostLight = 246
    private static let chromaTolerance = 6
    private static let reach = 2
    private static let leastCells = 8
    /// A power of two that holds the rows around a cell.
    private static let ringRows = 8
    /// Correlation of 0.6, squared, in hundredths.
    private static let correlation = 36
    /// Variance of the background that counts as texture, in steps of luma squared.
    private static let texture = 3

    private enum Cell {
        static let other: UInt8 = 0
        static let object: UInt8 = 1
        static let undecided: UInt8 = 2
        static let shadow: UInt8 = 3
    }

    /// Regions whose boxes are larger than this are not tested: no single thing's shadow.
    private let mostCells: Int
    /// Luma of the cells of the rows at hand, in rings of `ringRows` rows.
    private var background: PixelBuffer
    private var present: PixelBuffer
    /// Per cell of the whole region.
    private var verdicts: PixelBuffer
    /// Per column of a region, its cells that are the object's for sure.
    private var solids: [Int]

    init(geometry: WorkingGeometry) {
        mostCells = max(64, geometry.width * geometry.height / 12)
        let pitch = geometry.width / 2 + 1
        background = PixelBuffer(count: Self.ringRows * pitch)
        present = PixelBuffer(count: Self.ringRows * pitch)
        verdicts = PixelBuffer(count: mostCells)
        solids = [Int](repeating: 0, count: pitch)
    }

    /// The cells of one region's box.
    private struct Area {
        var left: Int
        var top: Int
        var columns: Int
        var rows: Int

        init(_ region: MaskComponent) {
            left = region.minX / 2
            top = region.minY / 2
            columns = (region.maxX + 1) / 2 - left
            rows = (region.maxY + 1) / 2 - top
        }
    }

    /// Appends the parts of a region that are no shadow; the region itself where that cannot be told.
    ///
    /// - Parameters:
    ///   - mask: rows of `stride` bytes, 0 where nothing is.
    ///   - picture: blocks of the loaded picture.
    ///   - model: its background.
    ///   - minimumArea: smaller parts are left out, in pixels.
    mutating func trim(
        _ region: MaskComponent, mask: Span<UInt8>, stride: Int, picture: Span<UInt8>, model: Span<UInt8>,
        grid: BlockGrid, minimumArea: Int, into regions: inout [MaskComponent]
    ) {
        let area = Area(region)
        guard area.columns * area.rows <= mostCells else {
            regions.append(region)
            return
        }
        for row in 0..<area.rows + Self.reach {
            if row < area.rows {
                Self.findCandidates(
                    mask, stride: stride, area, row: row, picture: picture, model: model, grid: grid,
                    background: &background, present: &present, verdicts: &verdicts)
            }
            if row >= Self.reach {
                Self.correlate(
                    area, row: row - Self.reach, background: background, present: present, verdicts: &verdicts)
            }
        }
        guard Self.settle(area, verdicts: &verdicts, solids: &solids) else {
            regions.append(region)
            return
        }
        Self.collect(
            area, verdicts: verdicts, mask: mask, stride: stride, minimumArea: minimumArea, into: &regions)
    }

    /// Tells candidates in one row of cells from what is the object's for sure.
    private static func findCandidates(
        _ mask: Span<UInt8>, stride: Int, _ area: Area, row: Int, picture: Span<UInt8>, model: Span<UInt8>,
        grid: BlockGrid, background: inout PixelBuffer, present: inout PixelBuffer, verdicts: inout PixelBuffer
    ) {
        var backs = background.mutableSpan
        var nows = present.mutableSpan
        var cells = verdicts.mutableSpan
        let cellRow = area.top + row
        let ring = ringStart(row, area)
        for column in 0..<area.columns {
            let cellColumn = area.left + column
            let at = row * area.columns + column
            let pixel = 2 * cellRow * stride + 2 * cellColumn
            cells[at] = Cell.other
            guard mask[pixel] | mask[pixel + 1] | mask[pixel + stride] | mask[pixel + stride + 1] != 0 else {
                continue
            }
            let block = cellRow * grid.across + cellColumn / PixelBlock.columns
            let inBlock = cellColumn % PixelBlock.columns
            let now = Self.cell(picture, at: block * PixelBlock.bytes + inBlock)
            var back = (luma: 0, u: 0, v: 0)
            for sample in 0..<PixelBlock.samples {
                let start = PixelBlock.sampleStart(sample, block: block, of: grid.count)
                let one = Self.cell(model, at: start + inBlock)
                back.luma += one.luma
                back.u += one.u
                back.v += one.v
            }
            // Lumas are sums of four pixels, those of the background of sixteen samples, too.
            let light = now.luma * 16 * 256 / max(back.luma, 1)
            let du = Self.difference(now.u, back.u, light: light)
            let dv = Self.difference(now.v, back.v, light: light)
            backs[ring + column] = UInt8(back.luma / 64)
            nows[ring + column] = UInt8(now.luma / 4)
            let isCandidate =
                light >= Self.leastLight && light <= Self.mostLight && du <= Self.chromaTolerance
                && dv <= Self.chromaTolerance
            cells[at] = isCandidate ? Cell.undecided : Cell.object
        }
    }

    /// Where a row of an area's cells stands in the rings.
    private static func ringStart(_ row: Int, _ area: Area) -> Int { (row & (ringRows - 1)) * area.columns }

    /// How far a chroma value is from the background's (a sum of sixteen), or from that with its saturation dimmed as its
    /// light, whichever is nearer: cameras differ in that.
    private static func difference(_ now: Int, _ back: Int, light: Int) -> Int {
        let grey = 128 * PixelBlock.samples
        let dimmed = grey + (back - grey) * light / 256
        return min(abs(16 * now - back), abs(16 * now - dimmed)) / PixelBlock.samples
    }

    /// The luma of a cell's four pixels together, and its colour.
    private static func cell(_ blocks: Span<UInt8>, at start: Int) -> (luma: Int, u: Int, v: Int) {
        (
            Int(blocks[start]) + Int(blocks[start + 32]) + Int(blocks[start + 64]) + Int(blocks[start + 96]),
            Int(blocks[start + 128]), Int(blocks[start + 160])
        )
    }

    /// Decides one row's candidates by the texture around them; two rows on must have been looked at. The verdicts of cells already decided are read as candidates, too,
    /// so that the order of the cells plays no part.
    private static func correlate(
        _ area: Area, row: Int, background: borrowing PixelBuffer, present: borrowing PixelBuffer,
        verdicts: inout PixelBuffer
    ) {
        let backs = background.span
        let nows = present.span
        var cells = verdicts.mutableSpan
        for column in 0..<area.columns where cells[row * area.columns + column] != Cell.other {
            let at = row * area.columns + column
            guard cells[at] & 3 == Cell.undecided else { continue }
            var (n, sumB, sumC, sumBB, sumCC, sumBC) = (0, 0, 0, 0, 0, 0)
            for y in max(0, row - Self.reach)...min(area.rows - 1, row + Self.reach) {
                for x in max(0, column - Self.reach)...min(area.columns - 1, column + Self.reach) {
                    guard cells[y * area.columns + x] & 3 == Cell.undecided else { continue }
                    let b = Int(backs[ringStart(y, area) + x])
                    let c = Int(nows[ringStart(y, area) + x])
                    n += 1
                    sumB += b
                    sumC += c
                    sumBB += b * b
                    sumCC += c * c
                    sumBC += b * c
                }
            }
            // n squared times the variances and the covariance.
            let varianceB = n * sumBB - sumB * sumB
            let varianceC = n * sumCC - sumC * sumC
            let covariance = n * sumBC - sumB * sumC
            guard n >= Self.leastCells, varianceB >= Self.texture * n * n else { continue }
            // The verdict waits in the upper bits until all cells have been looked at. What is not alike stays
            // undecided: a soft edge of a shadow changes more than the texture does.
            if covariance > 0, 100 * covariance * covariance >= Self.correlation * varianceB * max(varianceC, 1) {
                cells[at] |= Cell.shadow << 4
            }
        }
    }

    /// Decides what is undecided: what lies beside the object's columns is shadow, and what lies in them belongs to the
    /// object. Shadows fall to the side more often than things stick out there that look like shadows.
    ///
    /// - Returns: whether any shadow is there.
    private static func settle(_ area: Area, verdicts: inout PixelBuffer, solids: inout [Int]) -> Bool {
        var cells = verdicts.mutableSpan
        // What texture decided has waited until all of it had been looked at.
        for at in 0..<area.rows * area.columns where cells[at] >> 4 != 0 { cells[at] >>= 4 }
        var (set, objects, shadows) = (0, 0, 0)
        for column in 0..<area.columns {
            var solid = 0
            for row in 0..<area.rows {
                let verdict = cells[row * area.columns + column]
                if verdict != Cell.other { set += 1 }
                if verdict == Cell.object { solid += 1 }
                if verdict == Cell.shadow { shadows += 1 }
            }
            objects += solid
            solids[column] = solid
        }
        // Where little is the object's for sure, it may be as dark and grey as a shadow.
        guard 4 * objects >= set || 2 * shadows >= set else { return false }
        let enough = max(2, area.rows / 6)
        for row in 0..<area.rows {
            for column in 0..<area.columns where cells[row * area.columns + column] == Cell.undecided {
                let near = max(0, column - 1)...min(area.columns - 1, column + 1)
                let isSolid = near.contains { solids[$0] >= enough }
                cells[row * area.columns + column] = isSolid ? Cell.object : Cell.shadow
                if !isSolid { shadows += 1 }
            }
        }
        return shadows > 0
    }

    /// The object's cells as regions, one for each run of columns.
    private static func collect(
        _ area: Area, verdicts: borrowing PixelBuffer, mask: Span<UInt8>, stride: Int, minimumArea: Int,
        into regions: inout [MaskComponent]
    ) {
        let cells = verdicts.span
        var part: MaskComponent?
        var emptyColumns = 0
        func end() {
            if let part, part.area >= minimumArea { regions.append(part) }
            part = nil
        }
        for column in 0..<area.columns {
            var isEmpty = true
            for row in 0..<area.rows where cells[row * area.columns + column] == Cell.object {
                isEmpty = false
                for y in 2 * (area.top + row)...2 * (area.top + row) + 1 {
                    for x in 2 * (area.left + column)...2 * (area.left + column) + 1 where mask[y * stride + x] != 0 {
                        let pixel = MaskComponent(
                            minX: x, minY: y, maxX: x + 1, maxY: y + 1, area: 1, sumX: x, sumY: y)
                        if part == nil { part = pixel } else { part?.add(pixel) }
                    }
                }
            }
            emptyColumns = isEmpty ? emptyColumns + 1 : 0
            if emptyColumns > reach { end() }
        }
        end()
    }
}
