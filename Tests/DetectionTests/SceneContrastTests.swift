import SyntheticScenes
import Testing

@testable import Detection

@Suite struct SceneContrastTests {
    private func radius(spread: Int, colorfulness: Double, rangeScale: Double = 1) -> UInt8 {
        SceneContrast(spread: spread, colorfulness: colorfulness).radius(rangeScale: rangeScale)
    }

    @Test func whatMustDifferFollowsTheContrast() {
        #expect(radius(spread: 150, colorfulness: 8) == 16)
        #expect(radius(spread: 80, colorfulness: 8) == 16)
        #expect(radius(spread: 55, colorfulness: 8) == 11)
        #expect(radius(spread: 30, colorfulness: 8) == 6)
        #expect(radius(spread: 0, colorfulness: 8) == 6)
        #expect(SceneContrast.full.radius(rangeScale: 1) == 16)
    }

    @Test func withoutColourLessMustDiffer() {
        #expect(radius(spread: 150, colorfulness: 0) == 10)
        #expect(radius(spread: 30, colorfulness: 0) == 6)
    }

    /// A picture of limited range holds the same scene in fewer levels.
    @Test func limitedRangeIsTheSameSceneSqueezed() {
        let squeezed = 219.0 / 255
        #expect(radius(spread: 69, colorfulness: 8, rangeScale: squeezed) == 13)
        #expect(radius(spread: 26, colorfulness: 8, rangeScale: squeezed) == 5)
    }

    /// Light differs less from dark where both are in one picture's shade.
    @Test func theContrastIsThatOfTheBackground() throws {
        let geometry = try #require(WorkingGeometry(sourceWidth: 320, sourceHeight: 180, workingHeight: 180))
        var model = BackgroundModel(geometry: geometry, settings: MotionSettings())
        for _ in 0..<16 {
            var frame = YUVFrame(width: 320, height: 180)
            for y in 0..<180 { for x in 0..<320 { frame.y[y * 320 + x] = UInt8(60 + x / 8) } }
            frame.withPicture { model.load($0) }
            model.learn()
        }
        // 40 levels from side to side, of limited range: four fifths of them are between the tenths.
        #expect(model.sampleRadius == SceneContrast(spread: 32, colorfulness: 0).radius(rangeScale: 219.0 / 255))
    }
}
