import Domain

/// Which measured values speak most for smoke in a window.
enum SmokeReasons {
    /// More than these nobody reads.
    static let most = 5

    /// The values by which the trees' log-odds would fall most if they were what they are elsewhere in the picture: each
    /// is replaced alone by the median over all windows (occlusion; Zeiler and Fergus, "Visualizing and understanding
    /// convolutional networks", 2014, do the same to pixels).
    ///
    /// - Parameter window: place in the grids.
    /// - Returns: the weightiest first, with that fall as their weight; values that speak against smoke are left out.
    static func of(_ window: Int, in features: [CellGrid], by trees: SmokeTrees) -> [Measurement] {
        let values = features.map { $0.values[window] }
        let whole = trees.logit(values)
        var reasons: [Measurement] = []
        for (feature, name) in SmokeFeature.names.enumerated() {
            var usual = features[feature].values
            let median = usual.smallest(usual.count / 2)
            guard median != values[feature] else { continue }
            var other = values
            other[feature] = median
            let weight = whole - trees.logit(other)
            guard weight > 0 else { continue }
            reasons.append(Measurement(name: name, value: Double(values[feature]), weight: weight))
        }
        // Names in their order where weights tie, so that equal pictures give equal words.
        return Array(
            reasons.enumerated().sorted {
                ($1.element.weight ?? 0, $0.offset) < ($0.element.weight ?? 0, $1.offset)
            }.prefix(most).map(\.element))
    }
}
