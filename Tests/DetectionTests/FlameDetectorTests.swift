import Domain
import PixelKernels
import Testing

@testable import Detection

@Suite struct FlameDetectorTests {
    private static let width = 128
    private static let height = 96

    /// A grey yard with a patch of 16x16 pixels, the halves of which are darker by `flicker` in turn.
    private func observations(flicker: Int, red: UInt8, blue: UInt8, moves: Bool = false, bar: Double = 1)
        -> [Observation]
    {
        var detector = FlameDetector()
        detector.demand(bar: bar, stepSeconds: nil)
        var all: [Observation] = []
        for step in 0..<20 {
            var luma = [UInt8](repeating: 90, count: Self.width * Self.height)
            var chromaU = [UInt8](repeating: 128, count: luma.count / 4)
            var chromaV = chromaU
            let left = moves ? (24 * step) % 104 : 48
            for y in 40..<56 {
                for x in left..<left + 16 {
                    luma[y * Self.width + x] = UInt8(240 - ((x - left) / 8 + step) % 2 * flicker)
                    chromaU[y / 2 * (Self.width / 2) + x / 2] = blue
                    chromaV[y / 2 * (Self.width / 2) + x / 2] = red
                }
            }
            let picture = PictureView(
                luma: PlaneView(pixels: luma.span, width: Self.width, height: Self.height, stride: Self.width),
                chromaU: PlaneView(
                    pixels: chromaU.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
                chromaV: PlaneView(
                    pixels: chromaV.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
                range: .full)
            all += detector.analyse(picture, at: MediaTime(seconds: Double(step) * 0.5))
        }
        return all
    }

    @Test func aFlameIsReportedWithinFiveSeconds() throws {
        let found = observations(flicker: 60, red: 180, blue: 90)
        let first = try #require(found.first)
        #expect(first.kind == .flame)
        #expect(first.time.seconds <= 5)
        let box = try #require(first.box)
        #expect(box.overlap(with: Box(x: 0.375, y: 0.417, width: 0.125, height: 0.167)) > 0.25, "\(box)")
    }

    @Test func aLowerBarIsReachedSooner() throws {
        let times = try [0.5, 1, 1.5].map { bar in
            try #require(observations(flicker: 60, red: 180, blue: 90, bar: bar).first?.time.seconds)
        }
        // A picture more, or less, for each half of a second.
        #expect(times[0] == times[1] - 1 && times[2] == times[1] + 1, "\(times)")
    }

    @Test func whatDoesNotFlickerIsNoFlame() { #expect(observations(flicker: 0, red: 180, blue: 90).isEmpty) }

    @Test func whatHasNoColourIsNoFlame() { #expect(observations(flicker: 60, red: 128, blue: 128).isEmpty) }

    @Test func whatPassesByIsNoFlame() { #expect(observations(flicker: 60, red: 180, blue: 90, moves: true).isEmpty) }
}
