/// What `ageBlocks` counts by.
public struct AgingStep: Sendable, Equatable {
    /// Added to the blink value when the raw decision flips; one is taken off when it does not.
    public var blinkRise: UInt8
    /// Added to the still age of a foreground pixel whose luma stays; it is halved when it does not.
    public var stillRise: UInt8
    /// How far the luma may be from its running mean to count as still.
    public var stillTolerance: UInt8

    public init(blinkRise: UInt8, stillRise: UInt8, stillTolerance: UInt8) {
        self.blinkRise = blinkRise
        self.stillRise = stillRise
        self.stillTolerance = stillTolerance
    }
}

/// Advances, by one picture, the three maps that remember how a row of blocks behaves.
///
/// Blink: how often the raw decision flipped lately, outside of objects. Slow luma: a short running mean. Still age:
/// for how long a foreground pixel has shown the same brightness. Quiet blocks are left alone; in one that wakes, the
/// slow luma begins as that of the first background sample, which is what has been seen there lately.
///
/// - Parameters:
///   - picture: the whole picture, 192 bytes a block.
///   - foreground: this picture's raw decision, 128 bytes a block, 0 or 255.
///   - marked: one byte a block, not 0 where `foreground` holds set pixels.
///   - objects: the surroundings of objects, where flips are no blinking: 128 bytes a block, counted from block
///     `first`.
///   - background: the model, whose first sample of each block is its front part.
///   - first: the first block of the row.
///   - previous: the last picture's raw decision; becomes this one's.
///   - awake: one byte a block, 0 where `previous`, `blink` and `stillAge` hold nothing but 0, on entry and afterwards.
public func ageBlocks(
    picture: Span<UInt8>, foreground: Span<UInt8>, marked: Span<UInt8>, objects: Span<UInt8>, background: Span<UInt8>,
    step: AgingStep, first: Int, count: Int, previous: inout MutableSpan<UInt8>, blink: inout MutableSpan<UInt8>,
    slowLuma: inout MutableSpan<UInt8>, stillAge: inout MutableSpan<UInt8>, awake: inout MutableSpan<UInt8>
) {
    for block in 0..<count where marked[first + block] | awake[first + block] != 0 {
        let at = (first + block) * PixelBlock.pixels
        let pictureAt = (first + block) * PixelBlock.bytes
        var before = previous._mutatingExtracting(at..<at + PixelBlock.pixels)
        var blinking = blink._mutatingExtracting(at..<at + PixelBlock.pixels)
        var slow = slowLuma._mutatingExtracting(at..<at + PixelBlock.pixels)
        var still = stillAge._mutatingExtracting(at..<at + PixelBlock.pixels)
        if awake[first + block] == 0 {
            let sample = (first + block) * PixelBlock.groupBytes
            copyLuma(background.extracting(sample..<sample + PixelBlock.pixels), into: &slow)
        }
        let left = ageBlock(
            picture.extracting(pictureAt..<pictureAt + PixelBlock.pixels),
            raw: foreground.extracting(at..<at + PixelBlock.pixels),
            objects: objects.extracting(block * PixelBlock.pixels..<(block + 1) * PixelBlock.pixels), step: step,
            previous: &before, blink: &blinking, slowLuma: &slow, stillAge: &still)
        awake[first + block] = left == 0 ? 0 : 1
    }
}

@inline(never)
private func copyLuma(_ sample: Span<UInt8>, into slowLuma: inout MutableSpan<UInt8>) {
    precondition(sample.count == 128 && slowLuma.count == 128)
    for i in 0..<128 { slowLuma[i] = sample[i] }
}

/// The mean of two bytes, rounded up: one instruction of every vector unit, found by this form of it.
@inline(__always)
private func meanRoundedUp(_ a: UInt8, _ b: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (UInt16(a) &+ UInt16(b) &+ 1) >> 1)
}

// Results go through local arrays: the compiler knows that these overlap nothing, so it needs no checks and vectorises.
/// - Returns: 0 where all of `previous`, `blink` and `stillAge` are 0 now.
@inline(never)
private func ageBlock(
    _ luma: Span<UInt8>, raw: Span<UInt8>, objects: Span<UInt8>, step: AgingStep, previous: inout MutableSpan<UInt8>,
    blink: inout MutableSpan<UInt8>, slowLuma: inout MutableSpan<UInt8>, stillAge: inout MutableSpan<UInt8>
) -> UInt8 {
    precondition(luma.count == 128 && raw.count == 128 && objects.count == 128 && previous.count == 128)
    precondition(blink.count == 128 && slowLuma.count == 128 && stillAge.count == 128)
    var nextBlink = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let value = blink[i]
        let flipped = (raw[i] ^ previous[i]) & ~objects[i]
        let risen = value &+ min(step.blinkRise, ~value)
        let fallen = value &- min(value, 1)
        nextBlink[i] = (risen & flipped) | (fallen & ~flipped)
    }
    var left: UInt8 = 0
    for i in 0..<128 {
        blink[i] = nextBlink[i]
        left |= nextBlink[i] | raw[i]
    }
    for i in 0..<128 { previous[i] = raw[i] }
    var nextLuma = InlineArray<128, UInt8>(repeating: 0)
    var nextAge = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let y = luma[i]
        let slow = slowLuma[i]
        let age = stillAge[i]
        let near: UInt8 = max(y, slow) &- min(y, slow) <= step.stillTolerance ? 255 : 0
        let still = near & raw[i]
        nextAge[i] = ((age &+ min(step.stillRise, ~age)) & still) | ((age >> 1) & ~still)
        // Exactly (3 * slow + y + 2) / 4: the mean of slow with the mean of both, the inner one rounded down.
        nextLuma[i] = meanRoundedUp(slow, ~meanRoundedUp(~slow, ~y))
    }
    for i in 0..<128 { slowLuma[i] = nextLuma[i] }
    for i in 0..<128 {
        stillAge[i] = nextAge[i]
        left |= nextAge[i]
    }
    return left
}
