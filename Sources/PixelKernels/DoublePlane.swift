/// A plane at twice its size, bilinear: pixels stand in the middle of their squares, and beyond the edge the nearest
/// counts. Rounded.
///
/// - Parameters:
///   - source: `width * height` pixels, without padding; both at least 1.
///   - result: at least four times as many.
public func doublePlane(_ source: Span<UInt8>, width: Int, height: Int, into result: inout MutableSpan<UInt8>) {
    precondition(width >= 1 && height >= 1 && source.count >= width * height && result.count >= 4 * width * height)
    for row in 0..<height {
        let own = source.extracting(row * width..<(row + 1) * width)
        for (half, other) in [max(row - 1, 0), min(row + 1, height - 1)].enumerated() {
            let beside = source.extracting(other * width..<(other + 1) * width)
            let first = (2 * row + half) * 2 * width
            var target = result._mutatingExtracting(first..<first + 2 * width)
            doubleRow(own, beside, width: width, into: &target)
        }
    }
}

/// Three parts of one row and one of the other, drawn out to twice the width.
@inline(never)
private func doubleRow(_ own: Span<UInt8>, _ beside: Span<UInt8>, width: Int, into target: inout MutableSpan<UInt8>) {
    precondition(width >= 1 && own.count == width && beside.count == width && target.count == 2 &* width)
    func quarters(_ x: Int) -> UInt16 { 3 &* UInt16(own[x]) &+ UInt16(beside[x]) }
    target[0] = UInt8(truncatingIfNeeded: (quarters(0) &+ 2) >> 2)
    target[2 &* width &- 1] = UInt8(truncatingIfNeeded: (quarters(width &- 1) &+ 2) >> 2)
    let between = width &- 1
    let (ownRight, besideRight) = (own.extracting(1..<width), beside.extracting(1..<width))
    var inner = target._mutatingExtracting(1..<2 &* width &- 1)
    precondition(inner.count == 2 &* between && ownRight.count == between && besideRight.count == between)
    for x in 0..<between {
        let left = 3 &* UInt16(own[x]) &+ UInt16(beside[x])
        let right = 3 &* UInt16(ownRight[x]) &+ UInt16(besideRight[x])
        inner[2 &* x] = UInt8(truncatingIfNeeded: (3 &* left &+ right &+ 8) >> 4)
        inner[2 &* x &+ 1] = UInt8(truncatingIfNeeded: (left &+ 3 &* right &+ 8) >> 4)
    }
}
