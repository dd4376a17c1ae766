import PixelKernels

/// What the smoke detector's kernels work on: seven pictures of 640 x 360 pixels of one history, and what is made of them.
///
/// `Sendable` holds because benchmarks run one after the other.
final class SmokeKernelBuffers: @unchecked Sendable {
    static let width = 640
    static let height = 360
    static let pixels = width * height
    static let cellCount = pixels / (CellSums.side * CellSums.side)
    static let channels = NetworkInput.channels
    /// The heaviest layer of the networks: 32 channels to 40, every second pixel, at a quarter of the picture's size.
    static let layerInputs = 32
    static let layerOutputs = 40
    static let layerWidth = width / 4
    static let layerHeight = height / 4

    private let history: [UInt8]
    private let gains: [Float]
    private let cells: [Float]
    private let mask: [UInt8]
    private let layer: Convolution
    private let layerPicture: [Float]
    private let wanted: CellMask
    private var plane = [UInt8](repeating: 0, count: pixels)
    private var doubled = [UInt8](repeating: 0, count: 4 * pixels)
    private var columns = [UInt32](repeating: 0, count: width)
    private var sums = [UInt32](repeating: 0, count: cellCount)
    private var stretched = [Float](repeating: 0, count: width)
    private var input = [Float](repeating: 0, count: width * channels)
    private var output: [Float]
    private var matched = 0

    /// `nil` where the layer cannot be made.
    init?() {
        var noise = Noise(state: 11)
        history = noise.bytes(7 * Self.pixels, from: 0, to: 255)
        gains = noise.numbers(Self.width, from: 0.9, to: 1.1)
        cells = noise.numbers(Self.width / CellSums.side, from: 0.9, to: 1.1)
        mask = noise.bytes(Self.pixels, from: 0, to: 1).map { 0 &- $0 }
        let taps = Self.layerInputs * Self.layerOutputs * 9
        guard
            let layer = Convolution(
                inputs: Self.layerInputs, outputs: Self.layerOutputs, kernel: 3, stride: 2, dilation: 1,
                isRectified: true, weights: noise.numbers(taps, from: -0.1, to: 0.1),
                biases: noise.numbers(Self.layerOutputs, from: -0.1, to: 0.1))
        else { return nil }
        self.layer = layer
        layerPicture = noise.numbers(
            Convolution.size(width: Self.layerWidth, height: Self.layerHeight, channels: Self.layerInputs), from: 0,
            to: 1)
        let (across, down) = (layer.outputLength(Self.layerWidth), layer.outputLength(Self.layerHeight))
        wanted = CellMask(columns: across, rows: down, isOn: [Bool](repeating: true, count: across * down))
        output = [Float](
            repeating: 0, count: Convolution.size(width: across, height: down, channels: Self.layerOutputs))
    }

    func sumCells() { Self.sum(history, &columns, &sums, CellSums.values(of:width:side:columns:into:)) }

    func sumProducts() { Self.sum(history, &columns, &sums, CellSums.products(of:and:width:columns:into:)) }

    func sumDifferences() { Self.sum(history, &columns, &sums, CellSums.differences(of:and:width:columns:into:)) }

    func sumEdges() { Self.edges(history, &columns, &sums) }

    /// - Parameter count: pictures.
    func median(of count: Int) { Self.median(history, count: count, into: &plane) }

    func gain() { Self.gain(gains, history, into: &plane) }

    func stretch() { Self.stretch(cells, into: &stretched) }

    func seen() { Self.seen(history, into: &input) }

    func match() { Self.match(history, &matched) }

    func move() { Self.move(&plane) }

    func double() { Self.double(history, into: &doubled) }

    func enlarge() { Self.enlarge(mask, into: &doubled) }

    func convolve() { Self.convolve(layer, layerPicture, wanted, into: &output) }
}

// A span keeps the whole of `self` borrowed, so each buffer comes as its own argument.
extension SmokeKernelBuffers {
    private typealias SumOfOne = (Span<UInt8>, Int, Int, inout MutableSpan<UInt32>, inout MutableSpan<UInt32>) -> Void
    private typealias SumOfTwo = (
        Span<UInt8>, Span<UInt8>, Int, inout MutableSpan<UInt32>, inout MutableSpan<UInt32>
    ) -> Void

