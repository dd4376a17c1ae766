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

    /// Whether any of the up to nine bytes that belong to a block and those around it is not 0.
    func isAnySet(of flags: Span<UInt8>, around column: Int, _ row: Int) -> Bool {
        var any: UInt8 = 0
        for y in max(0, row - 1)...min(down - 1, row + 1) {
            for x in max(0, column - 1)...min(across - 1, column + 1) { any |= flags[y * across + x] }
        }
        return any != 0
    }
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
