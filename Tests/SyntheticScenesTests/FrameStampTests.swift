import SyntheticScenes
import Testing

@Suite struct FrameStampTests {
    @Test(arguments: [0, 1, 2, 255, 256, 43_690, 65_535])
    func whatIsDrawnIsRead(number: Int) {
        var picture = YUVFrame(width: 160, height: 96)
        for index in picture.y.indices { picture.y[index] = UInt8(truncatingIfNeeded: index &* 37) }
        #expect(FrameStamp.read(picture) == nil)
        FrameStamp.draw(number, on: &picture)
        #expect(FrameStamp.read(picture) == number)
        // As an encoder leaves it: blurred and off by some steps.
        for index in picture.y.indices { picture.y[index] = picture.y[index] / 2 + 60 + UInt8(index % 20) }
        #expect(FrameStamp.read(picture) == number)
    }

    @Test func aFlippedBlockIsNoNumber() {
        for block in 0..<FrameStamp.blockCount {
            var picture = YUVFrame(width: 160, height: 96)
            FrameStamp.draw(1_234, on: &picture)
            for row in 0..<8 {
                for x in block * 8..<block * 8 + 8 { picture.y[row * 160 + x] = 251 - picture.y[row * 160 + x] }
            }
            #expect(FrameStamp.read(picture) == nil)
        }
    }

    @Test func aPictureTooSmallIsLeftAlone() {
        var picture = YUVFrame(width: 100, height: 96)
        let before = picture
        FrameStamp.draw(1, on: &picture)
        #expect(picture == before && FrameStamp.read(picture) == nil)
    }
}
