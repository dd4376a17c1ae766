/// How many source pixels become one, across and down, and how many of them are averaged.
public struct Subsampling: Sendable, Equatable {
    /// More taps cost reading time and hardly lower the noise any further.
    private static let mostTaps = 4

    public let across: Int
    public let down: Int

    /// - Parameters: source pixels per result, 1 or more in either direction.
    public init(across: Int, down: Int) {
        precondition(across >= 1 && down >= 1)
        self.across = across
        self.down = down
    }

    var tapsAcross: Int { min(across, Self.mostTaps) }
    var tapsDown: Int { min(down, Self.mostTaps) }
    /// The taps stand in the middle of their cell.
    var firstAcross: Int { (across - tapsAcross) / 2 }
    var firstDown: Int { (down - tapsDown) / 2 }
}

/// One row of a smaller picture: each result is the rounded mean of the (at most 4 x 4) middle pixels of its cell.
///
/// - Parameters:
///   - plane: the source, at least `count * across` wide and `(row + 1) * down` high.
///   - row: the row of the smaller picture.
///   - sums: scratch of at least `count * across` elements.
///   - count: results to write to the front of `result`.
public func subsampleRow(
    of plane: PlaneView, row: Int, by factor: Subsampling, sums: inout MutableSpan<UInt16>,
    into result: inout MutableSpan<UInt8>, count: Int
) {
    let used = count &* factor.across
    precondition(
        count >= 0 && count <= result.count && used <= plane.width && used <= sums.count && row >= 0
            && (row + 1) * factor.down <= plane.height)
    let first = row * factor.down + factor.firstDown
    if factor.across == 1 && factor.down == 1 {
        let source = plane.row(first)
        for x in 0..<count { result[x] = source[x] }
        return
    }
    let area = factor.tapsAcross * factor.tapsDown
    switch factor.across {
    case 1:
        addRows(of: plane, from: first, taps: factor.tapsDown, count: used, into: &sums)
        meanOfOne(sums.span, area: area, count: count, into: &result)
    case 2:
        addPairs(of: plane, from: first, taps: factor.tapsDown, count: count, into: &sums)
        meanOfOne(sums.span, area: area, count: count, into: &result)
    case 3:
        addRows(of: plane, from: first, taps: factor.tapsDown, count: used, into: &sums)
        addTriples(&sums, count: count)
        meanOfOne(sums.span, area: area, count: count, into: &result)
    default:
        addRows(of: plane, from: first, taps: factor.tapsDown, count: used, into: &sums)
        runningMeans(&sums, taps: factor.tapsAcross, area: area, count: used)
        pick(sums.span, step: factor.across, first: factor.firstAcross, count: count, into: &result)
    }
}

/// Takes every so-manieth mean. No vector unit of the baseline reads with gaps, so this goes one by one.
private func pick(_ means: Span<UInt16>, step: Int, first: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(count <= result.count && step * count <= means.count && first >= 0 && first < step)
    for x in 0..<count { result[x] = UInt8(truncatingIfNeeded: means[step &* x &+ first]) }
}

/// Sums of 1 to 4 rows, column by column.
@inline(never)
private func addRows(of plane: PlaneView, from first: Int, taps: Int, count: Int, into sums: inout MutableSpan<UInt16>)
{
    precondition(count <= sums.count && count <= plane.width)
    let a = plane.row(first)
    if taps == 1 {
        for x in 0..<count { sums[x] = UInt16(a[x]) }
        return
    }
    let b = plane.row(first + 1)
    if taps == 2 {
        for x in 0..<count { sums[x] = UInt16(a[x]) &+ UInt16(b[x]) }
        return
    }
    let c = plane.row(first + 2)
    if taps == 3 {
        for x in 0..<count { sums[x] = UInt16(a[x]) &+ UInt16(b[x]) &+ UInt16(c[x]) }
        return
    }
    let d = plane.row(first + 3)
    for x in 0..<count { sums[x] = UInt16(a[x]) &+ UInt16(b[x]) &+ UInt16(c[x]) &+ UInt16(d[x]) }
}

/// Sums of 1 to 4 rows and of two columns each.
private func addPairs(
    of plane: PlaneView, from first: Int, taps: Int, count: Int, into sums: inout MutableSpan<UInt16>
) {
    addPairs(plane.row(first), isFirst: true, count: count, into: &sums)
    for tap in 1..<max(taps, 1) { addPairs(plane.row(first + tap), isFirst: false, count: count, into: &sums) }
}

