public import PixelKernels

/// A small fully convolutional network: a picture and what it changed against in, log-odds of smoke for each cell out.
public struct SmokeNetwork: Sendable {
    /// Y, four amplified differences, two amplified chroma planes.
    public static let channels = NetworkInput.channels

    private let layers: [Convolution]

    /// What each layer gives, with the margin of `Convolution`.
    struct Work: Sendable {
        fileprivate var values: [[Float]] = []
        /// Width, height and channels of each.
        private var shapes: [[Int]] = []

        /// Allocates memory where there is none of these layers' shapes.
        fileprivate mutating func fit(_ layers: [Convolution], width: Int, height: Int) {
            var (width, height) = (width, height)
            let wanted = layers.map { layer in
                (width, height) = (layer.outputLength(width), layer.outputLength(height))
                return [width, height, layer.outputs]
            }
            guard shapes != wanted else { return }
            shapes = wanted
            values = wanted.map { shape in
                [Float](
                    repeating: 0, count: Convolution.size(width: shape[0], height: shape[1], channels: shape[2]))
            }
        }
    }

    /// `nil` where the layers do not lead from the input to one score for each cell.
    public init?(layers: [Convolution]) {
        guard layers.first?.inputs == Self.channels, layers.last?.outputs == 1,
            zip(layers, layers.dropFirst()).allSatisfy({ $0.outputs == $1.inputs }),
            layers.map(\.stride).reduce(1, *) == CellSums.side
        else { return nil }
        self.layers = layers
    }

    /// - Parameter input: `channels` values a pixel, with the margin of `Convolution`.
    /// - Returns: log-odds of each cell.
    public func logits(_ input: [Float], columns: Int, rows: Int) -> [Float] {
        let all = CellMask(columns: columns, rows: rows, isOn: [Bool](repeating: true, count: columns * rows))
        var work = Work()
        var result = [Float](repeating: 0, count: columns * rows)
        logits(input, wanted: masks(for: all), work: &work) { result[$0] = $1 }
        return result
    }

    /// The cells whose pixels each layer needs, and at the end the wanted ones.
    func masks(for wanted: CellMask) -> [CellMask] {
        var masks = [wanted]
        var side = 1
        for layer in layers.reversed() {
            side *= layer.stride
            masks.append(layer.needed(for: masks[masks.count - 1], pixelsOfCell: side))
        }
        return masks.reversed()
    }

    /// Log-odds of the wanted cells, and of no others.
    ///
    /// - Parameters:
    ///   - masks: as `masks` gives them; the input must hold the cells of the first.
    ///   - work: what each layer gives.
    func logits(_ input: [Float], wanted masks: [CellMask], work: inout Work, _ take: (Int, Float) -> Void) {
        let wanted = masks[masks.count - 1]
        var width = wanted.columns * CellSums.side
        var height = wanted.rows * CellSums.side
        work.fit(layers, width: width, height: height)
        for (index, layer) in layers.enumerated() {
            var next: [Float] = []
            swap(&next, &work.values[index])
            var target = next.mutableSpan
            let source = index == 0 ? input : work.values[index - 1]
            layer.apply(to: source.span, width: width, height: height, wanted: masks[index + 1], into: &target)
            swap(&next, &work.values[index])
            (width, height) = (layer.outputLength(width), layer.outputLength(height))
        }
        let pitch = wanted.columns + 2 * Convolution.margin
        let scores = work.values[layers.count - 1]
        for cell in wanted.isOn.indices where wanted.isOn[cell] {
            let row = cell / wanted.columns + Convolution.margin
            take(cell, scores[row * pitch + cell % wanted.columns + Convolution.margin])
        }
    }

    /// What the network sees of a measured picture, in the wanted cells.
    static func write(_ measure: borrowing SmokeMeasure, wanted: CellMask, into input: inout [Float]) {
        let geometry = measure.geometry
        let margin = Convolution.margin
        let pitch = geometry.width + 2 * margin
        let side = CellSums.side
        for row in 0..<geometry.height {
            var column = 0
            while column < wanted.columns {
                let cells = row / side * wanted.columns
                guard wanted.isOn[cells + column] else {
                    column += 1
                    continue
                }
                let first = column * side
                while column < wanted.columns && wanted.isOn[cells + column] { column += 1 }
                let count = column * side - first
                let start = ((row + margin) * pitch + margin + first) * channels
                var span = input.mutableSpan
                var target = span._mutatingExtracting(start..<start + count * channels)
                let place = row * geometry.width + first
                let pixels = place..<place + count
                let half = row / 2 * (geometry.width / 2) + first / 2
                let quarter = half..<half + count / 2
                NetworkInput.write(
                    measure.picture.luma.span.extracting(pixels), measure.short.plane.span.extracting(pixels),
                    measure.long.plane.span.extracting(pixels), measure.last.plane.span.extracting(pixels),
                    measure.fifth.plane.span.extracting(pixels),
                    blue: measure.picture.chromaU.span.extracting(quarter),
                    red: measure.picture.chromaV.span.extracting(quarter), into: &target)
            }
        }
    }
}
