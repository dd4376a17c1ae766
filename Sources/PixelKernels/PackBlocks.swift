/// Two rows of luma and one of U and V become a row of blocks (`PixelBlock`).
///
/// - Parameters: `upper` and `lower` hold 64 bytes a block, `chromaU` and `chromaV` 32, all padded by their owner;
///   `blocks` receives 192 a block from `start` on.
public func packBlocks(
    upper: Span<UInt8>, lower: Span<UInt8>, chromaU: Span<UInt8>, chromaV: Span<UInt8>, count: Int,
    into blocks: inout MutableSpan<UInt8>, at start: Int
) {
    for block in 0..<count {
        let x = block * PixelBlock.width
        let at = start + block * PixelBlock.bytes
        separateRows(upper, lower, from: x, into: &blocks, at: at)
        copyColumns(of: chromaU, at: block * PixelBlock.columns, into: &blocks, at: at + 128)
        copyColumns(of: chromaV, at: block * PixelBlock.columns, into: &blocks, at: at + 160)
    }
}

/// The two rows of a block become its four phases.
private func separateRows(
    _ upper: Span<UInt8>, _ lower: Span<UInt8>, from x: Int, into blocks: inout MutableSpan<UInt8>, at start: Int
) {
    var first = blocks._mutatingExtracting(start..<start + PixelBlock.width)
    separatePairs(upper.extracting(x..<x + PixelBlock.width), into: &first)
    var second = blocks._mutatingExtracting(start + PixelBlock.width..<start + PixelBlock.pixels)
    separatePairs(lower.extracting(x..<x + PixelBlock.width), into: &second)
}

/// Two rows of a mask become a row of mask blocks, 128 bytes each.
///
/// - Parameters: `upper` and `lower` hold 64 bytes a block; `blocks` receives 128 a block from its front.
public func splitMask(
    upper: Span<UInt8>, lower: Span<UInt8>, count: Int, into blocks: inout MutableSpan<UInt8>
) {
    for block in 0..<count {
        separateRows(upper, lower, from: block * PixelBlock.width, into: &blocks, at: block * PixelBlock.pixels)
    }
}

/// One row of a mask out of a row of mask blocks.
///
/// - Parameters:
///   - blocks: 128 bytes a block.
///   - lower: whether the lower one of the blocks' two rows is wanted.
///   - row: receives 64 bytes a block from `start` on.
public func joinMaskRow(
    of blocks: Span<UInt8>, lower: Bool, count: Int, into row: inout MutableSpan<UInt8>, at start: Int
) {
    let phase = lower ? 64 : 0
    for block in 0..<count {
        let at = block * PixelBlock.pixels + phase
        let x = start + block * PixelBlock.width
        var target = row._mutatingExtracting(x..<x + PixelBlock.width)
        joinMaskBlock(blocks.extracting(at..<at + PixelBlock.width), into: &target)
    }
}

@inline(never)
private func joinMaskBlock(_ phases: Span<UInt8>, into pixels: inout MutableSpan<UInt8>) {
    precondition(phases.count == 64 && pixels.count == 64)
    var joined = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        joined[2 &* i] = phases[i]
        joined[2 &* i &+ 1] = phases[32 &+ i]
    }
    for i in 0..<64 { pixels[i] = joined[i] }
}

/// Stores a picture as sample number `sample` of every block's model.
///
/// - Parameters: `picture` holds 192 bytes a block, `model` 3,072.
public func storeSample(_ sample: Int, of picture: Span<UInt8>, blocks: Int, model: inout MutableSpan<UInt8>) {
    precondition(sample >= 0 && sample < PixelBlock.samples)
    for block in 0..<blocks {
        let source = picture.extracting(block * PixelBlock.bytes..<(block + 1) * PixelBlock.bytes)
        let start = PixelBlock.sampleStart(sample, block: block, of: blocks)
        var target = model._mutatingExtracting(start..<start + PixelBlock.bytes)
        precondition(source.count == 192 && target.count == 192)
        for i in 0..<192 { target[i] = source[i] }
    }
}
