/// What colours an object has, in its upper and its lower half: normalised histograms of chroma (12 x 12 bins) and luma
/// (16 bins), learnt as a running mean.
struct ColorModel: Equatable {
    private static let chromaBins = 12
    /// Chroma from 128 - 48 to 128 + 48 is told apart, in steps of 8.
    private static let chromaLow = 80
    private static let chromaShift = 3
    private static let lumaBins = 16
    private static let bandBins = chromaBins * chromaBins + lumaBins
    /// A mean over about this many pictures.
    private static let memory = 20.0

    /// Two bands, each its chroma bins and then its luma bins; empty until something has been seen.
    private var bins: [Float] = []
    private(set) var pictures = 0.0

    var isKnown: Bool { pictures > 0 }

    private static func chromaBin(_ sample: PixelSample) -> Int {
        let u = min(max((Int(sample.u) - chromaLow) >> chromaShift, 0), chromaBins - 1)
        let v = min(max((Int(sample.v) - chromaLow) >> chromaShift, 0), chromaBins - 1)
        return u * chromaBins + v
    }

    private static func lumaBin(_ sample: PixelSample) -> Int { chromaBins * chromaBins + Int(sample.luma) >> 4 }

    /// Becomes the histogram of one picture's samples.
    mutating func measure(_ samples: [PixelSample], middleY: Double) {
        bins.removeAll(keepingCapacity: true)
        for _ in 0..<2 * Self.bandBins { bins.append(0) }
        var counts: (Float, Float) = (0, 0)
        for sample in samples {
            let isLower = Double(sample.y) > middleY
            let base = isLower ? Self.bandBins : 0
            bins[base + Self.chromaBin(sample)] += 1
            bins[base + Self.lumaBin(sample)] += 1
            if isLower { counts.1 += 1 } else { counts.0 += 1 }
        }
        for i in 0..<Self.bandBins {
            bins[i] /= max(counts.0, 1)
            bins[Self.bandBins + i] /= max(counts.1, 1)
        }
        pictures = samples.isEmpty ? 0 : 1
    }

    /// Moves towards what one more picture shows.
    mutating func learn(_ seen: ColorModel) {
        guard seen.isKnown else { return }
        pictures = min(pictures + 1, Self.memory)
        if bins.isEmpty {
            // Copied one by one: the other's memory is used again.
            bins.reserveCapacity(seen.bins.count)
            for value in seen.bins { bins.append(value) }
            return
        }
        let share = Float(1 / pictures)
        for i in bins.indices { bins[i] += (seen.bins[i] - bins[i]) * share }
    }

    /// Bhattacharyya coefficient, the mean over chroma and luma of both bands: 1 for equal colours, 0 for none shared.
    func likeness(to other: ColorModel) -> Double {
        guard isKnown, other.isKnown else { return 0.5 }
        var sum: Float = 0
        for i in bins.indices { sum += (bins[i] * other.bins[i]).squareRoot() }
        return Double(sum) / 4
    }

    /// Logarithm of how likely the object shows a pixel of this colour there.
    func logLikelihood(of sample: PixelSample, isLower: Bool) -> Float {
        let base = isLower ? Self.bandBins : 0
        let chroma = isKnown ? bins[base + Self.chromaBin(sample)] : 0
        let luma = isKnown ? bins[base + Self.lumaBin(sample)] : 0
        return Self.log2(chroma + 0.01) + Self.log2(luma + 0.02)
    }

    /// Good to a hundredth, which is all that is needed, and the same on every machine.
    private static func log2(_ value: Float) -> Float {
        let fraction = value.significand - 1
        return Float(value.exponent) + fraction * (1.3465 - 0.3465 * fraction)
    }
}
