/// Multiplies the luma of a row of blocks by a gain, saturating; chroma is left alone.
///
/// - Parameters:
///   - gain: in 256ths, 128 to 512.
///   - blocks: 192 bytes a block, from block `first` on.
public func scaleLuma(_ blocks: inout MutableSpan<UInt8>, gain: Int, first: Int, count: Int) {
    precondition(gain >= 0 && gain < 1024)
    for block in 0..<count {
        let start = (first + block) * PixelBlock.bytes
        var luma = blocks._mutatingExtracting(start..<start + PixelBlock.pixels)
        if gain < 512 {
            scaleBlock(&luma, keep: gain < 256 ? 0 : 255, fraction: UInt8(gain & 255))
        } else {
            scaleBlock(&luma, whole: UInt8(gain >> 8), fraction: UInt8(gain & 255))
        }
    }
}

/// By less than twice, which most changes of light are: `keep` is 255 for a gain from 1 on, else 0.
@inline(never)
private func scaleBlock(_ luma: inout MutableSpan<UInt8>, keep: UInt8, fraction: UInt8) {
    precondition(luma.count == 128)
    for i in 0..<128 {
        let y = luma[i]
        let part = UInt8(truncatingIfNeeded: (UInt16(y) &* UInt16(fraction)) >> 8)
        luma[i] = part &+ min(y & keep, ~part)
    }
}

/// - Parameters: `whole` is 0 to 3, `fraction` counts 256ths.
@inline(never)
private func scaleBlock(_ luma: inout MutableSpan<UInt8>, whole: UInt8, fraction: UInt8) {
    precondition(luma.count == 128)
    let once: UInt8 = whole >= 1 ? 255 : 0
    let twice: UInt8 = whole >= 2 ? 255 : 0
    let thrice: UInt8 = whole >= 3 ? 255 : 0
    for i in 0..<128 {
        let y = luma[i]
        // Saturating sums of bytes: only the fraction needs 16 bits.
        var sum = UInt8(truncatingIfNeeded: (UInt16(y) &* UInt16(fraction)) >> 8)
        sum &+= min(y & once, ~sum)
        sum &+= min(y & twice, ~sum)
        sum &+= min(y & thrice, ~sum)
        luma[i] = sum
    }
}
