/// Random numbers that depend on nothing but their key, so that any frame can be drawn first.
struct KeyedRandom {
    private var state: UInt64

    /// - Parameters:
    ///   - seed: the scene's seed.
    ///   - thing: what the numbers are for; each use has its own.
    ///   - index: a frame, a person, a leaf.
    init(seed: UInt64, thing: Thing, index: Int = 0) {
        state = KeyedRandom.mix(seed ^ KeyedRandom.mix(thing.rawValue &* 0x9e37_79b9_7f4a_7c15))
        state = KeyedRandom.mix(state &+ UInt64(bitPattern: Int64(index)))
    }

    enum Thing: UInt64 {
        case person = 1, car, crown, cloud, ground, ridge, puff, schedule, jitter, lumaNoise, chromaNoise, smoke, wind
    }

    /// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return KeyedRandom.mix(state)
    }

    /// Uniform in 0..<1.
    mutating func unit() -> Float { Float(next() >> 40) / 16_777_216 }

    mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + (range.upperBound - range.lowerBound) * unit()
    }

    mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// A well mixed 32-bit number ("lowbias32" of Wellons' hash prospector): short enough for a vector of pixels.
@inline(__always)
func hash32(_ value: UInt32) -> UInt32 {
    var h = value
    h ^= h >> 16
    h = h &* 0x7feb_352d
    h ^= h >> 15
    h = h &* 0x846c_a68b
    h ^= h >> 16
    return h
}
