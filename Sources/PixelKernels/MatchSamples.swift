/// Marks each pixel of a picture that fewer than two of its 16 background samples explain.
///
/// The distance is |dY| + |dU| + |dV| (saturating), the radius grows where the pixel is known to blink. After
/// Barnich and Van Droogenbroeck, "ViBe: a universal background subtraction algorithm" (2011), with the blinking map
/// of Van Droogenbroeck and Paquot (2012). Stops early in a block once every pixel has its two matches, which changes
/// nothing in the result. Most blocks are explained by their first two samples, which are read one after the other;
/// what the others need besides is fetched while those are being looked at.
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
    var matching = BlockMatching(radius: radius, blinkRadius: blinkRadius)
    var waiting = InlineArray<32, Int>(repeating: 0)
    for first in stride(from: 0, to: blocks, by: waiting.count) {
        var count = 0
        for block in first..<min(first + waiting.count, blocks) {
            let at = block * PixelBlock.bytes
            let groupAt = PixelBlock.groupStart(0, block: block, of: blocks)
            let isDone =
                awake[block] == 0
                && isExplained(
                    picture.extracting(at..<at + PixelBlock.bytes),
                    group: model.extracting(groupAt..<groupAt + PixelBlock.groupBytes), radius: radius)
            if !isDone {
                for sample in PixelBlock.groupSamples..<BlockMatching.fetchedFirst(isMarked: marked[block] != 0) {
                    fetchSample(sample, of: model, block: block, of: blocks)
                }
                waiting[count] = block
                count += 1
            } else if marked[block] != 0 {
                marked[block] = 0
                let mapAt = block * PixelBlock.pixels
                for i in mapAt..<mapAt + PixelBlock.pixels { foreground[i] = 0 }
            }
        }
        for place in 0..<count {
            let block = waiting[place]
            let mapAt = block * PixelBlock.pixels
            let least = matching.count(
                picture: picture, model: model, blink: awake[block] == 0 ? nil : blink, block: block, of: blocks,
                isMarked: marked[block] != 0)
            guard least < 2 || marked[block] != 0 else { continue }
            marked[block] = least < 2 ? 1 : 0
            var result = foreground._mutatingExtracting(mapAt..<mapAt + PixelBlock.pixels)
            markUnmatched(matching.matches.span, into: &result)
        }
    }
}

@inline(__always)
private func fetchSample(_ sample: Int, of model: Span<UInt8>, block: Int, of blocks: Int) {
    prefetch(model, from: PixelBlock.sampleStart(sample, block: block, of: blocks), count: PixelBlock.bytes)
}

/// Counts one block's matches, sample after sample, for as long as a pixel needs more.
private struct BlockMatching: ~Copyable {
    /// Where one more than the first two has not been enough, so many samples are fetched ahead: most likely something
    /// is there, and all sixteen are needed.
    private static let ahead = 3

    let radius: UInt8
    let blinkRadius: UInt8
    private var limits: InlineArray<128, UInt8>
    private(set) var matches = InlineArray<128, UInt8>(repeating: 0)
    private var limitsAreEven = true

    init(radius: UInt8, blinkRadius: UInt8) {
        (self.radius, self.blinkRadius) = (radius, blinkRadius)
        limits = InlineArray(repeating: radius)
    }

    /// The first sample that is not fetched before a block is counted.
    static func fetchedFirst(isMarked: Bool) -> Int { PixelBlock.groupSamples + (isMarked ? ahead : 1) }

    /// - Parameters:
    ///   - blink: `nil` where the block does not blink.
    ///   - isMarked: whether it held foreground on the last picture.
    /// - Returns: the least number of matches of any pixel, of the samples that were looked at.
    mutating func count(
        picture: Span<UInt8>, model: Span<UInt8>, blink: Span<UInt8>?, block: Int, of blocks: Int,
        isMarked: Bool
    ) -> UInt8 {
        if let blink {
            let mapAt = block * PixelBlock.pixels
            var radii = limits.mutableSpan
            matchRadii(blink.extracting(mapAt..<mapAt + PixelBlock.pixels), radius, blinkRadius, into: &radii)
            limitsAreEven = false
        } else if !limitsAreEven {
            limits = InlineArray(repeating: radius)
            limitsAreEven = true
        }
        matches = InlineArray(repeating: 0)
        let at = block * PixelBlock.bytes
        let pixels = picture.extracting(at..<at + PixelBlock.bytes)
        var counts = matches.mutableSpan
        var least: UInt8 = 0
        var sample = 0
        var fetched = Self.fetchedFirst(isMarked: isMarked)
        while least < 2, sample < PixelBlock.samples {
            let start = PixelBlock.sampleStart(sample, block: block, of: blocks)
            least = countMatches(
                pixels, sample: model.extracting(start..<start + PixelBlock.bytes), limits: limits.span,
                matches: &counts)
            sample += 1
            guard least < 2, sample > PixelBlock.groupSamples else { continue }
            while fetched < min(sample + Self.ahead, PixelBlock.samples) {
                fetchSample(fetched, of: model, block: block, of: blocks)
                fetched += 1
            }
        }
        return least
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

/// Compares a block with one of its samples.
///
/// - Returns: the least number of matches of any pixel so far.
@inline(never)
private func countMatches(
    _ picture: Span<UInt8>, sample: Span<UInt8>, limits: Span<UInt8>, matches: inout MutableSpan<UInt8>
) -> UInt8 {
    precondition(picture.count == 192 && sample.count == 192 && limits.count == 128 && matches.count == 128)
    var chroma = InlineArray<32, UInt8>(repeating: 0)
    for i in 0..<32 {
        let u = picture[128 &+ i]
        let v = picture[160 &+ i]
        let sampleU = sample[128 &+ i]
        let sampleV = sample[160 &+ i]
        let du = max(u, sampleU) &- min(u, sampleU)
        let dv = max(v, sampleV) &- min(v, sampleV)
        chroma[i] = du &+ min(dv, ~du)
    }
    var counts = InlineArray<128, UInt8>(repeating: 0)
    for phase in 0..<4 {
        for i in 0..<32 {
            let at = phase &* 32 &+ i
            let y = picture[at]
            let sampleY = sample[at]
            let dy = max(y, sampleY) &- min(y, sampleY)
            let distance = dy &+ min(chroma[i], ~dy)
            counts[at] = matches[at] &+ (distance <= limits[at] ? 1 : 0)
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
