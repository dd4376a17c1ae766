import Testing

@testable import Detection

@Suite struct OrderStatisticTests {
    @Test func itIsWhatSortingGives() {
        var random = SystemRandomNumberGenerator()
        for count in [1, 2, 3, 10, 257] {
            // Many are equal, as cells without an edge are.
            let values = (0..<count).map { _ in Float(Int.random(in: 0...40, using: &random)) / 8 }
            let sorted = values.sorted()
            for rank in values.indices { #expect(values.value(ranked: rank) == sorted[rank]) }
        }
    }
}
