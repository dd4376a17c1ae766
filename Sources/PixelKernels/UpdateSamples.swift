/// How fast and by what chance `updateSamples` renews the background.
public struct SampleUpdate: Sendable, Equatable {
    /// Chance in 256 that a background pixel replaces one of its samples; a quarter of the blink value is added.
    public var rate: UInt8
    /// Chance in 65,536 that a foreground pixel does so all the same, which slowly dissolves ghosts; in steps of 256.
    public var leak: UInt8
    /// Still age above which a foreground pixel is absorbed like a background one.
    public var stillLimit: UInt8
    /// Makes the choices of this picture; the same key gives the same choices.
    public var key: UInt64
    /// Only each so-manieth block has its turn, to halve or quarter the work; `rate` and `leak` are meant to be raised
    /// by as much. 1, 2 or 4.
    public var period: Int
    /// Whose turn it is: counts up by one a picture.
    public var turn: Int

    public init(rate: UInt8, leak: UInt8, stillLimit: UInt8, key: UInt64, period: Int = 1, turn: Int = 0) {
        precondition(period >= 1 && turn >= 0)
        self.rate = rate
        self.leak = leak
        self.stillLimit = stillLimit
        self.key = key
        self.period = period
        self.turn = turn
    }

    /// The first column of a row of blocks that has its turn. Rows are shifted against one another.
    func firstColumn(row: Int) -> Int { (turn + row) % period }
}

/// Renews the background samples of a row of blocks after a picture (ViBe's random update, in a form that vectorises:
/// sample and neighbour are chosen per block, whether a pixel takes part by one random byte).
///
/// A background pixel now and then writes its value into a sample of its own, and takes a background neighbour's value
/// into another one. A foreground pixel takes part when it has stood still long enough, or by a small leak.
///
/// - Parameters:
///   - picture: the whole picture, 192 bytes a block.
///   - foreground, blink, stillAge: its maps, 128 bytes a block, and one block of zeros behind the last one, which is
///     read in place of quiet ones.
///   - marked, awake: one byte a block, as `PixelBlock` says.
///   - row: of `grid`, the one that is updated.
public func updateSamples(
    picture: Span<UInt8>, foreground: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, marked: Span<UInt8>,
    awake: Span<UInt8>, random: RandomTable, update: SampleUpdate, grid: BlockGrid, row: Int,
    model: inout MutableSpan<UInt8>
) {
    precondition(row >= 0 && row < grid.down && marked.count >= grid.count)
    let table = random.bytes.span
    var nearby = Neighbourhood()
    let zeros = grid.count
    let firstColumn = update.firstColumn(row: row)
    for column in stride(from: firstColumn, to: grid.across, by: update.period) {
        fetchSamples(of: model.span, update: update, grid: grid, row: row + 1, place: column - firstColumn)
        let block = row * grid.across + column
        let choice = BlockChoice(key: update.key, block: block)
        let isBusy = grid.isAnySet(of: marked, around: column, row)
        let isQuiet = !isBusy && awake[block] == 0
        let mapsAt = (awake[block] == 0 ? zeros : block) * PixelBlock.pixels
        let foregroundAt = (marked[block] == 0 ? zeros : block) * PixelBlock.pixels
        let blinking = blink.extracting(mapsAt..<mapsAt + PixelBlock.pixels)
        let resting = stillAge.extracting(mapsAt..<mapsAt + PixelBlock.pixels)
        let second = table.extracting(choice.second..<choice.second + PixelBlock.pixels)
        let pictureAt = block * PixelBlock.bytes
        let ownAt = PixelBlock.sampleStart(choice.own, block: block, of: grid.count)
        var own = model._mutatingExtracting(ownAt..<ownAt + PixelBlock.bytes)
        let pixels = picture.extracting(pictureAt..<pictureAt + PixelBlock.bytes)
        let first = table.extracting(choice.first..<choice.first + PixelBlock.pixels)
        if isQuiet {
            writeOwn(pixels, first: first, rate: update.rate, into: &own)
        } else {
            writeOwn(
                pixels, foreground: foreground.extracting(foregroundAt..<foregroundAt + PixelBlock.pixels),
                blink: blinking, stillAge: resting, first: first, second: second, rate: update.rate,
                leak: update.leak, stillLimit: update.stillLimit, into: &own)
        }
        if !isBusy { nearby.calm() }
        for phase in 0..<4 {
            let source = NeighbourPhase(of: phase, column: column, row: row, choice: choice, grid: grid)
            nearby.gather(phase, from: source, picture: picture)
            if isBusy { nearby.gather(phase, from: source, foreground: foreground) }
        }
        let neighbourAt = PixelBlock.sampleStart(choice.neighbour, block: block, of: grid.count)
        var neighbour = model._mutatingExtracting(neighbourAt..<neighbourAt + PixelBlock.bytes)
        if isQuiet {
            writeNeighbours(nearby.picture.span, second: second, rate: update.rate, into: &neighbour)
        } else {
            writeNeighbours(
                nearby.picture.span, moving: nearby.moving.span, blink: blinking, stillAge: resting, second: second,
                rate: update.rate, stillLimit: update.stillLimit, into: &neighbour)
        }
    }
}

