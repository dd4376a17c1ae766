import Testing

@testable import Detection

/// All trees at once give the bits that a walk through each gives.
@Suite struct SmokeForestTests {
    private static let features = SmokeFeature.names.count

    /// A tree of so many leaves with random splits.
    private static func tree(leaves: Int, _ random: inout SplitMix) -> SmokeTrees.Tree {
        var tree = SmokeTrees.Tree(feature: [], threshold: [], left: [], right: [], leaf: [])
        func grow(_ leaves: Int) -> Int {
            guard leaves > 1 else {
                tree.leaf.append(Float.random(in: -1...1, using: &random))
                return -tree.leaf.count
            }
            let place = tree.feature.count
            tree.feature.append(Int.random(in: 0..<features, using: &random))
            // Few different thresholds, so that values lie on them.
            tree.threshold.append(Float(Int.random(in: -4...4, using: &random)))
            tree.left.append(0)
            tree.right.append(0)
            let left = Int.random(in: 1..<leaves, using: &random)
            tree.left[place] = grow(left)
            tree.right[place] = grow(leaves - left)
            return place
        }
        _ = grow(leaves)
        return tree
    }

    @Test(arguments: [[1], [2, 1, 16], [16], [5, 12, 15, 16, 3], [17, 4], [40]])
    func allAtOnceGivesWhatWalkingGives(leaves: [Int]) throws {
        var random = SplitMix(state: UInt64(leaves.count))
        let trees = (0..<60).map { Self.tree(leaves: leaves[$0 % leaves.count], &random) }
        let model = try #require(SmokeTrees(trees, features: SmokeFeature.names))
        for columns in [1, 15, 16, 37] {
            var grids = (0..<Self.features).map { _ in CellGrid(columns: columns, rows: 3) }
            for feature in grids.indices {
                for cell in 0..<3 * columns {
                    let value = Float(Int.random(in: -9...9, using: &random)) / 2
                    let special: [Float] = [.nan, .infinity, -.infinity, -0.0]
                    grids[feature].values[cell] =
                        Int.random(in: 0..<40, using: &random) == 0 ? special[cell % special.count] : value
                }
            }
            let isAsked = (0..<3 * columns).map { _ in Int.random(in: 0..<4, using: &random) > 0 }
            let logits = model.logits(grids, where: isAsked)
            for cell in isAsked.indices {
                let walked = isAsked[cell] ? model.logit(grids.map { $0.values[cell] }) : 0
                #expect(logits[cell].bitPattern == walked.bitPattern, "cell \(cell): \(logits[cell]), not \(walked)")
            }
        }
    }

    @Test(arguments: [(1, 1), (3, 2), (8, 8), (60, 33)], [3, 7, 11, 15])
    func sumsOfCellsAreTheSumsOfCells(size: (columns: Int, rows: Int), side: Int) {
        var random = SplitMix(state: 7)
        var grid = CellGrid(columns: size.columns, rows: size.rows)
        for cell in grid.values.indices { grid.values[cell] = Float(Int.random(in: 0...255, using: &random)) }
        let nearest = grid.sum(over: side, beyondEdge: .nearest)
        let nothing = grid.sum(over: side, beyondEdge: .nothing)
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                var expected: (nearest: Float, nothing: Float) = (0, 0)
                for y in row - side / 2...row + side / 2 {
                    for x in column - side / 2...column + side / 2 {
                        let inside = (min(max(y, 0), size.rows - 1), min(max(x, 0), size.columns - 1))
                        expected.nearest += grid[inside.0, inside.1]
                        if inside == (y, x) { expected.nothing += grid[y, x] }
                    }
                }
                // Whole numbers: exact in any order.
                #expect(nearest[row, column] == expected.nearest)
                #expect(nothing[row, column] == expected.nothing)
            }
        }
    }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
