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
    private var background: PixelBuffer
    private var present: PixelBuffer
    private var verdicts: PixelBuffer
    /// Per column of a region, its cells that are the object's for sure.
    private var solids: [Int]

    init(geometry: WorkingGeometry) {
        mostCells = max(64, geometry.width * geometry.height / 12)
        background = PixelBuffer(count: mostCells)
        present = PixelBuffer(count: mostCells)
        verdicts = PixelBuffer(count: mostCells)
        solids = [Int](repeating: 0, count: geometry.width / 2 + 1)
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
        let found =
            area.columns * area.rows > mostCells
            ? 0
            : Self.findCandidates(
                mask, stride: stride, area, picture: picture, model: model, grid: grid, background: &background,
                present: &present, verdicts: &verdicts)
        guard found > 0 else {
            regions.append(region)
            return
        }
        Self.correlate(area, background: background, present: present, verdicts: &verdicts)
        guard Self.settle(area, verdicts: &verdicts, solids: &solids) else {
            regions.append(region)
            return
        }
        Self.collect(
            area, verdicts: verdicts, mask: mask, stride: stride, minimumArea: minimumArea, into: &regions)
    }

    /// - Returns: how many there are.
    private static func findCandidates(
        _ mask: Span<UInt8>, stride: Int, _ area: Area, picture: Span<UInt8>, model: Span<UInt8>, grid: BlockGrid,
        background: inout PixelBuffer, present: inout PixelBuffer, verdicts: inout PixelBuffer
    ) -> Int {
        var backs = background.mutableSpan
        var nows = present.mutableSpan
        var cells = verdicts.mutableSpan
        var found = 0
        for row in 0..<area.rows {
            let cellRow = area.top + row
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
                backs[at] = UInt8(back.luma / 64)
                nows[at] = UInt8(now.luma / 4)
                let isCandidate =
                    light >= Self.leastLight && light <= Self.mostLight && du <= Self.chromaTolerance
                    && dv <= Self.chromaTolerance
                cells[at] = isCandidate ? Cell.undecided : Cell.object
                if isCandidate { found += 1 }
            }
        }
        return found
    }

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

    /// Decides candidates by the texture around them. The verdicts of cells already decided are read as candidates, too,
    /// so that the order of the cells plays no part.
    private static func correlate(
        _ area: Area, background: borrowing PixelBuffer, present: borrowing PixelBuffer, verdicts: inout PixelBuffer
    ) {
        let backs = background.span
        let nows = present.span
        var cells = verdicts.mutableSpan
        for row in 0..<area.rows {
            for column in 0..<area.columns where cells[row * area.columns + column] != Cell.other {
                let at = row * area.columns + column
                guard cells[at] & 3 == Cell.undecided else { continue }
                var (n, sumB, sumC, sumBB, sumCC, sumBC) = (0, 0, 0, 0, 0, 0)
                for y in max(0, row - Self.reach)...min(area.rows - 1, row + Self.reach) {
                    for x in max(0, column - Self.reach)...min(area.columns - 1, column + Self.reach) {
                        let other = y * area.columns + x
                        guard cells[other] & 3 == Cell.undecided else { continue }
                        let b = Int(backs[other])
                        let c = Int(nows[other])
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
        for at in 0..<area.rows * area.columns where cells[at] >> 4 != 0 { cells[at] >>= 4 }
    }

    /// Decides what is undecided: what lies beside the object's columns is shadow, and what lies in them belongs to the
    /// object. Shadows fall to the side more often than things stick out there that look like shadows.
    ///
    /// - Returns: whether any shadow is there.
    private static func settle(_ area: Area, verdicts: inout PixelBuffer, solids: inout [Int]) -> Bool {
        var cells = verdicts.mutableSpan
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