/// Starts to fetch what will be written into a block of the next row, which lies anywhere in the model.
@inline(__always)
private func fetchSamples(of model: Span<UInt8>, update: SampleUpdate, grid: BlockGrid, row: Int, place: Int) {
    let column = update.firstColumn(row: row) + place
    guard row < grid.down, column < grid.across else { return }
    let block = row * grid.across + column
    let choice = BlockChoice(key: update.key, block: block)
    let own = PixelBlock.sampleStart(choice.own, block: block, of: grid.count)
    let neighbour = PixelBlock.sampleStart(choice.neighbour, block: block, of: grid.count)
    prefetch(model, from: own, count: PixelBlock.bytes)
    prefetch(model, from: neighbour, count: PixelBlock.bytes)
}

/// `writeOwn` of a quiet block: no foreground, no blinking.
@inline(never)
private func writeOwn(_ picture: Span<UInt8>, first: Span<UInt8>, rate: UInt8, into sample: inout MutableSpan<UInt8>) {
    precondition(picture.count == 192 && first.count == 128 && sample.count == 192)
    var luma = InlineArray<128, UInt8>(repeating: 0)
    var writes = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let wins: UInt8 = first[i] < rate ? 255 : 0
        writes[i] = wins
        luma[i] = (picture[i] & wins) | (sample[i] & ~wins)
    }
    for i in 0..<128 { sample[i] = luma[i] }
    writeChroma(picture, writes: writes.span, into: &sample)
}

/// `writeNeighbours` of a quiet block among blocks without foreground.
@inline(never)
private func writeNeighbours(
    _ values: Span<UInt8>, second: Span<UInt8>, rate: UInt8, into sample: inout MutableSpan<UInt8>
) {
    precondition(values.count == 384 && second.count == 128 && sample.count == 192)
    var takes = InlineArray<128, UInt8>(repeating: 0)
    var luma = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let take: UInt8 = second[i] < rate ? 255 : 0
        takes[i] = take
        luma[i] = (values[i] & take) | (sample[i] & ~take)
    }
    for i in 0..<128 { sample[i] = luma[i] }
    takeChroma(values, takes: takes.span, into: &sample)
}

/// One chroma value serves four pixels: it is written with any of them.
@inline(never)
private func writeChroma(_ picture: Span<UInt8>, writes: Span<UInt8>, into sample: inout MutableSpan<UInt8>) {
    precondition(picture.count == 192 && writes.count == 128 && sample.count == 192)
    var chroma = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        let any = writes[i] | writes[32 &+ i] | writes[64 &+ i] | writes[96 &+ i]
        chroma[i] = (picture[128 &+ i] & any) | (sample[128 &+ i] & ~any)
        chroma[32 &+ i] = (picture[160 &+ i] & any) | (sample[160 &+ i] & ~any)
    }
    for i in 0..<64 { sample[128 &+ i] = chroma[i] }
}

/// Phase by phase: the last one that takes wins.
@inline(never)
private func takeChroma(_ values: Span<UInt8>, takes: Span<UInt8>, into sample: inout MutableSpan<UInt8>) {
    precondition(values.count == 384 && takes.count == 128 && sample.count == 192)
    var chroma = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        var u = sample[128 &+ i]
        var v = sample[160 &+ i]
        for phase in 0..<4 {
            let at = phase &* 32 &+ i
            u = (values[128 &+ at] & takes[at]) | (u & ~takes[at])
            v = (values[256 &+ at] & takes[at]) | (v & ~takes[at])
        }
        chroma[i] = u
        chroma[32 &+ i] = v
    }
    for i in 0..<64 { sample[128 &+ i] = chroma[i] }
}

/// Writes a block into one of its own samples, where its pixels take part.
@inline(never)
private func writeOwn(
    _ picture: Span<UInt8>, foreground: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, first: Span<UInt8>,
    second: Span<UInt8>, rate: UInt8, leak: UInt8, stillLimit: UInt8, into sample: inout MutableSpan<UInt8>
) {
    precondition(picture.count == 192 && foreground.count == 128 && blink.count == 128 && stillAge.count == 128)
    precondition(first.count == 128 && second.count == 128 && sample.count == 192)
    var luma = InlineArray<128, UInt8>(repeating: 0)
    var writes = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let more = blink[i] >> 2
        let chance = rate &+ min(more, ~rate)
        let still: UInt8 = stillAge[i] > stillLimit ? 255 : 0
        let free = ~foreground[i] | still
        let wins: UInt8 = first[i] < chance ? 255 : 0
        let leaks: UInt8 = first[i] == 0 ? 255 : 0
        let passes: UInt8 = second[i] < leak ? 255 : 0
        let own = (free & wins) | (~free & leaks & passes)
        writes[i] = own
        luma[i] = (picture[i] & own) | (sample[i] & ~own)
    }
    for i in 0..<128 { sample[i] = luma[i] }
    writeChroma(picture, writes: writes.span, into: &sample)
}

