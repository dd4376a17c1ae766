/// Xorshift64: noise, the same on every run.
struct Noise {
    var state: UInt64

    mutating func bytes(_ count: Int, from low: UInt64, to high: UInt64) -> [UInt8] {
        (0..<count).map { _ in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return UInt8(low + (state >> 24) % (high - low + 1))
        }
    }

    mutating func numbers(_ count: Int, from low: Float, to high: Float) -> [Float] {
        bytes(count, from: 0, to: 255).map { low + (high - low) * Float($0) / 255 }
    }
}
