import PixelKernels
import Testing

@Suite struct SubsampleRowTests {
    /// The mean of the middle taps, in floating point.
    private static func naive(
        _ pixels: [UInt8], stride: Int, row: Int, across: Int, down: Int, count: Int
    ) -> [UInt8] {
        let tapsX = min(across, 4)
        let tapsY = min(down, 4)
        return (0..<count).map { x in
            var sum = 0
            for dy in 0..<tapsY {
                for dx in 0..<tapsX {
                    let sourceY = row * down + (down - tapsY) / 2 + dy
                    let sourceX = x * across + (across - tapsX) / 2 + dx
                    sum += Int(pixels[sourceY * stride + sourceX])
                }
            }
            let area = Double(tapsX * tapsY)
            return UInt8((Double(sum) / area + 0.5).rounded(.down))
        }
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (9, 9), (2, 1), (1, 2), (6, 3), (3, 6), (1, 4)])
    func agreesWithTheMean(across: Int, down: Int) {
        var random = RandomPixels(seed: UInt64(across * 16 + down))
        for count in everyWidth where count > 0 {
            let width = count * across + count % 3
            let stride = width + 1 + count % 37
            let height = 3 * down
            var pixels = random.bytes(stride * height)
            // Extremes, where a rounded division goes wrong first.
            if count % 5 == 0 { pixels = pixels.map { $0 > 127 ? 255 : 254 } }
            var sums = [UInt16](repeating: 7, count: width)
            for row in 0..<3 {
                var result = [UInt8](repeating: 99, count: count + 2)
                do {
                    let plane = PlaneView(pixels: pixels.span, width: width, height: height, stride: stride)
                    var scratch = sums.mutableSpan
                    var target = result.mutableSpan
                    subsampleRow(
                        of: plane, row: row, by: Subsampling(across: across, down: down), sums: &scratch,
                        into: &target, count: count)
                }
                let expected = Self.naive(
                    pixels, stride: stride, row: row, across: across, down: down, count: count)
                #expect(result == expected + [99, 99], "count \(count) row \(row)")
            }
        }
    }
}