/// Where the neighbours of one phase of a block stand: a phase of this or of an adjacent block, shifted by a column.
struct NeighbourPhase: Equatable {
    let phase: Int
    /// The block that holds most of them, and those to its left and right (itself at the picture's edge).
    let block: Int
    let left: Int
    let right: Int
    /// Columns: -1, 0 or 1.
    let shift: Int

    init(of target: Int, column: Int, row: Int, choice: BlockChoice, grid: BlockGrid) {
        let x = (target & 1) + choice.dx
        let y = (target >> 1) + choice.dy
        phase = (y & 1) * 2 + (x & 1)
        shift = x < 0 ? -1 : x > 1 ? 1 : 0
        let sourceRow = min(max(row + (y < 0 ? -1 : y > 1 ? 1 : 0), 0), grid.down - 1)
        block = sourceRow * grid.across + column
        left = column > 0 ? block - 1 : block
        right = column + 1 < grid.across ? block + 1 : block
    }
}

/// For each pixel of a block the values of its chosen neighbour.
private struct Neighbourhood: ~Copyable {
    /// 128 each of luma, U and V, phase by phase.
    var picture = InlineArray<384, UInt8>(repeating: 0)
    var moving = InlineArray<128, UInt8>(repeating: 0)
    private var isCalm = true

    /// Nothing moves.
    mutating func calm() {
        guard !isCalm else { return }
        moving = InlineArray(repeating: 0)
        isCalm = true
    }

    /// Fills in the colours of one phase.
    mutating func gather(_ phase: Int, from source: NeighbourPhase, picture bytes: Span<UInt8>) {
        let start = PixelBlock.bytes * source.block
        let columns = source.phase * PixelBlock.columns
        let at = phase * PixelBlock.columns
        var values = picture.mutableSpan
        source.gather(bytes, from: start + columns, size: PixelBlock.bytes, into: &values, at: at)
        source.gather(bytes, from: start + 128, size: PixelBlock.bytes, into: &values, at: 128 + at)
        source.gather(bytes, from: start + 160, size: PixelBlock.bytes, into: &values, at: 256 + at)
    }

    /// Fills in which pixels of one phase are foreground.
    mutating func gather(_ phase: Int, from source: NeighbourPhase, foreground: Span<UInt8>) {
        isCalm = false
        let columns = source.phase * PixelBlock.columns
        let at = phase * PixelBlock.columns
        var masks = moving.mutableSpan
        source.gather(
            foreground, from: PixelBlock.pixels * source.block + columns, size: PixelBlock.pixels, into: &masks, at: at)
    }
}

extension NeighbourPhase {
    /// Copies the 32 bytes at `from` of blocks of `size` bytes, taken from one column further left or right where
    /// `shift` says so. Beyond the picture's edge the first or last column stands for itself.
    @inline(__always)
    fileprivate func gather(
        _ bytes: Span<UInt8>, from: Int, size: Int, into result: inout MutableSpan<UInt8>, at place: Int
    ) {
        if shift == 0 {
            copyColumns(of: bytes, at: from, into: &result, at: place)
        } else if shift > 0 {
            let edge = bytes[from + (right == block ? PixelBlock.columns - 1 : size)]
            copyColumns(rightOf: bytes, at: from, edge: edge, into: &result, at: place)
        } else {
            let edge = bytes[from + (left == block ? 0 : PixelBlock.columns - 1 - size)]
            copyColumns(leftOf: bytes, at: from, edge: edge, into: &result, at: place)
        }
    }
}

/// Writes the neighbours of a block's pixels into one of its samples, where they take part.
///
/// - Parameter values: 128 bytes of luma, of U and of V.
@inline(never)
private func writeNeighbours(
    _ values: Span<UInt8>, moving: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, second: Span<UInt8>,
    rate: UInt8, stillLimit: UInt8, into sample: inout MutableSpan<UInt8>
) {
    precondition(values.count == 384 && moving.count == 128 && blink.count == 128 && stillAge.count == 128)
    precondition(second.count == 128 && sample.count == 192)
    var takes = InlineArray<128, UInt8>(repeating: 0)
    var luma = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let more = blink[i] >> 2
        let chance = rate &+ min(more, ~rate)
        let still: UInt8 = stillAge[i] > stillLimit ? 255 : 0
        let wins: UInt8 = second[i] < chance ? 255 : 0
        let take = wins & (~moving[i] | still)
        takes[i] = take
        luma[i] = (values[i] & take) | (sample[i] & ~take)
    }
    for i in 0..<128 { sample[i] = luma[i] }
    takeChroma(values, takes: takes.span, into: &sample)
}