    private static func sum(
        _ history: [UInt8], _ columns: inout [UInt32], _ sums: inout [UInt32], _ kernel: SumOfOne
    ) {
        var scratch = columns.mutableSpan
        var result = sums.mutableSpan
        kernel(history.span.extracting(0..<pixels), width, CellSums.side, &scratch, &result)
    }

    private static func sum(
        _ history: [UInt8], _ columns: inout [UInt32], _ sums: inout [UInt32], _ kernel: SumOfTwo
    ) {
        var scratch = columns.mutableSpan
        var result = sums.mutableSpan
        let bytes = history.span
        kernel(bytes.extracting(0..<pixels), bytes.extracting(pixels..<2 * pixels), width, &scratch, &result)
    }

    private static func edges(_ history: [UInt8], _ columns: inout [UInt32], _ sums: inout [UInt32]) {
        var scratch = columns.mutableSpan
        var result = sums.mutableSpan
        CellSums.edges(of: history.span.extracting(0..<pixels), width: width, columns: &scratch, into: &result)
    }

    private static func median(_ history: [UInt8], count: Int, into plane: inout [UInt8]) {
        var result = plane.mutableSpan
        medianOfPictures(history.span, starts: (0..<count).map { $0 * pixels }, into: &result)
    }

    private static func gain(_ gains: [Float], _ history: [UInt8], into plane: inout [UInt8]) {
        var result = plane.mutableSpan
        for row in 0..<height {
            let pixels = row * width..<(row + 1) * width
            var target = result._mutatingExtracting(pixels)
            applyGain(
                gains.span, gains.span, weight: 0.5, to: history.span.extracting(pixels), into: &target)
        }
    }

    private static func stretch(_ cells: [Float], into stretched: inout [Float]) {
        var result = stretched.mutableSpan
        for _ in 0..<height { stretchCells(cells.span, into: &result) }
    }

    private static func seen(_ history: [UInt8], into input: inout [Float]) {
        var result = input.mutableSpan
        let bytes = history.span
        func row(_ plane: Int, _ row: Int) -> Span<UInt8> {
            bytes.extracting(plane * pixels + row * width..<plane * pixels + (row + 1) * width)
        }
        for place in 0..<height {
            NetworkInput.write(
                row(0, place), row(1, place), row(2, place), row(3, place), row(4, place),
                blue: row(5, place).extracting(first: width / 2), red: row(6, place).extracting(first: width / 2),
                into: &result)
        }
    }

    /// Every block of a picture, at one place of another one.
    private static func match(_ history: [UInt8], _ total: inout Int) {
        let bytes = history.span
        let (picture, other) = (bytes.extracting(0..<pixels), bytes.extracting(pixels..<2 * pixels))
        for y in stride(from: 0, to: height - BlockMatch.height, by: BlockMatch.height) {
            for x in stride(from: 0, to: width - BlockMatch.width, by: BlockMatch.width) {
                let block = BlockMatch(picture, against: other, pitch: width, at: y * width + x)
                total &+= block.difference(to: other, pitch: width, at: y * width + x + 1)
            }
        }
    }

    private static func move(_ plane: inout [UInt8]) {
        var result = plane.mutableSpan
        movePlane(&result, width: width, across: 2, down: -1)
    }

    private static func double(_ history: [UInt8], into doubled: inout [UInt8]) {
        var result = doubled.mutableSpan
        doublePlane(history.span.extracting(0..<pixels), width: width, height: height, into: &result)
    }

    private static func enlarge(_ mask: [UInt8], into doubled: inout [UInt8]) {
        var result = doubled.mutableSpan
        let plane = PlaneView(pixels: mask.span, width: width, height: height, stride: width)
        enlargeMask(plane, factor: 2, width: 2 * width, height: 2 * height, into: &result)
    }

    private static func convolve(
        _ layer: Convolution, _ picture: [Float], _ wanted: CellMask, into output: inout [Float]
    ) {
        var result = output.mutableSpan
        layer.apply(to: picture.span, width: layerWidth, height: layerHeight, wanted: wanted, into: &result)
    }
}
