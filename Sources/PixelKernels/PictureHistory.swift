/// Median of each pixel over several pictures of one history.
///
/// - Parameters:
///   - history: all pictures, one behind the other, without padding.
///   - starts: where in `history` the pictures begin: an odd number, at most 7.
///   - result: receives the medians, a multiple of 16 bytes; each picture is as long.
public func medianOfPictures(_ history: Span<UInt8>, starts: [Int], into result: inout MutableSpan<UInt8>) {
    precondition(starts.count % 2 == 1 && starts.count <= 7 && result.count % 16 == 0)
    for start in starts { precondition(start >= 0 && start <= history.count - result.count) }
    if starts.count == 7 {
        medianOfSeven(history, starts: starts, into: &result)
        return
    }
    let bytes = unsafe history.bytes
    // As many blacks as whites leave the middle one where it is, so that one network of seven serves all.
    let black = SIMD16<UInt8>(repeating: 0)
    let white = SIMD16<UInt8>(repeating: 255)
    func place(_ index: Int) -> Int { index < starts.count ? starts[index] : -1 }
    let places: InlineArray<7, Int> = [
        place(0), place(1), place(2), place(3), place(4), place(5), place(6),
    ]
    for block in 0..<result.count / 16 {
        let offset = block &* 16
        func pixels(_ index: Int) -> SIMD16<UInt8> {
            let start = places[index]
            guard start >= 0 else { return index % 2 == 1 ? black : white }
            // Inside, by the checks at the start.
            return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ offset, as: SIMD16<UInt8>.self)
        }
        let median = middleOfSeven(
            pixels(0), pixels(1), pixels(2), pixels(3), pixels(4), pixels(5), pixels(6), order: orderEach)
        for i in 0..<16 { result[offset &+ i] = median[i] }
    }
}

/// As `middleOfSeven` does it, written so that the compiler makes vectors of it: most pictures come this way.
private func medianOfSeven(_ history: Span<UInt8>, starts: [Int], into result: inout MutableSpan<UInt8>) {
    let count = result.count
    let a = history.extracting(starts[0]..<starts[0] + count)
    let b = history.extracting(starts[1]..<starts[1] + count)
    let c = history.extracting(starts[2]..<starts[2] + count)
    let d = history.extracting(starts[3]..<starts[3] + count)
    let e = history.extracting(starts[4]..<starts[4] + count)
    let f = history.extracting(starts[5]..<starts[5] + count)
    let g = history.extracting(starts[6]..<starts[6] + count)
    precondition(a.count == count && b.count == count && c.count == count && d.count == count)
    precondition(e.count == count && f.count == count && g.count == count)
    for x in 0..<count {
        result[x] = middleOfSeven(a[x], b[x], c[x], d[x], e[x], f[x], g[x])
    }
}

@inline(__always)
private func orderEach(_ low: inout SIMD16<UInt8>, _ high: inout SIMD16<UInt8>) {
    let smaller = pointwiseMin(low, high)
    high = pointwiseMax(low, high)
    low = smaller
}

/// One row of an older picture in another light: each pixel times its gain, rounded (half to even), 0 to 255.
///
/// - Parameters:
///   - upper: gains of a row above.
///   - lower: gains of a row below; the row's own lie on the straight line between both.
///   - weight: of `lower`, 0 to 1.
public func applyGain(
    _ upper: Span<Float>, _ lower: Span<Float>, weight: Float, to row: Span<UInt8>,
    into result: inout MutableSpan<UInt8>
) {
    let count = row.count
    precondition(upper.count >= count && lower.count >= count && result.count == count)
    // Adding 2^23 leaves the rounded whole number in the low bits: unlike a conversion, it vectorises.
    let whole: Float = 8_388_608
    let rest = 1 - weight
    for x in 0..<count {
        let value = min(max(Float(row[x]) * (upper[x] * rest + lower[x] * weight), 0), 255)
        result[x] = UInt8(truncatingIfNeeded: (value + whole).bitPattern)
    }
}

/// The values of a row of cells, stretched to pixels: as a bilinear enlargement with the values in the cells' centres
/// does it, the outermost ones holding to the edge.
///
/// - Parameter result: eight elements for each cell.
public func stretchCells(_ cells: Span<Float>, into result: inout MutableSpan<Float>) {
    let count = cells.count
    precondition(count > 0 && result.count >= 8 * count)
    var left = cells[0]
    for x in 0..<4 { result[x] = left }
    for cell in 1..<max(count, 1) where count > 1 {
        let right = cells[cell]
        for step in 0..<8 {
            let part = (Float(step) + 0.5) / 8
            result[8 &* cell &- 4 &+ step] = left * (1 - part) + right * part
        }
        left = right
    }
    for x in 8 * count - 4..<8 * count { result[x] = left }
}
