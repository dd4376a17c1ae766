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
        let c = block * PixelBlock.columns
        let at = start + block * PixelBlock.bytes
        var target = blocks._mutatingExtracting(at..<at + PixelBlock.bytes)
        packBlock(
            upper.extracting(x..<x + PixelBlock.width), lower.extracting(x..<x + PixelBlock.width),
            chromaU.extracting(c..<c + PixelBlock.columns), chromaV.extracting(c..<c + PixelBlock.columns),
            into: &target)
    }
}

private func packBlock(
    _ upper: Span<UInt8>, _ lower: Span<UInt8>, _ u: Span<UInt8>, _ v: Span<UInt8>,
    into block: inout MutableSpan<UInt8>
) {
    precondition(upper.count == 64 && lower.count == 64 && u.count == 32 && v.count == 32 && block.count == 192)
    for i in 0..<32 { block[i] = upper[2 &* i] }
    for i in 0..<32 { block[32 &+ i] = upper[2 &* i &+ 1] }
    for i in 0..<32 { block[64 &+ i] = lower[2 &* i] }
    for i in 0..<32 { block[96 &+ i] = lower[2 &* i &+ 1] }
    for i in 0..<32 { block[128 &+ i] = u[i] }
    for i in 0..<32 { block[160 &+ i] = v[i] }
}

/// Two rows of a mask become a row of mask blocks, 128 bytes each.
///
/// - Parameters: `upper` and `lower` hold 64 bytes a block; `blocks` receives 128 a block from its front.
public func splitMask(
    upper: Span<UInt8>, lower: Span<UInt8>, count: Int, into blocks: inout MutableSpan<UInt8>
) {
    for block in 0..<count {
        let x = block * PixelBlock.width
        var target = blocks._mutatingExtracting(block * PixelBlock.pixels..<(block + 1) * PixelBlock.pixels)
        splitMaskBlock(
            upper.extracting(x..<x + PixelBlock.width), lower.extracting(x..<x + PixelBlock.width), into: &target)
    }
}

private func splitMaskBlock(_ upper: Span<UInt8>, _ lower: Span<UInt8>, into block: inout MutableSpan<UInt8>) {
    precondition(upper.count == 64 && lower.count == 64 && block.count == 128)
    for i in 0..<32 { block[i] = upper[2 &* i] }
    for i in 0..<32 { block[32 &+ i] = upper[2 &* i &+ 1] }
    for i in 0..<32 { block[64 &+ i] = lower[2 &* i] }
    for i in 0..<32 { block[96 &+ i] = lower[2 &* i &+ 1] }
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
