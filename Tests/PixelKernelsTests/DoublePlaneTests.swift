import PixelKernels
import Testing

@Suite struct DoublePlaneTests {
    /// Interpolated in floating point.
    private static func naive(_ pixels: [UInt8], width: Int, height: Int) -> [UInt8] {
        (0..<4 * width * height).map { place in
            let (x, y) = (Double(place % (2 * width)) / 2 - 0.25, Double(place / (2 * width)) / 2 - 0.25)
            let (left, top) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
            let (fx, fy) = (x - Double(left), y - Double(top))
            func pixel(_ dx: Int, _ dy: Int) -> Double {
                Double(
                    pixels[min(max(top + dy, 0), height - 1) * width + min(max(left + dx, 0), width - 1)])
            }
            let upper = (1 - fx) * pixel(0, 0) + fx * pixel(1, 0)
            let lower = (1 - fx) * pixel(0, 1) + fx * pixel(1, 1)
            return UInt8(((1 - fy) * upper + fy * lower + 0.5).rounded(.down))
        }
    }

    @Test func agreesWithInterpolation() {
        var random = RandomPixels(seed: 4)
        for width in everyWidth where width > 0 {
            for height in [1, 2, 5] {
                let pixels = random.bytes(width * height)
                var result = [UInt8](repeating: 99, count: 4 * width * height + 3)
                do {
                    var target = result.mutableSpan
                    doublePlane(pixels.span, width: width, height: height, into: &target)
                }
                #expect(
                    result == Self.naive(pixels, width: width, height: height) + [99, 99, 99], "\(width)x\(height)")
            }
        }
    }
}
