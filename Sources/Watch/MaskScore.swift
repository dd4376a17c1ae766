public import PixelKernels

/// How well motion masks agree with the truth, by the rules of CDnet 2014 (Wang et al., "CDnet 2014: an expanded change
/// detection benchmark dataset"): of the truth, 255 is moving, 0 and 50 (shadow) are background, and 85 (outside the
/// region of interest) and 170 (unknown) are left out.
public struct MaskScore: Sendable, Equatable {
    /// Pictures that had truth to be held against.
    public private(set) var frames = 0
    public private(set) var truePositives = 0
    public private(set) var falsePositives = 0
    public private(set) var falseNegatives = 0
    public private(set) var trueNegatives = 0

    public init() {}

    /// Part of the moving pixels that were found, 0 to 1.
    public var recall: Double { Self.ratio(truePositives, truePositives + falseNegatives) }
    /// Part of the background that was left alone, 0 to 1.
    public var specificity: Double { Self.ratio(trueNegatives, trueNegatives + falsePositives) }
    /// Part of what was found that moves, 0 to 1.
    public var precision: Double { Self.ratio(truePositives, truePositives + falsePositives) }
    /// Percentage of wrong classifications, 0 to 100.
    public var wrongPercent: Double {
        100
            * Self.ratio(
                falseNegatives + falsePositives, truePositives + falsePositives + falseNegatives + trueNegatives)
    }
    /// Harmonic mean of precision and recall, 0 to 1.
    public var fMeasure: Double { 2 * precision * recall / max(precision + recall, 1e-9) }

    private static func ratio(_ part: Int, _ whole: Int) -> Double { Double(part) / Double(max(whole, 1)) }

    /// Adds one picture. Truth that says nothing about any pixel does not count as a picture.
    ///
    /// - Parameters:
    ///   - mask: at the truth's size; 128 or more counts as moving.
    ///   - truth: the benchmark's labels.
    public mutating func add(mask: borrowing PlaneView, truth: borrowing PlaneView) {
        precondition(mask.width == truth.width && mask.height == truth.height)
        var counts = (hits: 0, misses: 0, alarms: 0, rest: 0)
        for y in 0..<truth.height {
            let seen = mask.row(y)
            let labels = truth.row(y)
            for x in 0..<truth.width {
                let isFound = seen[x] >= 128
                switch labels[x] {
                case 255: if isFound { counts.hits += 1 } else { counts.misses += 1 }
                case 0, 50: if isFound { counts.alarms += 1 } else { counts.rest += 1 }
                default: break
                }
            }
        }
        guard counts != (0, 0, 0, 0) else { return }
        frames += 1
        truePositives += counts.hits
        falseNegatives += counts.misses
        falsePositives += counts.alarms
        trueNegatives += counts.rest
    }
}
