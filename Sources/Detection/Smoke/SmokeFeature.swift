/// What is measured of each window of 24x24 pixels, in the order in which the trees know it.
///
/// `models/train/smoke_features.py` defines the same; a test holds the two against each other.
enum SmokeFeature {
    private static let againstReference = [
        "mean", "spread", "transmission", "airlight", "residual", "homogeneity", "edgeLoss", "saturation", "blue",
        "red",
        "surround",
    ]

    /// In cells.
    static let aboveHorizon = "aboveHorizon"

    static let names: [String] =
        ["level", "texture", "edges", "colour"]
        + againstReference.map { $0 + "Short" } + againstReference.map { $0 + "Long" }
        + ["meanLast", "absoluteLast", "meanFive", "absoluteFive"]
        + [
            "shortOver3", "shortOver5", "deviationOver5", "steadinessOver5", "countOver5", "longOver5",
            "longSteadinessOver5", "before", "flicker",
        ]
        + ["areaShort", "growthShort3", "growthShort6", "areaLong", "growthLong3"]
        + ["above", "below", aboveHorizon]
}

/// What was measured on one picture.
struct SmokeAnalysis: Sendable {
    /// One grid for each name of `SmokeFeature.names`.
    var features: [CellGrid]
    /// Windows worth a look.
    var gate: [Bool]
    /// Row of cells at which the sky ends, for each column; zeros where no horizon is looked for.
    var horizon: [Int]
}
