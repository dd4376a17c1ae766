import Domain
import PixelKernels
import Testing

@testable import Detection

/// A camera without colour watches rendered nights.
@Suite struct NightGlowTests {
    /// When something was first reported within so many seconds, and where; `nil` where nothing was.
    private func first(_ event: NightScene.Event, seed: UInt64, seconds: Double = 300) -> Observation? {
        var scene = NightScene(event, seed: seed)
        var detector = FlameDetector()
        let (width, height) = (NightScene.width, NightScene.height)
        let grey = [UInt8](repeating: 128, count: width * height / 4)
        for step in 0..<Int(seconds / NightScene.stepSeconds) {
            let luma = scene.picture(step)
            let picture = PictureView(
                luma: PlaneView(pixels: luma.span, width: width, height: height, stride: width),
                chromaU: PlaneView(pixels: grey.span, width: width / 2, height: height / 2, stride: width / 2),
                chromaV: PlaneView(pixels: grey.span, width: width / 2, height: height / 2, stride: width / 2),
                range: .full)
            let time = MediaTime(seconds: Double(step) * NightScene.stepSeconds)
            if let found = detector.analyse(picture, at: time).first { return found }
        }
        return nil
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aFireThatGrowsIsReportedWithinFourMinutes(seed: UInt64) throws {
        let found = try #require(first(.fire, seed: seed))
        #expect(found.kind == .flame && found.time.seconds > NightScene.begin)
        let middle = try #require(found.box).center
        let fire = NightScene(.fire, seed: seed).place
        #expect(abs(middle.x * Double(NightScene.width) - fire.x) < 24)
        #expect(abs(middle.y * Double(NightScene.height) - fire.y) < 32)
        #expect(found.measurements.map(\.name) == ["glowGrowth", "glowFlicker"])
        #expect(found.measurements.allSatisfy { $0.value >= ($0.threshold ?? .infinity) })
    }

    /// A torch that comes nearer for minutes and then stays cannot be told from a glow by what is measured of it.
    @Test(arguments: NightScene.Event.allCases.filter { ![.fire, .torch].contains($0) }, 1...2 as ClosedRange<UInt64>)
    func otherLightsAreNoFire(event: NightScene.Event, seed: UInt64) {
        let found = first(event, seed: seed)
        #expect(found == nil, "\(event) \(seed): \(found.map { "\($0.time.seconds) s" } ?? "")")
    }
}
