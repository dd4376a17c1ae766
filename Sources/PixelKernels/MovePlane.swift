/// Moves the pixels of a plane, in place; what comes in over an edge repeats the pixel that stood there.
///
/// - Parameters:
///   - plane: rows of `width` bytes without padding.
///   - across: pixels to the right, negative to the left; fewer than `width` either way.
///   - down: rows downwards, negative upwards; fewer than there are either way.
public func movePlane(_ plane: inout MutableSpan<UInt8>, width: Int, across: Int, down: Int) {
    let height = plane.count / max(width, 1)
    precondition(abs(across) < width && abs(down) < height)
    guard across != 0 || down != 0 else { return }
    let first = max(across, 0)
    let end = width + min(across, 0)
    for step in 0..<height {
        // Rows that are still to be read must not be written before.
        let row = down > 0 ? height - 1 - step : step
        let source = min(max(row - down, 0), height - 1) * width
        let target = row * width
        if across > 0 {
            var x = end - 1
            while x >= first {
                plane[target &+ x] = plane[source &+ x &- across]
                x &-= 1
            }
        } else {
            for x in first..<end { plane[target &+ x] = plane[source &+ x &- across] }
        }
        let (left, right) = (plane[target + first], plane[target + end - 1])
        for x in 0..<first { plane[target + x] = left }
        for x in end..<width { plane[target + x] = right }
    }
}
