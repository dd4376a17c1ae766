/// All trees of a model at once, for sixteen windows at a time.
///
/// Instead of walking each tree from its root, every node that a window fails strikes out the leaves it cannot reach any
/// more; the first leaf left is where the walk would have ended (Lucchese and others: "QuickScorer: a fast algorithm to
/// rank documents with additive ensembles of regression trees", 2015). Nothing branches on a window's values, so that
/// sixteen windows share one pass.
struct SmokeForest: Sendable {
    /// Windows that are judged together.
    static let lanes = 16
    /// Leaves of a tree for which the marks of a window have room.
    static let mostLeaves = 16

    /// Nodes in the order of the value that they test, and of their thresholds.
    private var thresholds: [Float] = []
    /// Leaves that remain where a node is failed.
    private var remaining: [UInt16] = []
    /// Where the marks of the node's tree begin.
    private var places: [Int32] = []
    /// Where the nodes of each value begin, and the end of the last.
    private var starts: [Int] = []
    /// `mostLeaves` for each tree.
    private var leaves: [Float] = []
    private var treeCount: Int { leaves.count / Self.mostLeaves }

    /// `nil` where a tree has more leaves than there is room for.
    ///
    /// - Parameter trees: sound ones, as `SmokeTrees` has checked them.
    init?(_ trees: [SmokeTrees.Tree], featureCount: Int) {
        typealias Entry = (feature: Int, threshold: Float, remaining: UInt16, tree: Int)
        var entries: [Entry] = []
        for (index, tree) in trees.enumerated() {
            guard tree.leaf.count <= Self.mostLeaves else { return nil }
            var ordered: [Float] = []
            /// Numbers the leaves from left to right and says which of them lie under a place.
            func visit(_ place: Int) -> UInt16 {
                guard place >= 0 else {
                    ordered.append(tree.leaf[-1 - place])
                    return 1 << UInt16(ordered.count - 1)
                }
                let left = visit(tree.left[place])
                entries.append((tree.feature[place], tree.threshold[place], ~left, index))
                return left | visit(tree.right[place])
            }
            _ = visit(tree.feature.isEmpty ? -1 : 0)
            guard ordered.count <= Self.mostLeaves else { return nil }
            leaves += ordered + [Float](repeating: 0, count: Self.mostLeaves - ordered.count)
        }
        entries.sort { ($0.feature, $0.threshold, $0.tree) < ($1.feature, $1.threshold, $1.tree) }
        for entry in entries {
            while starts.count <= entry.feature { starts.append(thresholds.count) }
            thresholds.append(entry.threshold)
            remaining.append(entry.remaining)
            places.append(Int32(entry.tree * Self.lanes))
        }
        while starts.count <= featureCount { starts.append(thresholds.count) }
    }

    /// Log-odds of sixteen windows: the same bits as a walk through the trees one by one.
    ///
    /// - Parameters:
    ///   - values: sixteen of each measured value, one behind the other.
    ///   - marks: scratch, sixteen for each tree at least.
    func logits(_ values: Span<Float>, marks: inout [UInt16], into logits: inout [Double]) {
        precondition(values.count >= (starts.count - 1) * Self.lanes && logits.count >= Self.lanes)
        if marks.count < treeCount * Self.lanes { marks = [UInt16](repeating: 0, count: treeCount * Self.lanes) }
        var left = marks.mutableSpan
        for index in 0..<treeCount &* Self.lanes { left[index] = .max }
        for feature in 0..<starts.count - 1 {
            let own = values.extracting(feature &* Self.lanes..<(feature &+ 1) &* Self.lanes)
            strike(own, nodes: starts[feature]..<starts[feature + 1], in: &left)
        }
        let values = leaves.span
        for lane in 0..<Self.lanes {
            var sum = 0.0
            for tree in 0..<treeCount {
                let leaf = left[tree &* Self.lanes &+ lane].trailingZeroBitCount
                sum += Double(values[tree &* Self.mostLeaves &+ leaf])
            }
            logits[lane] = sum
        }
    }

    private func strike(_ values: Span<Float>, nodes: Range<Int>, in left: inout MutableSpan<UInt16>) {
        var largest = values[0]
        var isOrdered = true
        for lane in 0..<Self.lanes {
            largest = max(largest, values[lane])
            isOrdered = isOrdered && values[lane] == values[lane]
        }
        let thresholds = thresholds.span
        let remaining = remaining.span
        let places = places.span
        for node in nodes {
            let threshold = thresholds[node]
            // Thresholds rise: from here on no window fails.
            if isOrdered && threshold >= largest { return }
            let kept = remaining[node]
            var marks = left._mutatingExtracting(Int(places[node])..<Int(places[node]) &+ Self.lanes)
            for lane in 0..<16 {
                marks[lane] &= values[lane] <= threshold ? .max : kept
            }
        }
    }
}
