/// Boosted regression trees: a window's measured values in, log-odds of smoke out.
public struct SmokeTrees: Sendable {
    /// One tree as it is written: a node goes to `left` where `values[feature] <= threshold`, else to `right`. A negative
    /// place -1-k is leaf k.
    public struct Tree: Sendable {
        public var feature: [Int]
        public var threshold: [Float]
        public var left: [Int]
        public var right: [Int]
        public var leaf: [Float]

        public init(feature: [Int], threshold: [Float], left: [Int], right: [Int], leaf: [Float]) {
            self.feature = feature
            self.threshold = threshold
            self.left = left
            self.right = right
            self.leaf = leaf
        }
    }

    private struct Node: Sendable {
        var feature: Int32
        var threshold: Float
        /// At least 0: a node; else leaf -1-k of all leaves.
        var left: Int32
        var right: Int32
    }

    private var nodes: [Node] = []
    private var leaves: [Float] = []
    private var roots: [Int32] = []
    /// `nil` where the trees are too large for it: then each is walked.
    private var forest: SmokeForest?

    /// `nil` where a tree names a value, a node or a leaf that there is not, or has a loop.
    ///
    /// - Parameter features: the names of the values, in the order in which the trees count them.
    public init?(_ trees: [Tree], features: [String]) {
        guard features == SmokeFeature.names, !trees.isEmpty else { return nil }
        for tree in trees {
            let count = tree.feature.count
            guard tree.threshold.count == count, tree.left.count == count, tree.right.count == count,
                tree.leaf.allSatisfy(\.isFinite), tree.feature.allSatisfy(features.indices.contains)
            else { return nil }
            let firstNode = nodes.count
            let firstLeaf = leaves.count
            for index in 0..<count {
                var places: [Int32] = []
                for place in [tree.left[index], tree.right[index]] {
                    // Children come after their parent, so that no walk is endless.
                    guard place > index && place < count || place < 0 && -1 - place < tree.leaf.count else {
                        return nil
                    }
                    places.append(place >= 0 ? Int32(firstNode + place) : Int32(-1 - (firstLeaf - 1 - place)))
                }
                nodes.append(
                    Node(
                        feature: Int32(tree.feature[index]), threshold: tree.threshold[index], left: places[0],
                        right: places[1]))
            }
            guard count > 0 || tree.leaf.count == 1 else { return nil }
            roots.append(count > 0 ? Int32(firstNode) : Int32(-1 - firstLeaf))
            leaves += tree.leaf
        }
        let horizon = features.firstIndex(of: SmokeFeature.aboveHorizon)
        asksForHorizon = trees.contains { $0.feature.contains { $0 == horizon } }
        forest = SmokeForest(trees, featureCount: features.count)
    }

    /// Whether any tree tests how far a window lies above the horizon.
    let asksForHorizon: Bool

    /// Log-odds of each window that is worth a look, the others' 0.
    ///
    /// - Parameter features: a grid for each name given at the start.
    func logits(_ features: [CellGrid], where isAsked: [Bool]) -> [Double] {
        var result = [Double](repeating: 0, count: isAsked.count)
        let asked = isAsked.indices.filter { isAsked[$0] }
        guard let forest else {
            for cell in asked { result[cell] = logit(features.map { $0.values[cell] }) }
            return result
        }
        let lanes = SmokeForest.lanes
        var values = [Float](repeating: 0, count: features.count * lanes)
        var marks: [UInt16] = []
        var logits = [Double](repeating: 0, count: lanes)
        for start in stride(from: 0, to: asked.count, by: lanes) {
            let count = min(lanes, asked.count - start)
            for (feature, grid) in features.enumerated() {
                for lane in 0..<count { values[feature * lanes + lane] = grid.values[asked[start + lane]] }
            }
            forest.logits(values.span, marks: &marks, into: &logits)
            for lane in 0..<count { result[asked[start + lane]] = logits[lane] }
        }
        return result
    }

    /// Log-odds of smoke.
    ///
    /// - Parameter values: one for each name given at the start.
    public func logit(_ values: [Float]) -> Double {
        precondition(values.count == SmokeFeature.names.count)
        var sum = 0.0
        for root in roots {
            var place = root
            while place >= 0 {
                let node = nodes[Int(place)]
                place = values[Int(node.feature)] <= node.threshold ? node.left : node.right
            }
            sum += Double(leaves[Int(-1 - place)])
        }
        return sum
    }
}
