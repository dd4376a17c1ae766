import Detection
import Domain
import PixelKernels
import Testing

@testable import SiteConfiguration
@testable import Watch

/// The regime that a camera's pictures call for, and what is taken up of it after a restart.
@Suite struct SmokeStageTests {
    private static let width = 160
    private static let height = 128

    /// - Returns: whether the detector was still learning.
    private func look(_ stage: inout SmokeStage, at seconds: Double) -> Bool {
        let luma = [UInt8](unsafeUninitializedCapacity: Self.width * Self.height) { pixels, count in
            for place in 0..<Self.width * Self.height {
                pixels[place] = UInt8(60 + place % Self.width / 4 + place / Self.width)
            }
            count = Self.width * Self.height
        }
        let picture = PictureView(
            luma: PlaneView(pixels: luma.span, width: Self.width, height: Self.height, stride: Self.width),
            chromaU: nil, chromaV: nil, range: .full)
        return stage.analyse(picture, at: MediaTime(seconds: seconds)).isLearning
    }

    private func tower(_ options: SmokeOptions) throws -> [UInt8] {
        var stage = SmokeStage(options)
        for picture in 0..<16 { _ = look(&stage, at: Double(picture) * 60) }
        let state = stage.savedState()
        return try #require(state)
    }

    @Test func aTowerIsNotBlindAfterARestart() throws {
        let state = try tower(SmokeOptions(regime: .automatic))
        var stage = SmokeStage(SmokeOptions(regime: .automatic))
        try stage.restore(state, at: MediaTime(seconds: 960))
        let isLearning = look(&stage, at: 960)
        #expect(!isLearning, "it had learned the scene before")
        var anew = SmokeStage(SmokeOptions(regime: .automatic))
        let wouldLearn = look(&anew, at: 960)
        #expect(wouldLearn)
    }

    @Test func aCameraThatIsNoTowerAnyMoreIsLookedAtAsANearOne() throws {
        let state = try tower(SmokeOptions(regime: .automatic))
        var stage = SmokeStage(SmokeOptions(regime: .automatic))
        try stage.restore(state, at: MediaTime(seconds: 960))
        _ = look(&stage, at: 960)
        _ = look(&stage, at: 960.5)
        let (kept, isDue) = (stage.savedState(), stage.isDue(at: MediaTime(seconds: 961.1)))
        #expect(kept == nil, "near by, nothing is kept")
        #expect(isDue)
    }

    @Test func aCameraThatIsSaidToBeNearTakesNothingUp() throws {
        let state = try tower(SmokeOptions(regime: .tower))
        var stage = SmokeStage(SmokeOptions(regime: .near))
        try stage.restore(state, at: MediaTime(seconds: 960))
        let (isLearning, kept) = (look(&stage, at: 960), stage.savedState())
        #expect(isLearning && kept == nil)
    }

    @Test func howFarApartItsPicturesAreIsKnown() {
        var near = SmokeStage(SmokeOptions(regime: .near))
        _ = look(&near, at: 0)
        #expect(near.step == .milliseconds(500))
        var tower = SmokeStage(SmokeOptions(regime: .tower))
        _ = look(&tower, at: 0)
        #expect(tower.step == .seconds(30))
        _ = look(&tower, at: 60)
        #expect(tower.step == .seconds(60), "the stream's own, which is slower")
        _ = look(&tower, at: 90_000)
        #expect(tower.step == .seconds(30), "a pause is no step")
    }
}
