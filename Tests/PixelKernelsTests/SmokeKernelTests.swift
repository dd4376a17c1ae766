import PixelKernels
import Testing

/// The kernels of smoke detection against what they mean, pixel by pixel.
@Suite struct SmokeKernelTests {
    private func plane(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = RandomPixels(seed: seed)
        return random.bytes(count)
    }

    @Test(arguments: [(8, 8), (16, 24), (72, 16), (136, 8)])
    func cellSumsAreSumsOverCells(size: (width: Int, height: Int)) {
        let (width, height) = size
        let a = plane(width * height, seed: 1)
        let b = plane(width * height, seed: 2)
        var columns = [UInt32](repeating: 9, count: width)
        var sums = [UInt32](repeating: 9, count: width / 8 * (height / 8))
        func expected(_ value: (Int) -> Int) -> [UInt32] {
            (0..<sums.count).map { cell in
                var total = 0
                for y in 0..<8 {
                    for x in 0..<8 { total += value((cell / (width / 8) * 8 + y) * width + cell % (width / 8) * 8 + x) }
                }
                return UInt32(total)
            }
        }
        func measured(_ kernel: (inout MutableSpan<UInt32>, inout MutableSpan<UInt32>) -> Void) -> [UInt32] {
            var scratch = columns.mutableSpan
            var result = sums.mutableSpan
            kernel(&scratch, &result)
            return sums
        }
        let values = measured { CellSums.values(of: a.span, width: width, side: 8, columns: &$0, into: &$1) }
        #expect(values == expected { Int(a[$0]) })
        let products = measured { CellSums.products(of: a.span, and: b.span, width: width, columns: &$0, into: &$1) }
        #expect(products == expected { Int(a[$0]) * Int(b[$0]) })
        let differences = measured {
            CellSums.differences(of: a.span, and: b.span, width: width, columns: &$0, into: &$1)
        }
        #expect(differences == expected { abs(Int(a[$0]) - Int(b[$0])) })
        let edges = measured { CellSums.edges(of: a.span, width: width, columns: &$0, into: &$1) }
        #expect(
            edges
                == expected { pixel in
                    guard pixel % 2 == 0, pixel / width % 2 == 0 else { return 0 }
                    let (p, q) = (Int(a[pixel]), Int(a[pixel + 1]))
                    let (r, s) = (Int(a[pixel + width]), Int(a[pixel + width + 1]))
                    return abs(p - q + r - s) + abs(p + q - r - s) + abs(p - q - r + s)
                })
    }

    @Test(arguments: [1, 3, 5, 7])
    func theMedianIsTheMiddleOne(pictures: Int) {
        let size = 192
        let history = plane(size * 7, seed: 3)
        let starts = (0..<pictures).map { (6 - $0) * size }
        var result = [UInt8](repeating: 0, count: size)
        var span = result.mutableSpan
        medianOfPictures(history.span, starts: starts, into: &span)
        for pixel in 0..<size {
            let values = starts.map { history[$0 + pixel] }.sorted()
            #expect(result[pixel] == values[pictures / 2])
        }
    }

    @Test func gainRoundsAndStaysAByte() {
        let row = plane(131, seed: 4)
        let upper = (0..<131).map { Float($0) / 60 }
        let lower = (0..<131).map { Float(131 - $0) / 50 }
        var result = [UInt8](repeating: 0, count: 131)
        var span = result.mutableSpan
        applyGain(upper.span, lower.span, weight: 0.25, to: row.span, into: &span)
        for x in 0..<131 {
            let gain = upper[x] * 0.75 + lower[x] * 0.25
            #expect(result[x] == UInt8(min((Float(row[x]) * gain).rounded(.toNearestOrEven), 255)))
        }
    }

    @Test func stretchedCellsKeepTheirValuesInTheMiddleAndTheEdges() {
        let cells: [Float] = [1.5, 3.5, 5.5]
        var result = [Float](repeating: 0, count: 24)
        var span = result.mutableSpan
        stretchCells(cells.span, into: &span)
        #expect(result[0] == 1.5 && result[3] == 1.5 && result[23] == 5.5)
        #expect(abs(result[7] - (1.5 + 2 * 3.5 / 8)) < 1e-5 && abs(result[8] - (1.5 + 2 * 4.5 / 8)) < 1e-5)
    }

    @Test func networksSeeLumaItsDifferencesAndChroma() {
        let count = 26
        let pixels = plane(count, seed: 20)
        let (first, second, third, fourth) = (
            plane(count, seed: 21), plane(count, seed: 22), plane(count, seed: 23), plane(count, seed: 24)
        )
        let (blue, red) = (plane(count / 2, seed: 30), plane(count / 2, seed: 31))
        var result = [Float](repeating: 9, count: count * NetworkInput.channels)
        var span = result.mutableSpan
        NetworkInput.write(
            pixels.span, first.span, second.span, third.span, fourth.span, blue: blue.span, red: red.span, into: &span)
        func scaled(_ value: Int) -> Float { Float(min(max(value, 0), 255)) / 64 - 2 }
        for x in 0..<count {
            let now = Int(pixels[x])
            var expected = [scaled(now)]
            for older in [first, second, third, fourth] { expected.append(scaled(128 + 4 * (now - Int(older[x])))) }
            for plane in [blue, red] { expected.append(scaled(128 + 2 * (Int(plane[x / 2]) - 128))) }
            #expect(Array(result[x * 7..<x * 7 + 7]) == expected)
        }
    }

    @Test(arguments: [0, 5, 3 * 40 + 11])
    func blocksDifferByWhatTheirPixelsDoInTheSameLight(place: Int) {
        let (width, height) = (40, 24)
        let picture = plane(width * height, seed: 11)
        let darker = picture.map { $0 / 2 }
        let block = BlockMatch(picture.span, against: darker.span, pitch: width, at: 7)
        let pixels = (0..<BlockMatch.rows).flatMap { row in
            (0..<BlockMatch.width).map { 2 * row * width + $0 }
        }
        let change = pixels.map { Int(picture[7 + $0]) - Int(darker[7 + $0]) }.reduce(0, +)
        let light = (change + pixels.count / 2) / pixels.count
        let expected = pixels.map { abs(Int(picture[7 + $0]) - light - Int(darker[place + $0])) }.reduce(0, +)
        #expect(block.difference(to: darker.span, pitch: width, at: place) == expected)
    }

    @Test(arguments: [(0, 0), (3, 0), (-3, 0), (0, 2), (0, -2), (5, -4), (-6, 7)])
    func aPlaneMovesAndItsEdgesHold(offset: (across: Int, down: Int)) {
        let (width, height) = (19, 11)
        let before = plane(width * height, seed: 12)
        var after = before
        var span = after.mutableSpan
        movePlane(&span, width: width, across: offset.across, down: offset.down)
        for y in 0..<height {
            for x in 0..<width {
                let from = (
                    x: min(max(x - offset.across, 0), width - 1), y: min(max(y - offset.down, 0), height - 1)
                )
                #expect(after[y * width + x] == before[from.y * width + from.x])
            }
        }
    }

    @Test(arguments: [(0, 0), (1, 0), (0, 1), (2, 2), (1, 3)])
    func aMaskGrowsByItsReachAndNoFurther(reach: (before: Int, after: Int)) {
        let (columns, rows) = (11, 7)
        var random = RandomPixels(seed: 6)
        let mask = CellMask(columns: columns, rows: rows, isOn: random.bytes(columns * rows).map { $0 > 235 })
        let grown = mask.grown(before: reach.before, after: reach.after)
        for row in 0..<rows {
            for column in 0..<columns {
                var isReached = false
                for y in max(0, row - reach.after)...min(rows - 1, row + reach.before) {
                    for x in max(0, column - reach.after)...min(columns - 1, column + reach.before) {
                        isReached = isReached || mask.isOn[y * columns + x]
                    }
                }
                #expect(grown.isOn[row * columns + column] == isReached)
            }
        }
    }

    @Test(arguments: [(1, 1, 3), (2, 1, 3), (1, 2, 3), (1, 1, 1)])
    func convolutionIsASumOverTaps(shape: (stride: Int, dilation: Int, kernel: Int)) throws {
        let (stride, dilation, kernel) = shape
        let (inputs, outputs, width, height) = (3, 11, 18, 9)
        var random = RandomPixels(seed: 5)
        func numbers(_ count: Int) -> [Float] { random.bytes(count).map { Float($0) / 128 - 1 } }
        let weights = numbers(inputs * outputs * kernel * kernel)
        let biases = numbers(outputs)
        let layer = try #require(
            Convolution(
                inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, dilation: dilation, isRectified: true,
                weights: weights, biases: biases))
        let pixels = numbers(width * height * inputs)
        let margin = Convolution.margin
        func place(_ x: Int, _ y: Int, _ width: Int, _ channels: Int) -> Int {
            ((y + margin) * (width + 2 * margin) + x + margin) * channels
        }
        var input = [Float](
            repeating: 0, count: Convolution.size(width: width, height: height, channels: inputs))
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<inputs { input[place(x, y, width, inputs) + c] = pixels[(y * width + x) * inputs + c] }
            }
        }
        let (columns, rows) = (layer.outputLength(width), layer.outputLength(height))
        var output = [Float](
            repeating: 0, count: Convolution.size(width: columns, height: rows, channels: outputs))
        var span = output.mutableSpan
        // Cells of one pixel, some of which nobody wants.
        let wanted = CellMask(columns: columns, rows: rows, isOn: (0..<columns * rows).map { $0 % 7 != 3 })
        layer.apply(to: input.span, width: width, height: height, wanted: wanted, into: &span)
        let reach = kernel / 2 * dilation
        for y in 0..<rows {
            for x in 0..<columns where wanted.isOn[y * columns + x] {
                for o in 0..<outputs {
                    var sum = biases[o]
                    for tap in 0..<kernel * kernel {
                        let (sx, sy) = (
                            x * stride + tap % kernel * dilation - reach, y * stride + tap / kernel * dilation - reach
                        )
                        guard sx >= 0, sy >= 0, sx < width, sy < height else { continue }
                        for c in 0..<inputs {
                            sum +=
                                weights[(o * inputs + c) * kernel * kernel + tap]
                                * pixels[(sy * width + sx) * inputs + c]
                        }
                    }
                    #expect(abs(output[place(x, y, columns, outputs) + o] - max(sum, 0)) < 1e-4)
                }
            }
        }
    }
}
