import PixelKernels
import Testing

@Suite struct PackBlocksTests {
    @Test func everyPixelFindsItsPlace() {
        var random = RandomPixels(seed: 3)
        for count in 0...3 {
            let upper = random.bytes(count * 64)
            let lower = random.bytes(count * 64)
            let rows = [upper, lower]
            let u = random.bytes(count * 32)
            let v = random.bytes(count * 32)
            var blocks = [UInt8](repeating: 1, count: count * 192 + 5)
            do {
                var target = blocks.mutableSpan
                packBlocks(
                    upper: upper.span, lower: lower.span, chromaU: u.span, chromaV: v.span, count: count,
                    into: &target, at: 5)
            }
            #expect(blocks[..<5] == [1, 1, 1, 1, 1])
            for x in 0..<count * 64 {
                let block = x / 64 * 192 + 5
                for y in 0..<2 {
                    #expect(blocks[block + (y * 2 + x % 2) * 32 + x % 64 / 2] == rows[y][x])
                }
                #expect(blocks[block + 128 + x % 64 / 2] == u[x / 2])
                #expect(blocks[block + 160 + x % 64 / 2] == v[x / 2])
            }
        }
    }

    @Test func aMaskSplitAndJoinedIsTheSame() {
        var random = RandomPixels(seed: 4)
        for count in 0...3 {
            let upper = random.mask(count * 64)
            let lower = random.mask(count * 64)
            let rows = [upper, lower]
            var blocks = [UInt8](repeating: 1, count: count * 128)
            do {
                var target = blocks.mutableSpan
                splitMask(upper: upper.span, lower: lower.span, count: count, into: &target)
            }
            for x in 0..<count * 64 {
                for y in 0..<2 {
                    #expect(blocks[x / 64 * 128 + (y * 2 + x % 2) * 32 + x % 64 / 2] == rows[y][x])
                }
            }
            for y in 0..<2 {
                var joined = [UInt8](repeating: 7, count: count * 64 + 3)
                do {
                    var target = joined.mutableSpan
                    joinMaskRow(of: blocks.span, lower: y == 1, count: count, into: &target, at: 3)
                }
                #expect(joined == [7, 7, 7] + rows[y])
            }
        }
    }

    @Test func aSampleIsStoredWhereTheModelHasIt() {
        var random = RandomPixels(seed: 5)
        let picture = random.bytes(2 * 192)
        let before = random.bytes(2 * 3072)
        for sample in [0, 7, 15] {
            var model = before
            do {
                var target = model.mutableSpan
                storeSample(sample, of: picture.span, blocks: 2, model: &target)
            }
            for at in model.indices {
                // Groups of two samples, each of both blocks.
                let block = at / 384 % 2
                let inside = at / 768 * 2 + at % 384 / 192 == sample
                #expect(model[at] == (inside ? picture[block * 192 + at % 192] : before[at]))
            }
        }
    }
}
