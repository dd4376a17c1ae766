import PixelKernels

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

    /// Probability of smoke in each window, 0 where it cannot change the evidence.
    func probabilities(
        of analysis: SmokeAnalysis, _ measure: borrowing SmokeMeasure, for evidence: SmokeEvidence
    ) -> CellGrid {
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
        if trees != nil, !networks.isEmpty {
            isAsked = evidence.concern(of: treeLogits, where: isAsked, horizon: analysis.horizon)
        }
        guard isAsked.contains(true) else { return result }
        let networkLogits = networkLogits(measure, where: isAsked)
        for cell in isAsked.indices where isAsked[cell] {
            var sum = trees != nil ? treeLogits[cell] : 0
            if let networkLogits { sum += networkLogits[cell] }
            let count = (trees != nil ? 1 : 0) + (networkLogits != nil ? 1 : 0)
            guard count > 0 else { continue }
            result.values[cell] = Float(SmokeMath.probability(logit: sum / Double(count)))
        }
        return result
    }

    /// Mean of the networks' log-odds, cut as those of the trees are.
    private func networkLogits(_ measure: borrowing SmokeMeasure, where isAsked: [Bool]) -> [Double]? {
        guard !networks.isEmpty else { return nil }
        let (columns, rows) = (measure.geometry.columns, measure.geometry.rows)
        let wanted = CellMask(columns: columns, rows: rows, isOn: isAsked)
        let masks = networks.map { $0.masks(for: wanted) }
        var seen = masks[0][0]
        for mask in masks.dropFirst() {
            for cell in seen.isOn.indices where mask[0].isOn[cell] { seen.isOn[cell] = true }
        }
        var sum = [Double](repeating: 0, count: measure.geometry.cells)
        SmokeScratch.with(columns: columns, rows: rows) { scratch in
            SmokeNetwork.write(measure, wanted: seen, into: &scratch.input)
            while scratch.networks.count < networks.count { scratch.networks.append(SmokeNetwork.Work()) }
            for (index, network) in networks.enumerated() {
                network.logits(scratch.input, wanted: masks[index], work: &scratch.networks[index]) { cell, logit in
                    sum[cell] += Double(logit)
                }
            }
        }
        let most = SmokeMath.logit(1)
        return sum.map { min(max($0 / Double(networks.count), -most), most) }
    }
}
