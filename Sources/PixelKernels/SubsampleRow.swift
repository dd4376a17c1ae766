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
    addRows(of: plane, from: first, taps: factor.tapsDown, count: used, into: &sums)
    let area = factor.tapsAcross * factor.tapsDown
    switch factor.across {
    case 1: meanOfOne(sums.span, area: area, count: count, into: &result)
    case 2: meanOfTwo(sums.span, area: area, count: count, into: &result)
    default:
        runningMeans(&sums, taps: factor.tapsAcross, area: area, count: used)
        pick(sums.span, step: factor.across, first: factor.firstAcross, count: count, into: &result)
    }
}

private func pick(_ means: Span<UInt16>, step: Int, first: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(count <= result.count && step * count <= means.count && first >= 0 && first < step)
    if step == 3 {
        // Full HD at 360 lines: worth a loop whose checks fall away.
        for x in 0..<count { result[x] = UInt8(truncatingIfNeeded: means[3 &* x]) }
        return
    }
    for x in 0..<count { result[x] = UInt8(truncatingIfNeeded: means[step &* x &+ first]) }
}

/// Sums of 1 to 4 rows, column by column.
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

/// Rounded division of a sum of at most 16 bytes by 2 to 16, as the high half of a 16-bit product: exact for every sum.
@inline(__always)
private func mean(_ sum: UInt16, _ inverse: UInt16, _ half: UInt16) -> UInt16 {
    UInt16(truncatingIfNeeded: (UInt32(sum &+ half) &* UInt32(inverse)) >> 16)
}

private func inverse(of area: Int) -> UInt16 { UInt16((65536 + area - 1) / area) }

private func meanOfOne(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt16(area / 2)
    for x in 0..<count { result[x] = UInt8(truncatingIfNeeded: mean(sums[x], factor, half)) }
}

private func meanOfTwo(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(2 * count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt16(area / 2)
    for x in 0..<count {
        result[x] = UInt8(truncatingIfNeeded: mean(sums[2 &* x] &+ sums[2 &* x &+ 1], factor, half))
    }
}

/// Replaces each sum by the mean of itself and the next `taps - 1` ones: also where nobody looks afterwards, since that
/// vectorises and picking every third one out of a vector does not. The last `taps - 1` stay as they are.
private func runningMeans(_ sums: inout MutableSpan<UInt16>, taps: Int, area: Int, count: Int) {
    precondition(count <= sums.count && taps >= 3)
    let factor = inverse(of: area)
    let half = UInt16(area / 2)
    if taps == 3 {
        for x in 0..<max(0, count - 2) {
            sums[x] = mean(sums[x] &+ sums[x &+ 1] &+ sums[x &+ 2], factor, half)
        }
    } else {
        for x in 0..<max(0, count - 3) {
            sums[x] = mean(sums[x] &+ sums[x &+ 1] &+ sums[x &+ 2] &+ sums[x &+ 3], factor, half)
        }
    }
}
