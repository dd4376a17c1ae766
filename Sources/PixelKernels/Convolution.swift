/// One layer of a small convolutional network on pictures whose channels lie next to each other, pixel by pixel.
///
/// Eight outputs of four pixels are computed at a time, which keeps the sums in registers: vectors of 8 floats are two
/// registers of the oldest instruction set. Where no more than four outputs are left, four are. Sums run over rows, columns and channels in this order, without fused
/// multiplication, so that every machine gives the same bits.
public struct Convolution: Sendable {
    /// Zero pixels around every picture, so that no tap needs a check.
    public static let margin = 2

    public let inputs: Int
    public let outputs: Int
    /// Taps across and down: 1 or 3.
    public let kernel: Int
    public let stride: Int
    public let dilation: Int
    /// Whether negative sums become 0.
    public let isRectified: Bool

    /// By group of eight outputs, row, column and input.
    private let weights: [SIMD8<Float>]
    private let biases: [SIMD8<Float>]
    /// Of the last group, where it has no more than four outputs; else empty.
    private let fewWeights: [SIMD4<Float>]
    private let fewBiases: [SIMD4<Float>]

    /// `nil` where the numbers do not make a layer.
    ///
    /// - Parameters:
    ///   - weights: by output, input, row and column.
    ///   - biases: one for each output.
    public init?(
        inputs: Int, outputs: Int, kernel: Int, stride: Int, dilation: Int, isRectified: Bool, weights: [Float],
        biases: [Float]
    ) {
        guard (1...256).contains(inputs), (1...256).contains(outputs), kernel == 1 || kernel == 3,
            stride == 1 || stride == 2,
            (1...Self.margin).contains(dilation), weights.count == inputs * outputs * kernel * kernel,
            biases.count == outputs, weights.allSatisfy(\.isFinite), biases.allSatisfy(\.isFinite)
        else { return nil }
        self.inputs = inputs
        self.outputs = outputs
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.isRectified = isRectified
        let groups = (outputs + 7) / 8
        let taps = kernel * kernel
        var ordered = [SIMD8<Float>](repeating: .zero, count: groups * taps * inputs)
        var offsets = [SIMD8<Float>](repeating: .zero, count: groups)
        for output in 0..<outputs {
            offsets[output / 8][output % 8] = biases[output]
            for input in 0..<inputs {
                for tap in 0..<taps {
                    ordered[(output / 8 * taps + tap) * inputs + input][output % 8] =
                        weights[(output * inputs + input) * taps + tap]
                }
            }
        }
        let hasFew = (1...4).contains(outputs % 8)
        fewWeights = hasFew ? ordered.suffix(taps * inputs).map(\.lowHalf) : []
        fewBiases = hasFew ? offsets.suffix(1).map(\.lowHalf) : []
        self.weights = hasFew ? ordered.dropLast(taps * inputs) : ordered
        self.biases = hasFew ? offsets.dropLast() : offsets
    }

    /// - Returns: what a side of `length` pixels becomes.
    public func outputLength(_ length: Int) -> Int { (length - 1) / stride + 1 }

    /// Floats that a picture with its margin takes.
    public static func size(width: Int, height: Int, channels: Int) -> Int {
        (width + 2 * margin) * (height + 2 * margin) * channels
    }

    /// The wanted cells of the output and all others that a tap reaches into from them.
    ///
    /// - Parameter pixelsOfCell: side of a cell in pixels of the input.
    public func needed(for wanted: CellMask, pixelsOfCell: Int) -> CellMask {
        let reach = kernel / 2 * dilation
        let before = (reach + pixelsOfCell - 1) / pixelsOfCell
        let after = max(0, (reach - (stride - 1) + pixelsOfCell - 1) / pixelsOfCell)
        return wanted.grown(before: before, after: after)
    }

