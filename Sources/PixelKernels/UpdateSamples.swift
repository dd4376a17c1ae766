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
    var nearby = Neighbourhood()
    for column in stride(from: update.firstColumn(row: row), to: grid.across, by: update.period) {
        let block = row * grid.across + column
        let choice = BlockChoice(key: update.key, block: block)
        let at = block * PixelBlock.pixels
        let blinking = blink.extracting(at..<at + PixelBlock.pixels)
        let resting = stillAge.extracting(at..<at + PixelBlock.pixels)
        let second = table.extracting(choice.second..<choice.second + PixelBlock.pixels)
        let pictureAt = block * PixelBlock.bytes
        let ownAt = PixelBlock.sampleStart(choice.own, block: block, of: grid.count)
        var own = model._mutatingExtracting(ownAt..<ownAt + PixelBlock.bytes)
        writeOwn(
            picture.extracting(pictureAt..<pictureAt + PixelBlock.bytes),
            foreground: foreground.extracting(at..<at + PixelBlock.pixels), blink: blinking, stillAge: resting,
            first: table.extracting(choice.first..<choice.first + PixelBlock.pixels), second: second,
            rate: update.rate, leak: update.leak, stillLimit: update.stillLimit, into: &own)
        for phase in 0..<4 {
            let source = NeighbourPhase(of: phase, column: column, row: row, choice: choice, grid: grid)
            nearby.gather(phase, from: source, picture: picture, foreground: foreground)
        }
        let neighbourAt = PixelBlock.sampleStart(choice.neighbour, block: block, of: grid.count)
        var neighbour = model._mutatingExtracting(neighbourAt..<neighbourAt + PixelBlock.bytes)
        writeNeighbours(
            nearby.picture.span, moving: nearby.moving.span, blink: blinking, stillAge: resting, second: second,
            rate: update.rate, stillLimit: update.stillLimit, into: &neighbour)
    }
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
    var chroma = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        // One chroma value serves four pixels: it is written with any of them.
        let any = writes[i] | writes[32 &+ i] | writes[64 &+ i] | writes[96 &+ i]
        chroma[i] = (picture[128 &+ i] & any) | (sample[128 &+ i] & ~any)
        chroma[32 &+ i] = (picture[160 &+ i] & any) | (sample[160 &+ i] & ~any)
    }
    for i in 0..<128 { sample[i] = luma[i] }
    for i in 0..<64 { sample[128 &+ i] = chroma[i] }
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
        let start = PixelBlock.bytes * source.block
        let columns = source.phase * PixelBlock.columns
        let at = phase * PixelBlock.columns
        var values = picture.mutableSpan
        source.gather(bytes, from: start + columns, size: PixelBlock.bytes, into: &values, at: at)
        source.gather(bytes, from: start + 128, size: PixelBlock.bytes, into: &values, at: 128 + at)
        source.gather(bytes, from: start + 160, size: PixelBlock.bytes, into: &values, at: 256 + at)
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
    var chroma = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        var u = sample[128 &+ i]
        var v = sample[160 &+ i]
        // Phase by phase: the last one that takes wins.
        for phase in 0..<4 {
            let at = phase &* 32 &+ i
            u = (values[128 &+ at] & takes[at]) | (u & ~takes[at])
            v = (values[256 &+ at] & takes[at]) | (v & ~takes[at])
        }
        chroma[i] = u
        chroma[32 &+ i] = v
    }
    for i in 0..<128 { sample[i] = luma[i] }
    for i in 0..<64 { sample[128 &+ i] = chroma[i] }
}
