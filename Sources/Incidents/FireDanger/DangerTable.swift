public import Domain

/// From which index on a level begins. Provinces have tables of their own; a table belongs to the index P and to no other.
public struct DangerTable: Equatable, Sendable {
    /// The highest P of the levels I to IV.
    public let highestP: [Double]
    /// A day with so much rain or more sets P back to 0.
    public let resetRainMillimetres: Double

    /// The table of the national practice (Phạm Ngọc Hưng): up to 1,000, 2,500, 5,000, 10,000, and above.
    public static let national = DangerTable(
        unchecked: [1_000, 2_500, 5_000, 10_000], resetRainMillimetres: 5)

    /// - Returns: `nil` unless there are four limits, above 0, each above the one before, and the rain is above 0.
    public init?(highestP: [Double], resetRainMillimetres: Double = 5) {
        let isRising = zip(highestP, highestP.dropFirst()).allSatisfy { $0 < $1 }
        guard highestP.count == 4, isRising, let first = highestP.first, first > 0, highestP.allSatisfy(\.isFinite),
            resetRainMillimetres.isFinite, resetRainMillimetres > 0
        else { return nil }
        self.init(unchecked: highestP, resetRainMillimetres: resetRainMillimetres)
    }

    private init(unchecked highestP: [Double], resetRainMillimetres: Double) {
        self.highestP = highestP
        self.resetRainMillimetres = resetRainMillimetres
    }

    public func level(p: Double) -> DangerLevel {
        DangerLevel(rawValue: 1 + highestP.count { p > $0 }) ?? .extreme
    }
}
