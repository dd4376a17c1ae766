/// Sums over square cells of a plane: what the measurements of smoke are made of.
public enum CellSums {
    /// Side of a cell in pixels of the luma plane.
    public static let side = 8

    /// Sum of each cell's pixels.
    ///
    /// - Parameters:
    ///   - plane: rows of `width` bytes without padding, whole cells in both directions.
    ///   - side: of a cell: 8 for luma, 4 for chroma of half the size.
    ///   - columns: scratch of at least `width` elements.
    ///   - sums: one for each cell, row by row.
    public static func values(
        of plane: Span<UInt8>, width: Int, side: Int, columns: inout MutableSpan<UInt32>,
        into sums: inout MutableSpan<UInt32>
    ) {
        guard side == CellSums.side || side == CellSums.side / 2, width >= 16, width % side == 0 else {
            forEachRow(plane.count, width, side, &columns, &sums) { start, columns in
                let row = plane.extracting(start..<start + width)
                for x in 0..<width { columns[x] = columns[x] &+ UInt32(row[x]) }
            }
            return
        }
        if side == CellSums.side {
            forEachBlock(plane, width, side: 8, rowsAtOnce: 1, &sums) { upper, _ in pairs(upper) }
        } else {
            forEachBlock(plane, width, side: 4, rowsAtOnce: 1, &sums) { upper, _ in pairs(upper) }
        }
    }

    /// Sum over each cell of the products of two planes' pixels; of their squares where both are the same.
    public static func products(
        of a: Span<UInt8>, and b: Span<UInt8>, width: Int, columns: inout MutableSpan<UInt32>,
        into sums: inout MutableSpan<UInt32>
    ) {
        precondition(a.count == b.count)
        forEachRow(a.count, width, side, &columns, &sums) { start, columns in
            let first = a.extracting(start..<start + width)
            let second = b.extracting(start..<start + width)
            for x in 0..<width { columns[x] = columns[x] &+ UInt32(UInt16(first[x]) &* UInt16(second[x])) }
        }
    }

    /// Sum over each cell of the absolute differences of two planes' pixels.
    public static func differences(
        of a: Span<UInt8>, and b: Span<UInt8>, width: Int, columns: inout MutableSpan<UInt32>,
        into sums: inout MutableSpan<UInt32>
    ) {
        precondition(a.count == b.count)
        forEachRow(a.count, width, side, &columns, &sums) { start, columns in
            let first = a.extracting(start..<start + width)
            let second = b.extracting(start..<start + width)
            for x in 0..<width {
                let difference = max(first[x], second[x]) &- min(first[x], second[x])
                columns[x] = columns[x] &+ UInt32(difference)
            }
        }
    }

    /// Sum over each cell of |LH| + |HL| + |HH| of the one-level Haar transform: how much edge there is.
    public static func edges(
        of plane: Span<UInt8>, width: Int, columns: inout MutableSpan<UInt32>, into sums: inout MutableSpan<UInt32>
    ) {
        if width >= 16 {
            forEachBlock(plane, width, side: 8, rowsAtOnce: 2, &sums) { energy(upper: $0, lower: $1) }
            return
        }
        let half = width / 2
        forEachRow(plane.count, 2 * width, side / 2, &columns, &sums, elements: half) { start, columns in
            for x in 0..<half {
                let (upper, lower) = (start + 2 * x, start + width + 2 * x)
                let a = Int16(plane[upper])
                let b = Int16(plane[upper + 1])
                let c = Int16(plane[lower])
                let d = Int16(plane[lower + 1])
                let energy = abs(a - b + c - d) + abs(a + b - c - d) + abs(a - b - c + d)
                columns[x] = columns[x] &+ UInt32(energy)
            }
        }
    }

    /// Sums of neighbouring bytes.
    @inline(__always)
    private static func pairs(_ pixels: SIMD8<UInt16>) -> SIMD8<UInt16> { (pixels & 255) &+ (pixels &>> 8) }

