/// Counts durations in buckets, as Prometheus keeps them.
public struct LatencyHistogram: Sendable, Equatable {
    /// Upper ends, in seconds.
    public static let bounds: [Double] = [0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800, 7_200]

    /// How many lay at or under each bound.
    public private(set) var cumulative = [Int](repeating: 0, count: bounds.count)
    public private(set) var count = 0
    public private(set) var sumSeconds = 0.0

    public init() {}

    public mutating func add(seconds: Double) {
        guard seconds.isFinite else { return }
        count += 1
        sumSeconds += max(seconds, 0)
        for (index, bound) in Self.bounds.enumerated() where seconds <= bound { cumulative[index] += 1 }
    }
}
