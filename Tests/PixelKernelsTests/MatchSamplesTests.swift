import PixelKernels
import Testing

@Suite struct MatchSamplesTests {
    /// By the definition, one pixel after the other.
    private static func naive(
        picture: [UInt8], model: [UInt8], blink: [UInt8], radius: Int, blinkRadius: Int, blocks: Int
    ) -> [UInt8] {
        var result: [UInt8] = []
        for block in 0..<blocks {
            for pixel in 0..<128 {
                let chroma = 128 + pixel % 32
                let limit = radius + min(blinkRadius, (24 * Int(blink[block * 128 + pixel])) >> 6)
                var matches = 0
                for sample in 0..<16 {
                    let base = (sample / 2 * blocks + block) * 384 + sample % 2 * 192
                    let here = block * 192
                    let distance =
                        abs(Int(picture[here + pixel]) - Int(model[base + pixel]))
                        + abs(Int(picture[here + chroma]) - Int(model[base + chroma]))
                        + abs(Int(picture[here + chroma + 32]) - Int(model[base + chroma + 32]))
                    if min(distance, 255) <= limit { matches += 1 }
                }
                result.append(matches < 2 ? 255 : 0)
            }
        }
        return result
    }

    @Test(arguments: [(20, 30), (17, 25), (0, 0), (225, 30)])
    func agreesWithTheDefinition(radius: Int, blinkRadius: Int) {
        var random = RandomPixels(seed: UInt64(radius + 1))
        for round in 0..<12 {
            let blocks = [0, 1, 3, 70][round % 4]
            // From nearly alike to anything at all: early and late stops, saturating distances.
            let spread = [8, 30, 60, 255][round / 3]
            let picture = random.bytes(blocks * 192, from: 0, to: spread)
            let model = random.bytes(blocks * 3072, from: 0, to: spread)
            // A block that is not awake has never blinked, one that is not marked holds no foreground.
            let awake = random.mask(blocks)
            var marked = random.bytes(blocks, from: 0, to: 1)
            let blink = random.blocks(where: awake) { $0.bytes(128) }
            var result = random.blocks(where: marked) { $0.mask(128) }
            do {
                var flags = marked.mutableSpan
                var target = result.mutableSpan
                matchSamples(
                    picture: picture.span, model: model.span, blink: blink.span, awake: awake.span,
                    radius: UInt8(radius), blinkRadius: UInt8(blinkRadius), blocks: blocks, marked: &flags,
                    into: &target)
            }
            let expected = Self.naive(
                picture: picture, model: model, blink: blink, radius: radius, blinkRadius: blinkRadius,
                blocks: blocks)
            #expect(result == expected, "spread \(spread)")
            for block in 0..<blocks {
                #expect((marked[block] != 0) == expected[block * 128..<(block + 1) * 128].contains(255))
            }
        }
    }
}
