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
        packBlock(
            upper.extracting(x..<x + PixelBlock.width), lower.extracting(x..<x + PixelBlock.width),
            chromaU.extracting(c..<c + PixelBlock.columns), chromaV.extracting(c..<c + PixelBlock.columns),
            into: &blocks, at: start + block * PixelBlock.bytes)
    }
}

private func packBlock(
    _ upper: Span<UInt8>, _ lower: Span<UInt8>, _ u: Span<UInt8>, _ v: Span<UInt8>,
    into blocks: inout MutableSpan<UInt8>, at start: Int
) {
    precondition(upper.count == 64 && lower.count == 64 && u.count == 32 && v.count == 32)
    precondition(start >= 0 && start &+ 192 <= blocks.count)
    for i in 0..<32 { blocks[start &+ i] = upper[2 &* i] }
    for i in 0..<32 { blocks[start &+ 32 &+ i] = upper[2 &* i &+ 1] }
    for i in 0..<32 { blocks[start &+ 64 &+ i] = lower[2 &* i] }
    for i in 0..<32 { blocks[start &+ 96 &+ i] = lower[2 &* i &+ 1] }
    for i in 0..<32 { blocks[start &+ 128 &+ i] = u[i] }
    for i in 0..<32 { blocks[start &+ 160 &+ i] = v[i] }
}

/// Two rows of a mask become a row of mask blocks, 128 bytes each.
///
/// - Parameters: `upper` and `lower` hold 64 bytes a block; `blocks` receives 128 a block from its front.
public func splitMask(
    upper: Span<UInt8>, lower: Span<UInt8>, count: Int, into blocks: inout MutableSpan<UInt8>
) {
    for block in 0..<count {
        let x = block * PixelBlock.width
        splitMaskBlock(
            upper.extracting(x..<x + PixelBlock.width), lower.extracting(x..<x + PixelBlock.width), into: &blocks,
            at: block * PixelBlock.pixels)
    }
}

private func splitMaskBlock(
    _ upper: Span<UInt8>, _ lower: Span<UInt8>, into blocks: inout MutableSpan<UInt8>, at start: Int
) {
    precondition(upper.count == 64 && lower.count == 64 && start >= 0 && start &+ 128 <= blocks.count)
    for i in 0..<32 { blocks[start &+ i] = upper[2 &* i] }
    for i in 0..<32 { blocks[start &+ 32 &+ i] = upper[2 &* i &+ 1] }
    for i in 0..<32 { blocks[start &+ 64 &+ i] = lower[2 &* i] }
    for i in 0..<32 { blocks[start &+ 96 &+ i] = lower[2 &* i &+ 1] }
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
        joinMaskBlock(
            blocks.extracting(at..<at + PixelBlock.width), into: &row, at: start + block * PixelBlock.width)
    }
}

private func joinMaskBlock(_ phases: Span<UInt8>, into row: inout MutableSpan<UInt8>, at start: Int) {
    precondition(phases.count == 64 && start >= 0 && start &+ 64 <= row.count)
    for i in 0..<32 {
        row[start &+ 2 &* i] = phases[i]
        row[start &+ 2 &* i &+ 1] = phases[32 &+ i]
    }
}

/// Stores a picture as sample number `sample` of every block's model.
///
/// - Parameters: `picture` holds 192 bytes a block, `model` 3,072.
public func storeSample(_ sample: Int, of picture: Span<UInt8>, blocks: Int, model: inout MutableSpan<UInt8>) {
    precondition(sample >= 0 && sample < PixelBlock.samples)
    for block in 0..<blocks {
        let source = picture.extracting(block * PixelBlock.bytes..<(block + 1) * PixelBlock.bytes)
        let start = block * PixelBlock.modelBytes + sample * PixelBlock.bytes
        precondition(source.count == 192 && start + 192 <= model.count)
        for i in 0..<192 { model[start &+ i] = source[i] }
    }
}
