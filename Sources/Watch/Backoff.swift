/// How long to wait before the next try: doubles from `first` to `cap`, with up to a quarter of random spread, so that
/// cameras that fell together do not return together.
struct Backoff {
    let first: Duration
    let cap: Duration
    private var next: Duration
    private var random: SplitMix

    /// - Parameter name: gives each camera its own random numbers (FNV-1a of its bytes).
    init(first: Duration = .milliseconds(500), cap: Duration = .seconds(5), name: String) {
        self.first = first
        self.cap = cap
        next = first
        random = SplitMix(seed: name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    }

    mutating func delay() -> Duration {
        let spread = 0.75 + 0.25 * Double(random.next() >> 11) / Double(1 << 53)
        let delay = next * spread
        next = min(next * 2, cap)
        return delay
    }

    mutating func reset() { next = first }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
private struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
