import PixelKernels
import Testing

@Suite struct AgeBlocksTests {
    /// What a row of blocks is made of.
    private struct Maps: Equatable {
        var picture: [UInt8] = []
        var model: [UInt8] = []
        var raw: [UInt8] = []
        var marked: [UInt8] = []
        var previous: [UInt8] = []
        var blink: [UInt8] = []
        var slow: [UInt8] = []
        var age: [UInt8] = []
        var awake: [UInt8] = []
    }

    /// Blocks of every kind in turn: awake with anything in their maps, quiet, quiet until now, about to fall asleep.
    private static func blocks(_ count: Int, _ random: inout RandomPixels) -> Maps {
        var maps = Maps()
        maps.picture = random.bytes(count * 192)
        maps.model = random.bytes(count * 3072)
        maps.slow = random.bytes(count * 128)
        let kinds = (0..<count).map { ($0 + Int(random.next() % 4)) % 4 }
        maps.marked = kinds.map { $0 == 0 || $0 == 2 ? 1 : 0 }
        maps.awake = kinds.map { $0 == 0 || $0 == 3 ? 1 : 0 }
        let isBusy: [UInt8] = kinds.map { $0 == 0 ? 1 : 0 }
        maps.raw = random.blocks(where: maps.marked) { $0.mask(128) }
        maps.previous = random.blocks(where: isBusy) { $0.mask(128) }
        maps.blink = random.blocks(where: maps.awake) { $0.bytes(128, from: 0, to: 1) }
        maps.age = random.blocks(where: maps.awake) { $0.bytes(128, from: 0, to: 1) }
        for block in 0..<count where kinds[block] == 0 {
            maps.blink.replaceSubrange(block * 128..<(block + 1) * 128, with: random.bytes(128))
            maps.age.replaceSubrange(block * 128..<(block + 1) * 128, with: random.bytes(128))
        }
        return maps
    }

    private static func age(_ maps: inout Maps, objects: [UInt8], step: AgingStep, first: Int, count: Int) {
        let (picture, model, raw, marked) = (maps.picture, maps.model, maps.raw, maps.marked)
        var (previous, blink, slow, age) = (maps.previous, maps.blink, maps.slow, maps.age)
        var awake = maps.awake
        do {
            var before = previous.mutableSpan
            var blinking = blink.mutableSpan
            var slowLuma = slow.mutableSpan
            var stillAge = age.mutableSpan
            var flags = awake.mutableSpan
            ageBlocks(
                picture: picture.span, foreground: raw.span, marked: marked.span, objects: objects.span,
                background: model.span, step: step, first: first, count: count, previous: &before, blink: &blinking,
                slowLuma: &slowLuma, stillAge: &stillAge, awake: &flags)
        }
        (maps.previous, maps.blink, maps.slow, maps.age, maps.awake) = (previous, blink, slow, age, awake)
    }

    @Test func agreesWithTheDefinition() {
        var random = RandomPixels(seed: 6)
        var slept = 0
        for round in 0..<40 {
            let count = round % 5 + 1
            let first = round % 2
            let before = Self.blocks(first + count, &random)
            let objects = random.mask(count * 128, share: 60)
            let step = AgingStep(blinkRise: 16, stillRise: UInt8(1 + round), stillTolerance: 10)
            var after = before
            Self.age(&after, objects: objects, step: step, first: first, count: count)
            var expected = before
            for block in first..<first + count where before.marked[block] + before.awake[block] > 0 {
                for i in block * 128..<(block + 1) * 128 {
                    let flips = before.raw[i] != before.previous[i] && objects[i - first * 128] == 0
                    let blink = Int(before.blink[i])
                    expected.blink[i] = UInt8(flips ? min(255, blink + 16) : max(0, blink - 1))
                    let y = Int(before.picture[block * 192 + i % 128])
                    let slow = Int(before.awake[block] == 0 ? before.model[block * 384 + i % 128] : before.slow[i])
                    let isStill = before.raw[i] != 0 && abs(y - slow) <= 10
                    let age = Int(before.age[i])
                    expected.age[i] = UInt8(isStill ? min(255, age + Int(step.stillRise)) : age / 2)
                    expected.slow[i] = UInt8((3 * slow + y + 2) / 4)
                    expected.previous[i] = before.raw[i]
                }
                let range = block * 128..<(block + 1) * 128
                let isAwake = [expected.previous, expected.blink, expected.age].contains { map in
                    map[range].contains { $0 != 0 }
                }
                expected.awake[block] = isAwake ? 1 : 0
                if !isAwake { slept += 1 }
            }
            #expect(after == expected, "round \(round)")
        }
        #expect(slept > 5)
    }
}
