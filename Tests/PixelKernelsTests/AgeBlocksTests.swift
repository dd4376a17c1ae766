import PixelKernels
import Testing

@Suite struct AgeBlocksTests {
    @Test func agreesWithTheDefinition() {
        var random = RandomPixels(seed: 6)
        for round in 0..<20 {
            let count = round % 3 + 1
            let first = round % 2
            let blocks = first + count
            let picture = random.bytes(blocks * 192)
            let raw = random.mask(blocks * 128)
            let objects = random.mask(count * 128, share: 60)
            let before = (
                previous: random.mask(blocks * 128), blink: random.bytes(blocks * 128),
                slow: random.bytes(blocks * 128), age: random.bytes(blocks * 128)
            )
            let step = AgingStep(blinkRise: 16, stillRise: UInt8(1 + round), stillTolerance: 10)
            var (afterPrevious, afterBlink) = (before.previous, before.blink)
            var (afterSlow, afterAge) = (before.slow, before.age)
            do {
                var previous = afterPrevious.mutableSpan
                var blink = afterBlink.mutableSpan
                var slow = afterSlow.mutableSpan
                var age = afterAge.mutableSpan
                ageBlocks(
                    picture: picture.span, foreground: raw.span, objects: objects.span, step: step, first: first,
                    count: count, previous: &previous, blink: &blink, slowLuma: &slow, stillAge: &age)
            }
            for i in 0..<blocks * 128 {
                guard i >= first * 128 else {
                    #expect(afterBlink[i] == before.blink[i] && afterAge[i] == before.age[i])
                    continue
                }
                let flips = raw[i] != before.previous[i] && objects[i - first * 128] == 0
                let blink = Int(before.blink[i])
                #expect(Int(afterBlink[i]) == (flips ? min(255, blink + 16) : max(0, blink - 1)))
                let y = Int(picture[i / 128 * 192 + i % 128])
                let slow = Int(before.slow[i])
                let isStill = raw[i] != 0 && abs(y - slow) <= 10
                let age = Int(before.age[i])
                #expect(Int(afterAge[i]) == (isStill ? min(255, age + Int(step.stillRise)) : age / 2))
                #expect(Int(afterSlow[i]) == (3 * slow + y + 2) / 4)
                #expect(afterPrevious[i] == raw[i])
            }
        }
    }
}
