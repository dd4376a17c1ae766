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

/// Where the blocks of a picture lie.
public struct BlockGrid: Sendable, Equatable {
    /// Blocks in a row, and rows of blocks (pixel rows / 2).
    public let across: Int
    public let down: Int

    public init(across: Int, down: Int) {
        precondition(across >= 1 && down >= 1)
        self.across = across
        self.down = down
    }

    public var count: Int { across * down }
}

/// Random bytes that kernels read at random places: much cheaper than a generator per pixel, and the same on every CPU.
public struct RandomTable: Sendable {
    /// Places to start at. A power of two.
    static let places = 1 << 14

    let bytes: [UInt8]

    public init(seed: UInt64) {
        var state = seed
        var filled: [UInt8] = []
        filled.reserveCapacity(Self.places + PixelBlock.pixels)
        while filled.count < Self.places + PixelBlock.pixels {
            let word = splitMix(&state)
            for shift in stride(from: 0, to: 64, by: 8) {
                filled.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
        bytes = filled
    }
}

/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
func splitMix(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

/// The choices made once per block and picture; the pixels differ by their random bytes.
struct BlockChoice: Equatable {
    /// The sample that takes the pixel's own value, and the one that takes its neighbour's: 0 to 15.
    let own: Int
    let neighbour: Int
    /// Which neighbour: -1, 0 or 1 in each direction, not both 0.
    let dx: Int
    let dy: Int
    /// Where the two rows of random bytes start.
    let first: Int
    let second: Int

    init(key: UInt64, block: Int) {
        var state = key &+ UInt64(truncatingIfNeeded: block) &* 0xD134_2543_DE82_EF95
        let word = splitMix(&state)
        own = Int(word & 15)
        neighbour = Int((word >> 4) & 15)
        let direction = Int((word >> 8) & 7)
        let place = direction < 4 ? direction : direction + 1
        dx = place % 3 - 1
        dy = place / 3 - 1
        first = Int((word >> 16) & UInt64(RandomTable.places - 1))
        second = Int((word >> 40) & UInt64(RandomTable.places - 1))
    }
}

/// Renews the background samples of a row of blocks after a picture (ViBe's random update, in a form that vectorises:
/// sample and neighbour are chosen per block, whether a pixel takes part by one random byte).
///
/// A background pixel now and then writes its value into a sample of its own, and takes a background neighbour's value
/// into another one. A foreground pixel takes part when it has stood still long enough, or by a small leak.
///
/// - Parameters: `picture`, `foreground`, `blink` and `stillAge` of the whole picture; `row` of `grid` is updated.
public func updateSamples(
    picture: Span<UInt8>, foreground: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, random: RandomTable,
    update: SampleUpdate, grid: BlockGrid, row: Int, model: inout MutableSpan<UInt8>
) {
    precondition(row >= 0 && row < grid.down)
    let table = random.bytes.span
    var writers = Writers()
    var nearby = Neighbourhood()
    for column in stride(from: update.firstColumn(row: row), to: grid.across, by: update.period) {
        let block = row * grid.across + column
        let choice = BlockChoice(key: update.key, block: block)
        let at = block * PixelBlock.pixels
        writers.choose(
            foreground: foreground.extracting(at..<at + PixelBlock.pixels),
            blink: blink.extracting(at..<at + PixelBlock.pixels),
            stillAge: stillAge.extracting(at..<at + PixelBlock.pixels),
            first: table.extracting(choice.first..<choice.first + PixelBlock.pixels),
            second: table.extracting(choice.second..<choice.second + PixelBlock.pixels), update: update)
        let pictureAt = block * PixelBlock.bytes
        let ownAt = PixelBlock.sampleStart(choice.own, block: block, of: grid.count)
        var own = model._mutatingExtracting(ownAt..<ownAt + PixelBlock.bytes)
        writeOwn(picture.extracting(pictureAt..<pictureAt + PixelBlock.bytes), writers.own.span, into: &own)
        for phase in 0..<4 {
            let source = NeighbourPhase(of: phase, column: column, row: row, choice: choice, grid: grid)
            nearby.gather(phase, from: source, picture: picture, foreground: foreground)
        }
        let neighbourAt = PixelBlock.sampleStart(choice.neighbour, block: block, of: grid.count)
        var neighbour = model._mutatingExtracting(neighbourAt..<neighbourAt + PixelBlock.bytes)
        writeNeighbours(
            nearby.picture.span, moving: nearby.moving.span, taking: writers.taking.span, still: writers.still.span,
            into: &neighbour)
    }
}

/// Per pixel, 255 or 0: writes its own value; may take a neighbour's; takes it even from the foreground.
private struct Writers: ~Copyable {
    var own = InlineArray<128, UInt8>(repeating: 0)
    var taking = InlineArray<128, UInt8>(repeating: 0)
    var still = InlineArray<128, UInt8>(repeating: 0)

    mutating func choose(
        foreground: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, first: Span<UInt8>, second: Span<UInt8>,
        update: SampleUpdate
    ) {
        var own = own.mutableSpan
        var taking = taking.mutableSpan
        var still = still.mutableSpan
        chooseWriters(
            foreground, blink: blink, stillAge: stillAge, first: first, second: second, rate: update.rate,
            leak: update.leak, stillLimit: update.stillLimit, own: &own, taking: &taking, still: &still)
    }
}

@inline(never)
private func chooseWriters(
    _ foreground: Span<UInt8>, blink: Span<UInt8>, stillAge: Span<UInt8>, first: Span<UInt8>, second: Span<UInt8>,
    rate: UInt8, leak: UInt8, stillLimit: UInt8, own: inout MutableSpan<UInt8>, taking: inout MutableSpan<UInt8>,
    still: inout MutableSpan<UInt8>
) {
    precondition(foreground.count == 128 && blink.count == 128 && stillAge.count == 128)
    precondition(first.count == 128 && second.count == 128)
    precondition(own.count == 128 && taking.count == 128 && still.count == 128)
    var writes = InlineArray<128, UInt8>(repeating: 0)
    var takes = InlineArray<128, UInt8>(repeating: 0)
    var rests = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<128 {
        let more = blink[i] >> 2
        let chance = rate &+ min(more, ~rate)
        let rested: UInt8 = stillAge[i] > stillLimit ? 255 : 0
        let free = ~foreground[i] | rested
        let wins: UInt8 = first[i] < chance ? 255 : 0
        let leaks: UInt8 = first[i] == 0 ? 255 : 0
        let passes: UInt8 = second[i] < leak ? 255 : 0
        writes[i] = (free & wins) | (~free & leaks & passes)
        takes[i] = second[i] < chance ? 255 : 0
        rests[i] = rested
    }
    for i in 0..<128 { own[i] = writes[i] }
    for i in 0..<128 { taking[i] = takes[i] }
    for i in 0..<128 { still[i] = rests[i] }
}

@inline(never)
private func writeOwn(_ picture: Span<UInt8>, _ own: Span<UInt8>, into sample: inout MutableSpan<UInt8>) {
    precondition(picture.count == 192 && own.count == 128 && sample.count == 192)
    var next = InlineArray<192, UInt8>(repeating: 0)
    for i in 0..<128 { next[i] = (picture[i] & own[i]) | (sample[i] & ~own[i]) }
    for i in 0..<32 {
        // One chroma value serves four pixels: it is written with any of them.
        let any = own[i] | own[32 &+ i] | own[64 &+ i] | own[96 &+ i]
        next[128 &+ i] = (picture[128 &+ i] & any) | (sample[128 &+ i] & ~any)
        next[160 &+ i] = (picture[160 &+ i] & any) | (sample[160 &+ i] & ~any)
    }
    for i in 0..<192 { sample[i] = next[i] }
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

    /// Fills in one phase.
    mutating func gather(_ phase: Int, from source: NeighbourPhase, picture bytes: Span<UInt8>, foreground: Span<UInt8>)
    {
        let size = PixelBlock.bytes
        let start = size * source.block
        let columns = source.phase * PixelBlock.columns
        let at = phase * PixelBlock.columns
        var values = picture.mutableSpan
        Self.gather(bytes, from: start + columns, source, size: size, into: &values, at: at)
        Self.gather(bytes, from: start + 128, source, size: size, into: &values, at: 128 + at)
        Self.gather(bytes, from: start + 160, source, size: size, into: &values, at: 256 + at)
        var masks = moving.mutableSpan
        Self.gather(
            foreground, from: PixelBlock.pixels * source.block + columns, source, size: PixelBlock.pixels, into: &masks,
            at: at)
    }

    /// Copies the 32 bytes at `from`, taken one column further left or right where the source says so.
    private static func gather(
        _ bytes: Span<UInt8>, from: Int, _ source: NeighbourPhase, size: Int, into result: inout MutableSpan<UInt8>,
        at place: Int
    ) {
        let row = bytes.extracting(from..<from + PixelBlock.columns)
        var target = result._mutatingExtracting(place..<place + PixelBlock.columns)
        if source.shift == 0 {
            copyColumns(row, into: &target)
        } else if source.shift > 0 {
            copyColumnsLeft(row, last: source.right == source.block ? row[31] : bytes[from + size], into: &target)
        } else {
            copyColumnsRight(row, first: source.left == source.block ? row[0] : bytes[from + 31 - size], into: &target)
        }
    }
}

@inline(never)
private func copyColumns(_ row: Span<UInt8>, into result: inout MutableSpan<UInt8>) {
    precondition(row.count == 32 && result.count == 32)
    for i in 0..<32 { result[i] = row[i] }
}

@inline(never)
private func copyColumnsLeft(_ row: Span<UInt8>, last: UInt8, into result: inout MutableSpan<UInt8>) {
    precondition(row.count == 32 && result.count == 32)
    for i in 0..<31 { result[i] = row[i &+ 1] }
    result[31] = last
}

@inline(never)
private func copyColumnsRight(_ row: Span<UInt8>, first: UInt8, into result: inout MutableSpan<UInt8>) {
    precondition(row.count == 32 && result.count == 32)
    for i in 1..<32 { result[i] = row[i &- 1] }
    result[0] = first
}

/// - Parameter values: 128 bytes of luma, of U and of V.
@inline(never)
private func writeNeighbours(
    _ values: Span<UInt8>, moving: Span<UInt8>, taking: Span<UInt8>, still: Span<UInt8>,
    into sample: inout MutableSpan<UInt8>
) {
    precondition(values.count == 384 && moving.count == 128 && taking.count == 128 && still.count == 128)
    precondition(sample.count == 192)
    var takes = InlineArray<128, UInt8>(repeating: 0)
    var next = InlineArray<192, UInt8>(repeating: 0)
    for i in 0..<128 {
        let take = taking[i] & (~moving[i] | still[i])
        takes[i] = take
        next[i] = (values[i] & take) | (sample[i] & ~take)
    }
    for i in 0..<32 {
        var u = sample[128 &+ i]
        var v = sample[160 &+ i]
        // Phase by phase: the last one that takes wins.
        for phase in 0..<4 {
            let at = phase &* 32 &+ i
            u = (values[128 &+ at] & takes[at]) | (u & ~takes[at])
            v = (values[256 &+ at] & takes[at]) | (v & ~takes[at])
        }
        next[128 &+ i] = u
        next[160 &+ i] = v
    }
    for i in 0..<192 { sample[i] = next[i] }
}