    /// |LH| + |HL| + |HH| of eight squares of two by two pixels.
    @inline(__always)
    private static func energy(upper: SIMD8<UInt16>, lower: SIMD8<UInt16>) -> SIMD8<UInt16> {
        let (a, b) = (SIMD8<Int16>(truncatingIfNeeded: upper & 255), SIMD8<Int16>(truncatingIfNeeded: upper &>> 8))
        let (c, d) = (SIMD8<Int16>(truncatingIfNeeded: lower & 255), SIMD8<Int16>(truncatingIfNeeded: lower &>> 8))
        let (across, acrossBelow) = (a &- b, c &- d)
        let vertical = a &+ b &- c &- d
        let sum = size(across &+ acrossBelow) &+ size(vertical) &+ size(across &- acrossBelow)
        return SIMD8<UInt16>(truncatingIfNeeded: sum)
    }

    @inline(__always)
    private static func size(_ values: SIMD8<Int16>) -> SIMD8<Int16> { pointwiseMax(values, 0 &- values) }

    /// Adds the rows of each row of cells up by `add`, then each cell's columns.
    ///
    /// - Parameters:
    ///   - stride: bytes from one row that `add` takes to the next.
    ///   - side: rows, and elements of a row, that make a cell.
    ///   - elements: of a row, `stride` where not given.
    @inline(__always)
    private static func forEachRow(
        _ bytes: Int, _ stride: Int, _ side: Int, _ columns: inout MutableSpan<UInt32>,
        _ sums: inout MutableSpan<UInt32>, elements: Int? = nil,
        _ add: (_ start: Int, _ columns: inout MutableSpan<UInt32>) -> Void
    ) {
        let elements = elements ?? stride
        let across = elements / side
        let down = bytes / stride / side
        precondition(across * side == elements && elements <= columns.count && across * down <= sums.count)
        for cellRow in 0..<down {
            for x in 0..<elements { columns[x] = 0 }
            for row in 0..<side { add((cellRow &* side &+ row) &* stride, &columns) }
            for cell in 0..<across {
                var sum: UInt32 = 0
                for x in 0..<side { sum = sum &+ columns[cell &* side &+ x] }
                sums[cellRow &* across &+ cell] = sum
            }
        }
    }

    /// Adds up what `values` makes of sixteen pixels of `rowsAtOnce` rows, by cells.
    ///
    /// - Parameters:
    ///   - width: 16 or more, whole cells.
    ///   - side: of a cell: 8 or 4.
    ///   - values: one for each two neighbouring pixels, so small that those of a cell's rows add up below 65,536.
    @inline(__always)
    private static func forEachBlock(
        _ plane: Span<UInt8>, _ width: Int, side: Int, rowsAtOnce: Int, _ sums: inout MutableSpan<UInt32>,
        _ values: (_ upper: SIMD8<UInt16>, _ lower: SIMD8<UInt16>) -> SIMD8<UInt16>
    ) {
        let across = width / side
        let down = plane.count / width / side
        precondition(width >= 16 && across * side == width && across * down <= sums.count)
        let bytes = unsafe plane.bytes
        for cellRow in 0..<down {
            var x = 0
            while x < width {
                // The last block overlaps the one before where the width is no multiple of sixteen.
                let first = min(x, width &- 16)
                var total = SIMD8<UInt16>.zero
                for row in stride(from: 0, to: side, by: rowsAtOnce) {
                    let place = (cellRow &* side &+ row) &* width &+ first
                    // Inside: the preconditions hold all blocks of all rows.
                    let upper = unsafe bytes.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: place, as: SIMD8<UInt16>.self)
                    let lower = unsafe bytes.unsafeLoadUnaligned(
                        fromUncheckedByteOffset: place &+ (rowsAtOnce &- 1) &* width, as: SIMD8<UInt16>.self)
                    total &+= values(upper, lower)
                }
                let cell = cellRow &* across &+ first / side
                let (a, b) = (UInt32(total[0]) &+ UInt32(total[1]), UInt32(total[2]) &+ UInt32(total[3]))
                let (c, d) = (UInt32(total[4]) &+ UInt32(total[5]), UInt32(total[6]) &+ UInt32(total[7]))
                if side == 8 {
                    sums[cell] = a &+ b
                    sums[cell &+ 1] = c &+ d
                } else {
                    sums[cell] = a
                    sums[cell &+ 1] = b
                    sums[cell &+ 2] = c
                    sums[cell &+ 3] = d
                }
                x &+= 16
            }
        }
    }
}
