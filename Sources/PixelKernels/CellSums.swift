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
        forEachRow(plane.count, width, side, &columns, &sums) { start, columns in
            let row = plane.extracting(start..<start + width)
            for x in 0..<width { columns[x] = columns[x] &+ UInt32(row[x]) }
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
        let half = width / 2
        forEachRow(plane.count, 2 * width, side / 2, &columns, &sums, elements: half) { start, columns in
            let upper = plane.extracting(start..<start + width)
            let lower = plane.extracting(start + width..<start + 2 * width)
            for x in 0..<half {
                let a = Int16(upper[2 &* x])
                let b = Int16(upper[2 &* x &+ 1])
                let c = Int16(lower[2 &* x])
                let d = Int16(lower[2 &* x &+ 1])
                let energy = abs16(a &- b &+ c &- d) &+ abs16(a &+ b &- c &- d) &+ abs16(a &- b &- c &+ d)
                columns[x] = columns[x] &+ UInt32(UInt16(bitPattern: energy))
            }
        }
    }

    @inline(__always)
    private static func abs16(_ value: Int16) -> Int16 { max(value, 0 &- value) }

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
}
