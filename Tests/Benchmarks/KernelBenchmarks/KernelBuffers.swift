import PixelKernels

/// What the kernels work on: one picture of 640 x 360 pixels, a background that explains it, and one that does not.
///
/// `Sendable` holds because benchmarks run one after the other.
final class KernelBuffers: @unchecked Sendable {
    let grid = BlockGrid(across: 10, down: 180)
    private let width = 640
    private let random = RandomTable(seed: 1)

    private let source: [UInt8]
    private var picture: [UInt8]
    private let quiet: [UInt8]
    private var model: [UInt8]
    private var foreground: [UInt8]
    /// What every block is: marked and awake, or neither.
    private let busy: [UInt8]
    private let calm: [UInt8]
    private var marked: [UInt8]
    private var awake: [UInt8]
    private var objects: [UInt8]
    private var previous: [UInt8]
    private var blink: [UInt8]
    private var slowLuma: [UInt8]
    private var stillAge: [UInt8]
    private var row: [UInt8]
    private var sums: [UInt16]
    private var columnSums: [UInt8]
    private var mask: [UInt8]
    private var set = 0

    init() {
        var noise = Noise(state: 7)
        source = noise.bytes(2560 * 1440, from: 0, to: 255)
        picture = noise.bytes(grid.count * PixelBlock.bytes, from: 98, to: 102)
        quiet = noise.bytes(grid.count * PixelBlock.modelBytes, from: 98, to: 102)
        model = noise.bytes(grid.count * PixelBlock.modelBytes, from: 150, to: 255)
        foreground = noise.bytes((grid.count + 1) * PixelBlock.pixels, from: 0, to: 99).map { $0 == 0 ? 255 : 0 }
        busy = [UInt8](repeating: 1, count: grid.count)
        calm = [UInt8](repeating: 0, count: grid.count)
        marked = calm
        awake = busy
        objects = [UInt8](repeating: 0, count: grid.across * PixelBlock.pixels)
        previous = foreground
        blink = noise.bytes((grid.count + 1) * PixelBlock.pixels, from: 0, to: 20)
        slowLuma = noise.bytes(grid.count * PixelBlock.pixels, from: 90, to: 110)
        stillAge = noise.bytes((grid.count + 1) * PixelBlock.pixels, from: 0, to: 20)
        row = [UInt8](repeating: 0, count: width)
        sums = [UInt16](repeating: 0, count: 2560)
        columnSums = [UInt8](repeating: 0, count: width + 4)
        mask = noise.bytes((width + 4) * 5, from: 0, to: 1).map { 0 &- $0 }
    }

    func subsample(by factor: Int) {
        Self.subsample(source, by: factor, width: width, rows: 2 * grid.down, &sums, into: &row)
    }

    func pack() { Self.pack(source, grid: grid, width: width, into: &picture) }

    func scale() { Self.scale(&picture, blocks: grid.count) }

    /// Whether the first samples explain the picture or none of them.
    func match(quiet isQuiet: Bool) {
        Self.match(
            picture, isQuiet ? quiet : model, blink, awake: isQuiet ? calm : busy, blocks: grid.count,
            marked: &marked, into: &foreground)
    }

    func join() { set = Self.join(foreground, grid: grid, into: &row) }

    func median() { Self.median(mask, width: width, rows: 2 * grid.down, &columnSums, into: &row) }

    func unite() { Self.unite(mask, grid: grid, width: width, &row, into: &objects) }

    func age() {
        Self.age(
            picture, foreground, marked: busy, objects, background: model, grid: grid, previous: &previous,
            blink: &blink, slowLuma: &slowLuma, stillAge: &stillAge, awake: &awake)
    }

    func update() {
        Self.update(picture, foreground, blink, stillAge, busy: busy, random, grid: grid, model: &model)
    }

    func store() { Self.store(picture, blocks: grid.count, in: &model) }
}

// A span keeps the whole of `self` borrowed, so each buffer comes as its own argument.
extension KernelBuffers {
    private static func subsample(
        _ source: [UInt8], by factor: Int, width: Int, rows: Int, _ sums: inout [UInt16], into row: inout [UInt8]
    ) {
        let plane = PlaneView(
            pixels: source.span, width: width * factor, height: rows * factor, stride: width * factor)
        let by = Subsampling(across: factor, down: factor)
        var scratch = sums.mutableSpan
        var result = row.mutableSpan
        for y in 0..<rows { subsampleRow(of: plane, row: y, by: by, sums: &scratch, into: &result, count: width) }
    }

