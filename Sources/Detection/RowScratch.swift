import PixelKernels

/// The few rows in which pictures and masks change between row order and block order.
struct RowScratch: ~Copyable {
    /// Bytes before and after a row of the ring, for the pixels that the median looks at beyond the edge.
    private static let edge = 64
    /// Rows in the rings. A power of two that holds the five or six rows needed at once.
    private static let ringRows = 8

    /// The surroundings of objects in one row of blocks, 128 bytes a block.
    private(set) var objects: PixelBuffer

    private var upper: PixelBuffer
    private var lower: PixelBuffer
    private var chromaU: PixelBuffer
    private var chromaV: PixelBuffer
    private var sums: [UInt16]
    private var ring: PixelBuffer
    private var columnSums: PixelBuffer
    private var widened: PixelBuffer
    private var widenedSet = InlineArray<8, Bool>(repeating: false)
    private var objectsSet = false
    private let pitch: Int

    init(geometry: WorkingGeometry) {
        let padded = geometry.paddedWidth
        pitch = padded + 2 * Self.edge
        objects = PixelBuffer(count: geometry.grid.across * PixelBlock.pixels)
        upper = PixelBuffer(count: padded)
        lower = PixelBuffer(count: padded)
        chromaU = PixelBuffer(count: padded / 2)
        chromaV = PixelBuffer(count: padded / 2)
        sums = [UInt16](repeating: 0, count: geometry.sourceWidth)
        ring = PixelBuffer(count: pitch * Self.ringRows)
        columnSums = PixelBuffer(count: padded + 4)
        widened = PixelBuffer(count: padded * Self.ringRows)
    }

    /// Subsamples a picture into blocks.
    mutating func load(
        _ source: borrowing PictureView, geometry: WorkingGeometry, into picture: inout PixelBuffer
    ) {
        let factor = Subsampling(across: geometry.factor, down: geometry.factor)
        let grid = geometry.grid
        if let u = source.chromaU, let v = source.chromaV, geometry.isUnscaled(chromaU: u, chromaV: v) {
            for row in 0..<grid.down {
                Self.pack(source.luma, u, v, row: row, count: grid.across, into: &picture)
            }
            return
        }
        for row in 0..<grid.down {
            Self.load(source.luma, row: 2 * row, by: factor, count: geometry.width, &sums, into: &upper)
            Self.load(source.luma, row: 2 * row + 1, by: factor, count: geometry.width, &sums, into: &lower)
            Self.loadChroma(source.chromaU, row: row, geometry: geometry, &sums, into: &chromaU)
            Self.loadChroma(source.chromaV, row: row, geometry: geometry, &sums, into: &chromaV)
            Self.pack(
                upper, lower, chromaU, chromaV, count: grid.across, into: &picture,
                at: row * grid.across * PixelBlock.bytes)
        }
    }

    private static func pack(
        _ upper: borrowing PixelBuffer, _ lower: borrowing PixelBuffer, _ chromaU: borrowing PixelBuffer,
        _ chromaV: borrowing PixelBuffer, count: Int, into picture: inout PixelBuffer, at start: Int
    ) {
        var blocks = picture.mutableSpan
        packBlocks(
            upper: upper.span, lower: lower.span, chromaU: chromaU.span, chromaV: chromaV.span, count: count,
            into: &blocks, at: start)
    }

    /// Packs rows as they come, for a source that is neither scaled nor widened.
    private static func pack(
        _ luma: PlaneView, _ chromaU: PlaneView, _ chromaV: PlaneView, row: Int, count: Int,
        into picture: inout PixelBuffer
    ) {
        var blocks = picture.mutableSpan
        packBlocks(
            upper: luma.row(2 * row), lower: luma.row(2 * row + 1), chromaU: chromaU.row(row),
            chromaV: chromaV.row(row), count: count, into: &blocks, at: row * count * PixelBlock.bytes)
    }

    private static func loadChroma(
        _ plane: PlaneView?, row: Int, geometry: WorkingGeometry, _ sums: inout [UInt16],
        into buffer: inout PixelBuffer
    ) {
        if let plane, let factor = geometry.chromaSubsampling(width: plane.width, height: plane.height) {
            load(plane, row: row, by: factor, count: geometry.width / 2, &sums, into: &buffer)
        } else {
            buffer.fill(with: 128)
        }
    }

    private static func load(
        _ plane: PlaneView, row: Int, by factor: Subsampling, count: Int, _ sums: inout [UInt16],
        into buffer: inout PixelBuffer
    ) {
        var scratch = sums.mutableSpan
        var result = buffer.mutableSpan
        subsampleRow(of: plane, row: row, by: factor, sums: &scratch, into: &result, count: count)
        let last = result[count - 1]
        for x in count..<result.count { result[x] = last }
    }