/// Two bytes are read as one 16-bit number, since a vector unit takes its halves apart but reads no second bytes.
@inline(never)
private func addPairs(_ row: Span<UInt8>, isFirst: Bool, count: Int, into sums: inout MutableSpan<UInt16>) {
    precondition(count >= 0 && count <= sums.count && count <= row.count / 2)
    let bytes = unsafe row.bytes
    let keep: UInt16 = isFirst ? 0 : .max
    for x in 0..<count {
        let pair = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 2 &* x, as: UInt16.self)
        sums[x] = (sums[x] & keep) &+ (pair & 255) &+ (pair >> 8)
    }
}

/// Replaces the front of `sums` by the sums of three elements each: full HD at 360 lines.
private func addTriples(_ sums: inout MutableSpan<UInt16>, count: Int) {
    precondition(count >= 0 && 3 * count <= sums.count)
    // Up to two elements more than needed are read behind each 24: with this many vectors all reads are in bounds.
    let vectors = max(0, min(count, (sums.count - 2) / 3) / 8)
    addTriples(&sums, vectors: vectors)
    for x in vectors * 8..<count { sums[x] = sums[3 &* x] &+ sums[3 &* x &+ 1] &+ sums[3 &* x &+ 2] }
}

/// The sums wanted of 24 elements stand at multiples of 3, which are eight different lanes of three vectors: one blend
/// brings them together and one permutation into order.
@inline(never)
private func addTriples(_ sums: inout MutableSpan<UInt16>, vectors: Int) {
    precondition(vectors == 0 || 24 * vectors + 2 <= sums.count)
    var bytes = unsafe sums.mutableBytes
    for vector in 0..<vectors {
        let eight = everyThirdSum(bytes.bytes, at: vector &* 48)
        bytes.storeBytes(of: eight, toByteOffset: vector &* 16, as: SIMD8<UInt16>.self)
    }
}

/// - Parameter start: of 24 elements, in bytes.
@inline(__always)
private func everyThirdSum(_ bytes: RawSpan, at start: Int) -> SIMD8<UInt16> {
    let mixed =
        (tripleSums(bytes, at: start) & SIMD8(.max, 0, 0, .max, 0, 0, .max, 0))
        | (tripleSums(bytes, at: start &+ 16) & SIMD8(0, .max, 0, 0, .max, 0, 0, .max))
        | (tripleSums(bytes, at: start &+ 32) & SIMD8(0, 0, .max, 0, 0, .max, 0, 0))
    return SIMD8(mixed[0], mixed[3], mixed[6], mixed[1], mixed[4], mixed[7], mixed[2], mixed[5])
}

/// For eight elements in a row the sum with the two that follow.
///
/// - Parameter start: in bytes; 20 must follow, which nothing checks here.
@inline(__always)
private func tripleSums(_ bytes: RawSpan, at start: Int) -> SIMD8<UInt16> {
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start, as: SIMD8<UInt16>.self)
        &+ bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 2, as: SIMD8<UInt16>.self)
        &+ bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: start &+ 4, as: SIMD8<UInt16>.self)
}

/// Rounded division of a sum of at most 16 bytes by 2 to 16, as the high half of a 16-bit product: exact for every sum.
@inline(__always)
private func mean(_ sum: UInt16, _ inverse: UInt16, _ half: UInt16) -> UInt16 {
    UInt16(truncatingIfNeeded: (UInt32(sum &+ half) &* UInt32(inverse)) >> 16)
}

private func inverse(of area: Int) -> UInt16 { UInt16((65536 + area - 1) / area) }

@inline(never)
private func meanOfOne(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt16(area / 2)
    for x in 0..<count { result[x] = UInt8(truncatingIfNeeded: mean(sums[x], factor, half)) }
}

/// Replaces each sum by the mean of itself and the next `taps - 1` ones: also where nobody looks afterwards, since that
/// vectorises and picking every third one out of a vector does not. The last `taps - 1` stay as they are.
@inline(never)
private func runningMeans(_ sums: inout MutableSpan<UInt16>, taps: Int, area: Int, count: Int) {
    precondition(count <= sums.count && taps == 4)
    let factor = inverse(of: area)
    let half = UInt16(area / 2)
    for x in 0..<max(0, count - 3) {
        sums[x] = mean(sums[x] &+ sums[x &+ 1] &+ sums[x &+ 2] &+ sums[x &+ 3], factor, half)
    }
}
