/// Multiplies the luma of a row of blocks by a gain, saturating; chroma is left alone.
///
/// - Parameters:
///   - gain: in 256ths, 128 to 512.
///   - blocks: 192 bytes a block, from block `first` on.
public func scaleLuma(_ blocks: inout MutableSpan<UInt8>, gain: Int, first: Int, count: Int) {
    precondition(gain >= 0 && gain < 1024)
    let whole = UInt16(gain >> 8)
    let fraction = UInt16(gain & 255)
    for block in 0..<count {
        let start = (first + block) * PixelBlock.bytes
        var luma = blocks._mutatingExtracting(start..<start + PixelBlock.pixels)
        precondition(luma.count == 128)
        for i in 0..<128 {
            let y = UInt16(luma[i])
            // In two parts, so that 16 bits hold them.
            luma[i] = UInt8(truncatingIfNeeded: min(255, y &* whole &+ (y &* fraction) >> 8))
        }
    }
}
