/// Marks each pixel of a row of blocks that fewer than two of its 16 background samples explain.
///
/// The distance is |dY| + |dU| + |dV| (saturating), the radius grows where the pixel is known to blink. After
/// Barnich and Van Droogenbroeck, "ViBe: a universal background subtraction algorithm" (2011), with the blinking map
/// of Van Droogenbroeck and Paquot (2012). Stops early in a block once every pixel has its two matches, which changes
/// nothing in the result.
///
/// - Parameters:
///   - picture: 192 bytes a block.
///   - model: 3,072 bytes a block, in groups of samples as `PixelBlock` says.
///   - blink: 128 bytes a block.
///   - radius: distance up to which a sample matches, for a pixel that never blinks.
///   - blinkRadius: the most that blinking adds to it; 3/8 of the blink value up to there.
///   - foreground: receives 255 or 0, 128 bytes a block.
/// - Precondition: `radius + blinkRadius` is at most 255, `blinkRadius` at most 30.
public func matchSamples(
    picture: Span<UInt8>, model: Span<UInt8>, blink: Span<UInt8>, radius: UInt8, blinkRadius: UInt8, blocks: Int,
    into foreground: inout MutableSpan<UInt8>
) {
    precondition(blinkRadius <= 30 && UInt8.max - blinkRadius >= radius)
    precondition(model.count >= blocks * PixelBlock.modelBytes)
    for block in 0..<blocks {
        let at = block * PixelBlock.bytes
        let mapAt = block * PixelBlock.pixels
        let pixels = picture.extracting(at..<at + PixelBlock.bytes)
        var limits = InlineArray<128, UInt8>(repeating: 0)
        radii(blink.extracting(mapAt..<mapAt + PixelBlock.pixels), radius, blinkRadius, into: &limits)
        var matches = InlineArray<128, UInt8>(repeating: 0)
        for group in 0..<PixelBlock.samples / PixelBlock.groupSamples {
            let start = PixelBlock.groupStart(group, block: block, of: blocks)
            let least = countMatches(
                pixels, group: model.extracting(start..<start + PixelBlock.groupBytes), limits: limits,
                matches: &matches)
            if least >= 2 { break }
        }
        var result = foreground._mutatingExtracting(mapAt..<mapAt + PixelBlock.pixels)
        precondition(result.count == 128)
        for i in 0..<128 { result[i] = matches[i] < 2 ? 255 : 0 }
    }
}

private func radii(
    _ blink: Span<UInt8>, _ radius: UInt8, _ blinkRadius: UInt8, into limits: inout InlineArray<128, UInt8>
) {
    precondition(blink.count == 128)
    for i in 0..<128 { limits[i] = radius &+ min(blinkRadius, (min(blink[i], 80) &* 3) >> 3) }
}

/// Compares a block with four of its samples.
///
/// - Returns: the least number of matches of any pixel so far.
private func countMatches(
    _ picture: Span<UInt8>, group: Span<UInt8>, limits: InlineArray<128, UInt8>,
    matches: inout InlineArray<128, UInt8>
) -> UInt8 {
    precondition(picture.count == 192 && group.count == 768)
    for step in 0..<4 {
        let sample = step &* 192
        var chroma = InlineArray<32, UInt8>(repeating: 0)
        for i in 0..<32 {
            let u = picture[128 &+ i]
            let v = picture[160 &+ i]
            let sampleU = group[sample &+ 128 &+ i]
            let sampleV = group[sample &+ 160 &+ i]
            let du = max(u, sampleU) &- min(u, sampleU)
            let dv = max(v, sampleV) &- min(v, sampleV)
            chroma[i] = du &+ min(dv, ~du)
        }
        for phase in 0..<4 {
            for i in 0..<32 {
                let at = phase &* 32 &+ i
                let y = picture[at]
                let sampleY = group[sample &+ at]
                let dy = max(y, sampleY) &- min(y, sampleY)
                let distance = dy &+ min(chroma[i], ~dy)
                matches[at] &+= distance <= limits[at] ? 1 : 0
            }
        }
    }
    var least = UInt8.max
    for i in 0..<128 { least = min(least, matches[i]) }
    return least
}