    /// - Parameters:
    ///   - input: `inputs` channels with a margin of zeros.
    ///   - width: so many that the output has at least four columns.
    ///   - wanted: cells of the output, whose sides they divide; what lies outside is of no meaning afterwards.
    ///   - output: receives `outputs` channels; its margin is left as it is.
    public func apply(
        to input: Span<Float>, width: Int, height: Int, wanted: CellMask, into output: inout MutableSpan<Float>
    ) {
        let columns = outputLength(width)
        let rows = outputLength(height)
        let side = columns / max(wanted.columns, 1)
        precondition(columns >= 4 && side * wanted.columns == columns && side * wanted.rows == rows)
        precondition(input.count >= Self.size(width: width, height: height, channels: inputs))
        precondition(output.count >= Self.size(width: columns, height: rows, channels: outputs))
        let reach = kernel / 2 * dilation
        let inputStride = (width + 2 * Self.margin) * inputs
        let outputStride = (columns + 2 * Self.margin) * outputs
        for row in 0..<rows {
            let top = (row * stride + Self.margin - reach) * inputStride
            let target = (row + Self.margin) * outputStride
            var cell = row / side * wanted.columns
            let end = cell + wanted.columns
            while cell < end {
                guard wanted.isOn[cell] else {
                    cell += 1
                    continue
                }
                var column = (cell - end + wanted.columns) * side
                while cell < end && wanted.isOn[cell] { cell += 1 }
                let last = (cell - end + wanted.columns) * side
                while column < last {
                    // The last four overlap those before, where the width is no multiple of four.
                    let first = min(column, columns - 4)
                    let from = top + (first * stride + Self.margin - reach) * inputs
                    let into = target + (first + Self.margin) * outputs
                    for group in biases.indices {
                        let sums = fourPixels(
                            input, at: from, inputStride: inputStride, step: stride * inputs, group: group)
                        for pixel in 0..<4 {
                            store(sums[pixel], at: into + pixel * outputs + group * 8, group: group, into: &output)
                        }
                    }
                    if !fewBiases.isEmpty {
                        fewOutputs(
                            input, at: from, inputStride: inputStride, step: stride * inputs,
                            target: into + biases.count * 8, into: &output)
                    }
                    column += 4
                }
            }
        }
    }

    @inline(__always)
    private func fourPixels(
        _ input: Span<Float>, at start: Int, inputStride: Int, step: Int, group: Int
    ) -> InlineArray<4, SIMD8<Float>> {
        var a = biases[group]
        var b = a
        var c = a
        var d = a
        let table = weights.span
        forEachTap(at: start, inputStride, firstWeight: group &* kernel &* kernel &* inputs) { weight, from in
            let w = unsafe table[unchecked: weight]
            unsafe a += w * input[unchecked: from]
            unsafe b += w * input[unchecked: from &+ step]
            unsafe c += w * input[unchecked: from &+ 2 &* step]
            unsafe d += w * input[unchecked: from &+ 3 &* step]
        }
        return [a, b, c, d]
    }

    /// The last outputs of four pixels, no more than four of each.
    @inline(__always)
    private func fewOutputs(
        _ input: Span<Float>, at start: Int, inputStride: Int, step: Int, target: Int,
        into output: inout MutableSpan<Float>
    ) {
        var a = fewBiases[0]
        var b = a
        var c = a
        var d = a
        let table = fewWeights.span
        forEachTap(at: start, inputStride, firstWeight: 0) { weight, from in
            let w = unsafe table[unchecked: weight]
            unsafe a += w * input[unchecked: from]
            unsafe b += w * input[unchecked: from &+ step]
            unsafe c += w * input[unchecked: from &+ 2 &* step]
            unsafe d += w * input[unchecked: from &+ 3 &* step]
        }
        let count = outputs - biases.count * 8
        let sums: InlineArray<4, SIMD4<Float>> = [a, b, c, d]
        for pixel in 0..<4 {
            let values = isRectified ? sums[pixel].replacing(with: 0, where: sums[pixel] .< 0) : sums[pixel]
            for lane in 0..<count { output[target + pixel * outputs + lane] = values[lane] }
        }
    }

    /// Names each weight of a group and the place of the input that it belongs to, for the first of four pixels.
    @inline(__always)
    private func forEachTap(at start: Int, _ inputStride: Int, firstWeight: Int, _ add: (Int, Int) -> Void) {
        var weight = firstWeight
        // Neighbouring taps of a row lie one behind the other, channels and all, unless they are spread.
        let parts = dilation == 1 ? 1 : kernel
        let length = kernel &* inputs / parts
        // The precondition of `apply` and the margin keep every tap inside.
        for tapRow in 0..<kernel {
            for part in 0..<parts {
                let from = start &+ tapRow &* dilation &* inputStride &+ part &* dilation &* inputs
                for place in 0..<length {
                    add(weight, from &+ place)
                    weight &+= 1
                }
            }
        }
    }

    @inline(__always)
    private func store(_ sums: SIMD8<Float>, at place: Int, group: Int, into output: inout MutableSpan<Float>) {
        let values = isRectified ? sums.replacing(with: 0, where: sums .< 0) : sums
        guard outputs - group * 8 < 8 else {
            for lane in 0..<8 { output[place &+ lane] = values[lane] }
            return
        }
        for lane in 0..<outputs - group * 8 { output[place + lane] = values[lane] }
    }
}
