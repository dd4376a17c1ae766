/// Enlarges a mask to the size of the picture it was made from, each mask pixel becoming a rectangle (for masks on
/// disk).
///
/// - Parameters:
///   - mask: 0 or 255.
///   - factor: source pixels per mask pixel, 1 or more; pixels of the result beyond the mask repeat its last ones.
///   - result: `width * height` bytes, rows without padding.
public func enlargeMask(
    _ mask: PlaneView, factor: Int, width: Int, height: Int, into result: inout MutableSpan<UInt8>
) {
    precondition(factor >= 1 && width > 0 && height > 0 && result.count >= width * height)
    for y in 0..<height {
        let row = mask.row(min(y / factor, mask.height - 1))
        var x = 0
        for column in 0..<mask.width {
            let end = column == mask.width - 1 ? width : min(x + factor, width)
            let value = row[column]
            while x < end {
                result[y * width + x] = value
                x += 1
            }
        }
    }
}
