/// One row of a 5 x 5 median of a mask: 255 where at least 13 of the 25 pixels around are set.
///
/// - Parameters:
///   - rows: holds the five rows, 0 or 255 each, in any order; two more bytes must stand before and after each row,
///     which the caller fills with copies of its first and last pixel.
///   - starts: where the first pixel of each row stands in `rows`.
///   - sums: scratch of at least `count + 4` bytes.
///   - count: pixels.
///   - start: where the result goes in `result`.
/// - Returns: whether any pixel is set.
@inline(never)
public func medianRow(
    of rows: Span<UInt8>, starts: InlineArray<5, Int>, sums: inout MutableSpan<UInt8>, count: Int,
    into result: inout MutableSpan<UInt8>, at start: Int
) -> Bool {
    guard count > 0 else { return false }
    let a = rows.extracting(starts[0] - 2..<starts[0] + count + 2)
    let b = rows.extracting(starts[1] - 2..<starts[1] + count + 2)
    let c = rows.extracting(starts[2] - 2..<starts[2] + count + 2)
    let d = rows.extracting(starts[3] - 2..<starts[3] + count + 2)
    let e = rows.extracting(starts[4] - 2..<starts[4] + count + 2)
    let padded = count + 4
    precondition(a.count == padded && b.count == padded && c.count == padded && d.count == padded && e.count == padded)
    precondition(padded <= sums.count && start >= 0 && start + count <= result.count)
    // A set pixel is -1 in eight bits, so sums of masks count downwards from zero.
    for x in 0..<padded { sums[x] = a[x] &+ b[x] &+ c[x] &+ d[x] &+ e[x] }
    var any: UInt8 = 0
    for x in 0..<count {
        let sum = sums[x] &+ sums[x &+ 1] &+ sums[x &+ 2] &+ sums[x &+ 3] &+ sums[x &+ 4]
        let set: UInt8 = 0 &- sum >= 13 ? 255 : 0
        any |= set
        result[start &+ x] = set
    }
    return any != 0
}

/// How many pixels of a mask row are set.
@inline(never)
public func countSet(_ row: Span<UInt8>) -> Int {
    var total = 0
    var at = 0
    // 128 masks of -1 stay inside eight bits, so that the inner loop adds bytes.
    while at < row.count {
        let end = min(at + 128, row.count)
        let part = row.extracting(at..<end)
        var sum: UInt8 = 0
        for i in 0..<part.count { sum &+= part[i] & 1 }
        total += Int(sum)
        at = end
    }
    return total
}

/// One row of the union of five mask rows: each byte is set where any of them is.
///
/// - Parameters: `starts` says where the rows stand in `rows`; `result` is written from its front.
@inline(never)
public func unionRow(
    of rows: Span<UInt8>, starts: InlineArray<5, Int>, count: Int, into result: inout MutableSpan<UInt8>
) {
    let a = rows.extracting(starts[0]..<starts[0] + count)
    let b = rows.extracting(starts[1]..<starts[1] + count)
    let c = rows.extracting(starts[2]..<starts[2] + count)
    let d = rows.extracting(starts[3]..<starts[3] + count)
    let e = rows.extracting(starts[4]..<starts[4] + count)
    precondition(count <= result.count && a.count == count && b.count == count && c.count == count)
    precondition(d.count == count && e.count == count)
    for x in 0..<count { result[x] = a[x] | b[x] | c[x] | d[x] | e[x] }
}
