public import PixelKernels

/// A small fully convolutional network: a picture and what it changed against in, log-odds of smoke for each cell out.
public struct SmokeNetwork: Sendable {
    /// Y, four amplified differences, two amplified chroma planes.
    public static let channels = 7

    private let layers: [Convolution]

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
        var width = columns * CellSums.side
        var height = rows * CellSums.side
        var values = input
        for layer in layers {
            let nextWidth = layer.outputLength(width)
            let nextHeight = layer.outputLength(height)
            var next = [Float](
                repeating: 0,
                count: Convolution.size(width: nextWidth, height: nextHeight, channels: layer.outputs))
            var target = next.mutableSpan
            layer.apply(to: values.span, width: width, height: height, into: &target)
            (width, height, values) = (nextWidth, nextHeight, next)
        }
        let pitch = columns + 2 * Convolution.margin
        return (0..<columns * rows).map { cell in
            values[(cell / columns + Convolution.margin) * pitch + cell % columns + Convolution.margin]
        }
    }

    /// What the network sees of a measured picture.
    static func input(of measure: borrowing SmokeMeasure) -> [Float] {
        let geometry = measure.geometry
        let margin = Convolution.margin
        var values = [Float](
            repeating: 0,
            count: Convolution.size(width: geometry.width, height: geometry.height, channels: channels))
        for row in 0..<geometry.height {
            let start = ((row + margin) * (geometry.width + 2 * margin) + margin) * channels
            var span = values.mutableSpan
            var target = span._mutatingExtracting(start..<start + geometry.width * channels)
            let luma = measure.picture.luma.span.extracting(row * geometry.width..<(row + 1) * geometry.width)
            for x in 0..<geometry.width { target[x * channels] = Float(luma[x]) / 64 - 2 }
            difference(luma, measure.short.plane, row, 1, into: &target)
            difference(luma, measure.long.plane, row, 2, into: &target)
            difference(luma, measure.last.plane, row, 3, into: &target)
            difference(luma, measure.fifth.plane, row, 4, into: &target)
            chroma(measure.picture.chromaU, row, geometry.width, 5, into: &target)
            chroma(measure.picture.chromaV, row, geometry.width, 6, into: &target)
        }
        return values
    }

    private static func difference(
        _ luma: Span<UInt8>, _ reference: borrowing PixelBuffer, _ row: Int, _ channel: Int,
        into target: inout MutableSpan<Float>
    ) {
        writeDifference(
            of: luma, from: reference.span.extracting(row * luma.count..<(row + 1) * luma.count), channel: channel,
            channels: channels, into: &target)
    }

    private static func chroma(
        _ plane: borrowing PixelBuffer, _ row: Int, _ width: Int, _ channel: Int, into target: inout MutableSpan<Float>
    ) {
        let pixels = plane.span.extracting(row / 2 * (width / 2)..<(row / 2 + 1) * (width / 2))
        for x in 0..<width {
            let value = 128 + 2 * (Int32(pixels[x / 2]) - 128)
            target[x * channels + channel] = Float(min(max(value, 0), 255)) / 64 - 2
        }
    }
}