    /// The median of a raw mask, row by row through a ring.
    ///
    /// - Parameters:
    ///   - marked: per block, whether the raw mask holds anything there.
    ///   - occupied: per row, whether anything may be set in `mask`; afterwards, whether it is.
    /// - Returns: how many pixels of the raw mask are set.
    mutating func median(
        of foreground: borrowing PixelBuffer, marked: borrowing PixelBuffer, geometry: WorkingGeometry,
        into mask: inout PixelBuffer, occupied: inout [Bool]
    ) -> Int {
        let height = geometry.height
        var total = 0
        var set = InlineArray<8, Bool>(repeating: false)
        var next = 0
        for y in 0..<height {
            while next < height && next <= y + 2 {
                let count = Self.joinRow(
                    next, of: foreground, marked: marked, geometry: geometry, into: &ring, at: rowStart(next))
                set[next & 7] = count > 0
                total += count
                next += 1
            }
            var starts = InlineArray<5, Int>(repeating: 0)
            var any = false
            for i in 0..<5 {
                let row = min(max(y + i - 2, 0), height - 1)
                starts[i] = rowStart(row)
                any = any || set[row & 7]
            }
            let at = y * geometry.paddedWidth
            if any {
                occupied[y] = Self.median(of: ring, starts, &columnSums, count: geometry.width, into: &mask, at: at)
            } else if occupied[y] {
                occupied[y] = false
                Self.clear(&mask, from: at, count: geometry.width)
            }
        }
        return total
    }

    private func rowStart(_ row: Int) -> Int { (row & 7) * pitch + Self.edge }

    /// - Returns: how many pixels of the row are set.
    private static func joinRow(
        _ row: Int, of foreground: borrowing PixelBuffer, marked: borrowing PixelBuffer, geometry: WorkingGeometry,
        into ring: inout PixelBuffer, at start: Int
    ) -> Int {
        let flags = marked.span
        var any: UInt8 = 0
        for block in row / 2 * geometry.grid.across..<(row / 2 + 1) * geometry.grid.across { any |= flags[block] }
        guard any != 0 else {
            clear(&ring, from: start - 2, count: geometry.width + 4)
            return 0
        }
        let bytes = geometry.grid.across * PixelBlock.pixels
        let width = geometry.width
        var rows = ring.mutableSpan
        joinMaskRow(
            of: foreground.span.extracting(row / 2 * bytes..<(row / 2 + 1) * bytes), lower: row & 1 == 1,
            count: geometry.grid.across, into: &rows, at: start)
        for i in 1...2 {
            rows[start - i] = rows[start]
            rows[start + width - 1 + i] = rows[start + width - 1]
        }
        return countSet(rows.span.extracting(start..<start + width))
    }

    private static func clear(_ mask: inout PixelBuffer, from start: Int, count: Int) {
        var bytes = mask.mutableSpan
        for x in start..<start + count { bytes[x] = 0 }
    }

    private static func median(
        of ring: borrowing PixelBuffer, _ starts: InlineArray<5, Int>, _ columnSums: inout PixelBuffer, count: Int,
        into mask: inout PixelBuffer, at start: Int
    ) -> Bool {
        var scratch = columnSums.mutableSpan
        var result = mask.mutableSpan
        return medianRow(of: ring.span, starts: starts, sums: &scratch, count: count, into: &result, at: start)
    }

    /// Fills `objects` for one row of blocks: kept regions, widened by `margin` (at most 2) pixels every way.
    mutating func spread(_ components: borrowing MaskComponents, row: Int, margin: Int, geometry: WorkingGeometry) {
        let first = row == 0 ? 0 : 2 * row + margin
        for y in first..<2 * row + 2 + margin { widen(components, y, margin: margin, geometry: geometry) }
        var any = false
        for y in max(0, 2 * row - margin)..<2 * row + 2 + margin { any = any || widenedSet[y & 7] }
        guard any else {
            if objectsSet { objects.fill(with: 0) }
            objectsSet = false
            return
        }
        objectsSet = true
        Self.unite(widened, around: 2 * row, width: geometry.paddedWidth, into: &upper)
        Self.unite(widened, around: 2 * row + 1, width: geometry.paddedWidth, into: &lower)
        Self.split(upper, lower, count: geometry.grid.across, into: &objects)
    }

    private mutating func widen(
        _ components: borrowing MaskComponents, _ y: Int, margin: Int, geometry: WorkingGeometry
    ) {
        let padded = geometry.paddedWidth
        let at = (y & 7) * padded
        if widenedSet[y & 7] { Self.clear(&widened, from: at, count: padded) }
        widenedSet[y & 7] = Self.paint(components, y, margin: margin, into: &widened, at: at)
    }

    private static func paint(
        _ components: borrowing MaskComponents, _ y: Int, margin: Int, into widened: inout PixelBuffer, at start: Int
    ) -> Bool {
        var rows = widened.mutableSpan
        return components.paintRow(y, margin: margin, into: &rows, at: start)
    }

    private static func unite(
        _ widened: borrowing PixelBuffer, around y: Int, width: Int, into buffer: inout PixelBuffer
    ) {
        var starts = InlineArray<5, Int>(repeating: 0)
        for i in 0..<5 { starts[i] = (max(y + i - 2, 0) & 7) * width }
        var result = buffer.mutableSpan
        unionRow(of: widened.span, starts: starts, count: width, into: &result)
    }

    private static func split(
        _ upper: borrowing PixelBuffer, _ lower: borrowing PixelBuffer, count: Int, into objects: inout PixelBuffer
    ) {
        var blocks = objects.mutableSpan
        splitMask(upper: upper.span, lower: lower.span, count: count, into: &blocks)
    }
}
