/// What judges windows: trees, networks or both. The detector goes on with what there is.
public struct SmokeModel: Sendable {
    /// Below this probability of the trees the networks are not asked.
    static let worthALook = 0.003

    public var trees: SmokeTrees?
    public var networks: [SmokeNetwork]
    /// SHA-256 of each file, for the record.
    public var hashes: [String]

    public init(trees: SmokeTrees?, networks: [SmokeNetwork], hashes: [String]) {
        self.trees = trees
        self.networks = networks
        self.hashes = hashes
    }

    /// Nothing is left that could judge.
    public var isEmpty: Bool { trees == nil && networks.isEmpty }

    /// Probability of smoke in each window.
    func probabilities(of analysis: SmokeAnalysis, _ measure: borrowing SmokeMeasure) -> CellGrid {
        var result = CellGrid(columns: measure.geometry.columns, rows: measure.geometry.rows)
        var isAsked = analysis.gate
        var treeLogits = [Double](repeating: 0, count: isAsked.count)
        if let trees {
            treeLogits = trees.logits(analysis.features, where: isAsked)
            for cell in isAsked.indices where isAsked[cell] {
                let probability = SmokeMath.probability(logit: treeLogits[cell])
                treeLogits[cell] = SmokeMath.logit(probability)
                isAsked[cell] = probability >= Self.worthALook
            }
        }
        guard isAsked.contains(true) else { return result }
        let scores = networkLogits(measure)
        for cell in isAsked.indices where isAsked[cell] {
            var logits: [Double] = []
            if trees != nil { logits.append(treeLogits[cell]) }
            if let scores { logits.append(scores[cell]) }
            guard !logits.isEmpty else { continue }
            let mean = logits.reduce(0, +) / Double(logits.count)
            result.values[cell] = Float(SmokeMath.probability(logit: mean))
        }
        return result
    }

    /// Mean of the networks' log-odds, cut as those of the trees are.
    private func networkLogits(_ measure: borrowing SmokeMeasure) -> [Double]? {
        guard !networks.isEmpty else { return nil }
        let input = SmokeNetwork.input(of: measure)
        var sum = [Double](repeating: 0, count: measure.geometry.cells)
        for network in networks {
            let logits = network.logits(input, columns: measure.geometry.columns, rows: measure.geometry.rows)
            for cell in sum.indices { sum[cell] += Double(logits[cell]) }
        }
        let most = SmokeMath.logit(1)
        return sum.map { min(max($0 / Double(networks.count), -most), most) }
    }
}
