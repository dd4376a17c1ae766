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
    case 3: meanOfThree(sums.span, area: area, count: count, into: &result)
    default: meanOfFour(sums.span, factor: factor, area: area, count: count, into: &result)
    }
}

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

/// Rounded division of a sum of at most 16 bytes by 1 to 16, as a multiplication: exact for every such sum.
@inline(__always)
private func mean(_ sum: UInt32, _ inverse: UInt32, _ half: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: ((sum &+ half) &* inverse) >> 18)
}

private func inverse(of area: Int) -> UInt32 { UInt32(((1 << 18) + area - 1) / area) }

private func meanOfOne(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt32(area / 2)
    for x in 0..<count { result[x] = mean(UInt32(sums[x]), factor, half) }
}

private func meanOfTwo(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(2 * count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt32(area / 2)
    for x in 0..<count { result[x] = mean(UInt32(sums[2 &* x] &+ sums[2 &* x &+ 1]), factor, half) }
}

private func meanOfThree(_ sums: Span<UInt16>, area: Int, count: Int, into result: inout MutableSpan<UInt8>) {
    precondition(3 * count <= sums.count && count <= result.count)
    let factor = inverse(of: area)
    let half = UInt32(area / 2)
    for x in 0..<count {
        let at = 3 &* x
        result[x] = mean(UInt32(sums[at] &+ sums[at &+ 1] &+ sums[at &+ 2]), factor, half)
    }
}

private func meanOfFour(
    _ sums: Span<UInt16>, factor: Subsampling, area: Int, count: Int, into result: inout MutableSpan<UInt8>
) {
    let step = factor.across
    let first = factor.firstAcross
    precondition(step >= 4 && first >= 0 && step * count <= sums.count && count <= result.count)
    let scale = inverse(of: area)
    let half = UInt32(area / 2)
    var at = first
    for x in 0..<count {
        let sum = sums[at] &+ sums[at &+ 1] &+ sums[at &+ 2] &+ sums[at &+ 3]
        result[x] = mean(UInt32(sum), scale, half)
        at &+= step
    }
}
