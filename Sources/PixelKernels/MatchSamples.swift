/// Marks each pixel of a picture that fewer than two of its 16 background samples explain.
///
/// The distance is |dY| + |dU| + |dV| (saturating), the radius grows where the pixel is known to blink. After
/// Barnich and Van Droogenbroeck, "ViBe: a universal background subtraction algorithm" (2011), with the blinking map
/// of Van Droogenbroeck and Paquot (2012). Stops early in a block once every pixel has its two matches, which changes
/// nothing in the result.
///
/// - Parameters:
///   - picture: 192 bytes a block.
///   - model: 3,072 bytes a block, in groups of samples as `PixelBlock` says.
///   - blink: 128 bytes a block; not read where the block is not awake.
///   - awake: one byte a block, not 0 where something else than 0 may stand in `blink`.
///   - radius: distance up to which a sample matches, for a pixel that never blinks.
///   - blinkRadius: the most that blinking adds to it; 3/8 of the blink value up to there.
///   - marked: one byte a block. Says which blocks of `foreground` hold set pixels, on entry and afterwards: the others
///     stay as they are.
///   - foreground: holds 255 or 0, 128 bytes a block.
/// - Precondition: `radius + blinkRadius` is at most 255, `blinkRadius` at most 30.
public func matchSamples(
    picture: Span<UInt8>, model: Span<UInt8>, blink: Span<UInt8>, awake: Span<UInt8>, radius: UInt8,
    blinkRadius: UInt8, blocks: Int, marked: inout MutableSpan<UInt8>, into foreground: inout MutableSpan<UInt8>
) {
    precondition(blinkRadius <= 30 && UInt8.max - blinkRadius >= radius)
    precondition(model.count >= blocks * PixelBlock.modelBytes)
    var limitBytes = InlineArray<128, UInt8>(repeating: radius)
    var matchBytes = InlineArray<128, UInt8>(repeating: 0)
    var limits = limitBytes.mutableSpan
    var matches = matchBytes.mutableSpan
    var limitsAreEven = true
    for block in 0..<blocks {
        let at = block * PixelBlock.bytes
        let mapAt = block * PixelBlock.pixels
        let pixels = picture.extracting(at..<at + PixelBlock.bytes)
        let firstAt = PixelBlock.groupStart(0, block: block, of: blocks)
        if awake[block] == 0,
            isExplained(pixels, group: model.extracting(firstAt..<firstAt + PixelBlock.groupBytes), radius: radius)
        {
            guard marked[block] != 0 else { continue }
            marked[block] = 0
            var result = foreground._mutatingExtracting(mapAt..<mapAt + PixelBlock.pixels)
            clearMask(&result)
            continue
        }
        if awake[block] != 0 {
            matchRadii(blink.extracting(mapAt..<mapAt + PixelBlock.pixels), radius, blinkRadius, into: &limits)
            limitsAreEven = false
        } else if !limitsAreEven {
            for i in 0..<128 { limits[i] = radius }
            limitsAreEven = true
        }
        for i in 0..<128 { matches[i] = 0 }
        var least: UInt8 = 0
        var group = 0
        while least < 2, group < PixelBlock.samples / PixelBlock.groupSamples {
            let start = PixelBlock.groupStart(group, block: block, of: blocks)
            least = countMatches(
                pixels, group: model.extracting(start..<start + PixelBlock.groupBytes), limits: limits.span,
                matches: &matches)
            group += 1
        }
        guard least < 2 || marked[block] != 0 else { continue }
        marked[block] = least < 2 ? 1 : 0
        var result = foreground._mutatingExtracting(mapAt..<mapAt + PixelBlock.pixels)
        markUnmatched(matches.span, into: &result)
    }
}

@inline(never)
private func matchRadii(
    _ blink: Span<UInt8>, _ radius: UInt8, _ blinkRadius: UInt8, into limits: inout MutableSpan<UInt8>
) {
    precondition(blink.count == 128 && limits.count == 128)
    for i in 0..<128 {
        let blinking = min(blink[i], 80)
        limits[i] = radius &+ min(blinkRadius, (blinking &+ blinking &+ blinking) >> 3)
    }
}

/// Whether both samples of a group explain every pixel of a block that does not blink: all that is asked about most
/// blocks of a scene. Of the four pixels that share a chroma the one farthest off decides.
@inline(never)
private func isExplained(_ picture: Span<UInt8>, group: Span<UInt8>, radius: UInt8) -> Bool {
    precondition(picture.count == 192 && group.count == 384)
    var farthest: UInt8 = 0
    for i in 0..<32 {
        for sample in 0..<2 {
            let at = sample &* 192 &+ i
            var luma: UInt8 = 0
            for phase in 0..<4 {
                let y = picture[phase &* 32 &+ i]
                let sampleY = group[at &+ phase &* 32]
                luma = max(luma, max(y, sampleY) &- min(y, sampleY))
            }
            let u = picture[128 &+ i]
            let v = picture[160 &+ i]
            let sampleU = group[at &+ 128]
            let sampleV = group[at &+ 160]
            let du = max(u, sampleU) &- min(u, sampleU)
            let dv = max(v, sampleV) &- min(v, sampleV)
            let chroma = du &+ min(dv, ~du)
            farthest = max(farthest, luma &+ min(chroma, ~luma))
        }
    }
    return farthest <= radius
}

@inline(never)
private func clearMask(_ foreground: inout MutableSpan<UInt8>) {
    precondition(foreground.count == 128)
    for i in 0..<128 { foreground[i] = 0 }
}

/// Compares a block with two of its samples.
///
/// - Returns: the least number of matches of any pixel so far.
@inline(never)
private func countMatches(
    _ picture: Span<UInt8>, group: Span<UInt8>, limits: Span<UInt8>, matches: inout MutableSpan<UInt8>
) -> UInt8 {
    precondition(picture.count == 192 && group.count == 384 && limits.count == 128 && matches.count == 128)
    var chroma = InlineArray<64, UInt8>(repeating: 0)
    for sample in 0..<2 {
        let at = sample &* 192 &+ 128
        for i in 0..<32 {
            let u = picture[128 &+ i]
            let v = picture[160 &+ i]
            let sampleU = group[at &+ i]
            let sampleV = group[at &+ 32 &+ i]
            let du = max(u, sampleU) &- min(u, sampleU)
            let dv = max(v, sampleV) &- min(v, sampleV)
            chroma[sample &* 32 &+ i] = du &+ min(dv, ~du)
        }
    }
    var counts = InlineArray<128, UInt8>(repeating: 0)
    for phase in 0..<4 {
        for i in 0..<32 {
            let at = phase &* 32 &+ i
            let y = picture[at]
            let limit = limits[at]
            var count = matches[at]
            for sample in 0..<2 {
                let sampleY = group[sample &* 192 &+ at]
                let dy = max(y, sampleY) &- min(y, sampleY)
                let distance = dy &+ min(chroma[sample &* 32 &+ i], ~dy)
                count &+= distance <= limit ? 1 : 0
            }
            counts[at] = count
        }
    }
    var least = UInt8.max
    for i in 0..<128 {
        matches[i] = counts[i]
        least = min(least, counts[i])
    }
    return least
}

@inline(never)
private func markUnmatched(_ matches: Span<UInt8>, into foreground: inout MutableSpan<UInt8>) {
    precondition(matches.count == 128 && foreground.count == 128)
    for i in 0..<128 { foreground[i] = matches[i] < 2 ? 255 : 0 }
}