    private static func pack(_ source: [UInt8], grid: BlockGrid, width: Int, into picture: inout [UInt8]) {
        let bytes = source.span
        var blocks = picture.mutableSpan
        for row in 0..<grid.down {
            let at = row * 3 * width
            packBlocks(
                upper: bytes.extracting(at..<at + width), lower: bytes.extracting(at + width..<at + 2 * width),
                chromaU: bytes.extracting(at + 2 * width..<at + 5 * width / 2),
                chromaV: bytes.extracting(at + 5 * width / 2..<at + 3 * width), count: grid.across, into: &blocks,
                at: row * grid.across * PixelBlock.bytes)
        }
    }

    private static func scale(_ picture: inout [UInt8], blocks: Int) {
        var bytes = picture.mutableSpan
        scaleLuma(&bytes, gain: 257, first: 0, count: blocks)
    }

    private static func store(_ picture: [UInt8], blocks: Int, in model: inout [UInt8]) {
        var samples = model.mutableSpan
        storeSample(5, of: picture.span, blocks: blocks, model: &samples)
    }

    private static func match(
        _ picture: [UInt8], _ model: [UInt8], _ blink: [UInt8], awake: [UInt8], blocks: Int, marked: inout [UInt8],
        into foreground: inout [UInt8]
    ) {
        var flags = marked.mutableSpan
        var raw = foreground.mutableSpan
        matchSamples(
            picture: picture.span, model: model.span, blink: blink.span, awake: awake.span, radius: 20,
            blinkRadius: 30, blocks: blocks, marked: &flags, into: &raw)
    }

    private static func join(_ foreground: [UInt8], grid: BlockGrid, into row: inout [UInt8]) -> Int {
        let blocks = foreground.span
        let bytes = grid.across * PixelBlock.pixels
        var total = 0
        for y in 0..<2 * grid.down {
            var pixels = row.mutableSpan
            joinMaskRow(
                of: blocks.extracting(y / 2 * bytes..<(y / 2 + 1) * bytes), lower: y & 1 == 1, count: grid.across,
                into: &pixels, at: 0)
            total += countSet(pixels.span)
        }
        return total
    }

    private static func median(
        _ mask: [UInt8], width: Int, rows: Int, _ columnSums: inout [UInt8], into row: inout [UInt8]
    ) {
        var starts = InlineArray<5, Int>(repeating: 0)
        for i in 0..<5 { starts[i] = i * (width + 4) + 2 }
        var sums = columnSums.mutableSpan
        var result = row.mutableSpan
        for _ in 0..<rows {
            _ = medianRow(of: mask.span, starts: starts, sums: &sums, count: width, into: &result, at: 0)
        }
    }

    private static func unite(
        _ mask: [UInt8], grid: BlockGrid, width: Int, _ row: inout [UInt8], into objects: inout [UInt8]
    ) {
        var starts = InlineArray<5, Int>(repeating: 0)
        for i in 0..<5 { starts[i] = i * (width + 4) }
        var blocks = objects.mutableSpan
        for _ in 0..<grid.down {
            var united = row.mutableSpan
            unionRow(of: mask.span, starts: starts, count: width, into: &united)
            unionRow(of: mask.span, starts: starts, count: width, into: &united)
            splitMask(upper: united.span, lower: united.span, count: grid.across, into: &blocks)
        }
    }

    private static func age(
        _ picture: [UInt8], _ foreground: [UInt8], marked: [UInt8], _ objects: [UInt8], background: [UInt8],
        grid: BlockGrid, previous: inout [UInt8], blink: inout [UInt8], slowLuma: inout [UInt8],
        stillAge: inout [UInt8], awake: inout [UInt8]
    ) {
        let step = AgingStep(blinkRise: 16, stillRise: 3, stillTolerance: 10)
        var before = previous.mutableSpan
        var blinking = blink.mutableSpan
        var slow = slowLuma.mutableSpan
        var still = stillAge.mutableSpan
        var flags = awake.mutableSpan
        for row in 0..<grid.down {
            ageBlocks(
                picture: picture.span, foreground: foreground.span, marked: marked.span, objects: objects.span,
                background: background.span, step: step, first: row * grid.across, count: grid.across,
                previous: &before, blink: &blinking, slowLuma: &slow, stillAge: &still, awake: &flags)
        }
    }

    private static func update(
        _ picture: [UInt8], _ foreground: [UInt8], _ blink: [UInt8], _ stillAge: [UInt8], busy: [UInt8],
        _ random: RandomTable, grid: BlockGrid, model: inout [UInt8]
    ) {
        let update = SampleUpdate(rate: 40, leak: 160, stillLimit: 90, key: 3)
        var samples = model.mutableSpan
        for row in 0..<grid.down {
            updateSamples(
                picture: picture.span, foreground: foreground.span, blink: blink.span, stillAge: stillAge.span,
                marked: busy.span, awake: busy.span, random: random, update: update, grid: grid, row: row,
                model: &samples)
        }
    }
}
