import PixelKernels
import Testing

@Suite struct MaskKernelTests {
    @Test func medianAgreesWithCounting() {
        var random = RandomPixels(seed: 9)
        for count in everyWidth {
            let pitch = count + 4 + count % 29
            // Five rows in a shuffled order, as in a ring; shares around one half make close calls.
            let rows = random.mask(pitch * 5, share: UInt8(100 + count % 50))
            let order = [3, 0, 4, 1, 2]
            var starts = InlineArray<5, Int>(repeating: 0)
            for i in 0..<5 { starts[i] = order[i] * pitch + 2 }
            var sums = [UInt8](repeating: 0, count: count + 4)
            var result = [UInt8](repeating: 9, count: count + 3)
            var any = false
            do {
                var scratch = sums.mutableSpan
                var target = result.mutableSpan
                any = medianRow(
                    of: rows.span, starts: starts, sums: &scratch, count: count, into: &target, at: 3)
            }
            let expected: [UInt8] = (0..<count).map { x in
                var set = 0
                for row in order {
                    for dx in 0..<5 where rows[row * pitch + x + dx] != 0 { set += 1 }
                }
                return set >= 13 ? 255 : 0
            }
            #expect(result == [9, 9, 9] + expected, "count \(count)")
            #expect(any == expected.contains(255))
        }
    }

    @Test func unionAgreesWithOr() {
        var random = RandomPixels(seed: 10)
        for count in everyWidth {
            let pitch = count + count % 13
            let rows = random.mask(pitch * 5 + 1, share: 40)
            var starts = InlineArray<5, Int>(repeating: 0)
            for i in 0..<5 { starts[i] = (4 - i) * pitch }
            var result = [UInt8](repeating: 9, count: count + 1)
            do {
                var target = result.mutableSpan
                unionRow(of: rows.span, starts: starts, count: count, into: &target)
            }
            let expected = (0..<count).map { x in (0..<5).reduce(UInt8(0)) { $0 | rows[$1 * pitch + x] } }
            #expect(result == expected + [9])
        }
    }

    @Test func countAgreesWithFilter() {
        var random = RandomPixels(seed: 11)
        for count in Array(everyWidth) + [255, 256, 257, 1920] {
            let row = random.mask(count, share: 200)
            #expect(countSet(row.span) == row.filter { $0 != 0 }.count)
            #expect(countSet([UInt8](repeating: 255, count: count).span) == count)
        }
    }

    @Test func enlargedMaskRepeatsItsPixels() {
        var random = RandomPixels(seed: 12)
        for factor in 1...4 {
            for width in [2, 7, 64, 129] {
                let stride = width + 5
                let mask = random.mask(stride * 6)
                let (w, h) = (width * factor + factor - 1, 6 * factor + factor - 1)
                var result = [UInt8](repeating: 9, count: w * h)
                do {
                    var target = result.mutableSpan
                    enlargeMask(
                        PlaneView(pixels: mask.span, width: width, height: 6, stride: stride), factor: factor,
                        width: w, height: h, into: &target)
                }
                for y in 0..<h {
                    for x in 0..<w {
                        let expected = mask[min(y / factor, 5) * stride + min(x / factor, width - 1)]
                        #expect(result[y * w + x] == expected)
                    }
                }
            }
        }
    }

    @Test func scaledLumaAgreesWithArithmetic() {
        var random = RandomPixels(seed: 13)
        for gain in [128, 200, 255, 256, 257, 300, 400, 511, 512] {
            let before = random.bytes(3 * 192)
            var after = before
            do {
                var target = after.mutableSpan
                scaleLuma(&target, gain: gain, first: 1, count: 2)
            }
            for i in before.indices {
                let isLuma = i >= 192 && i % 192 < 128
                #expect(Int(after[i]) == (isLuma ? min(255, (Int(before[i]) * gain) >> 8) : Int(before[i])))
            }
        }
    }

    @Test func bufferHoldsWhatIsWritten() {
        var buffer = PixelBuffer(count: 130, filledWith: 7)
        #expect(buffer.count == 130)
        #expect(Self.copy(buffer) == [UInt8](repeating: 7, count: 130))
        do {
            var bytes = buffer.mutableSpan
            for i in 0..<130 { bytes[i] = UInt8(i) }
        }
        #expect(Self.copy(buffer) == (0..<130).map { UInt8($0) })
        buffer.fill(with: 3)
        #expect(Self.copy(buffer) == [UInt8](repeating: 3, count: 130))
        #expect(Self.copy(PixelBuffer(count: 0)) == [])
    }

    private static func copy(_ buffer: borrowing PixelBuffer) -> [UInt8] {
        let bytes = buffer.span
        return (0..<bytes.count).map { bytes[$0] }
    }
}
