/// Reproducible bytes for tests.
struct RandomPixels {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }

    /// 0 or 255, set with a chance of `share` in 256.
    mutating func mask(_ count: Int, share: UInt8 = 128) -> [UInt8] { bytes(count).map { $0 < share ? 255 : 0 } }

    /// 128 bytes for each byte of `flags`, zeros where that is 0.
    mutating func blocks(where flags: [UInt8], _ bytes: (inout RandomPixels) -> [UInt8]) -> [UInt8] {
        var map: [UInt8] = []
        for flag in flags {
            let block: [UInt8] = flag == 0 ? [UInt8](repeating: 0, count: 128) : bytes(&self)
            map.append(contentsOf: block)
        }
        return map
    }

    /// Bytes from `low` to `high`, so that distances around a threshold come up.
    mutating func bytes(_ count: Int, from low: Int, to high: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(low + Int((next() >> 24) % UInt64(high - low + 1))) }
    }
}

/// The widths that every kernel is tested at.
let everyWidth = 0...130
