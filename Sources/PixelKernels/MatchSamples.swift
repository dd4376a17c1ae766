/// Marks each pixel of a row of blocks that fewer than two of its 16 background samples explain.
///
/// The distance is |dY| + |dU| + |dV| (saturating), the radius grows where the pixel is known to blink. After
/// Barnich and Van Droogenbroeck, "ViBe: a universal background subtraction algorithm" (2011), with the blinking map
/// of Van Droogenbroeck and Paquot (2012). Stops early in a block once every pixel has its two matches, which changes
/// nothing in the result.
///
/// - Parameters:
///   - picture: 192 bytes a block.
///   - model: 3,072 bytes a block.
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
    for block in 0..<blocks {
        let at = block * PixelBlock.bytes
        let mapAt = block * PixelBlock.pixels
        let modelAt = block * PixelBlock.modelBytes
        var result = foreground._mutatingExtracting(mapAt..<mapAt + PixelBlock.pixels)
        matchBlock(
            picture.extracting(at..<at + PixelBlock.bytes),
            model.extracting(modelAt..<modelAt + PixelBlock.modelBytes),
            blink.extracting(mapAt..<mapAt + PixelBlock.pixels),
            radius: radius, blinkRadius: blinkRadius, into: &result)
    }
}

private func matchBlock(
    _ picture: Span<UInt8>, _ model: Span<UInt8>, _ blink: Span<UInt8>, radius: UInt8, blinkRadius: UInt8,
    into foreground: inout MutableSpan<UInt8>
) {
    precondition(picture.count == 192 && model.count == 3072 && blink.count == 128)
    precondition(foreground.count == 128)
    var limit = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 { limit[i] = radius &+ min(blinkRadius, (min(blink[i], 80) &* 3) >> 3) }
    var matches = InlineArray<128, UInt8>(repeating: 0)
    for quarter in 0..<4 {
        for step in 0..<4 {
            let sample = (quarter &* 4 &+ step) &* 192
            var chroma = InlineArray<32, UInt8>(repeating: 0)
            for i in 0..<32 {
                let u = picture[128 &+ i]
                let v = picture[160 &+ i]
                let sampleU = model[sample &+ 128 &+ i]
                let sampleV = model[sample &+ 160 &+ i]
                let du = max(u, sampleU) &- min(u, sampleU)
                let dv = max(v, sampleV) &- min(v, sampleV)
                chroma[i] = du &+ min(dv, ~du)
            }
            for phase in 0..<4 {
                for i in 0..<32 {
                    let at = phase &* 32 &+ i
                    let y = picture[at]
                    let sampleY = model[sample &+ at]
                    let dy = max(y, sampleY) &- min(y, sampleY)
                    let distance = dy &+ min(chroma[i], ~dy)
                    matches[at] &+= distance <= limit[at] ? 1 : 0
                }
            }
        }
        var least = UInt8.max
        for i in 0..<128 { least = min(least, matches[i]) }
        if least >= 2 { break }
    }
    for i in 0..<128 { foreground[i] = matches[i] < 2 ? 255 : 0 }
}
