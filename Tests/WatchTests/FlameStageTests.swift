import Detection
import Domain
import PixelKernels
import Testing

@testable import Watch

/// What the danger of fire asks of the flame detector reaches it with the next picture.
@Suite struct FlameStageTests {
    private static let width = 128
    private static let height = 96

    /// When flame is first reported in a yard with a fire, looked at twice a second for ten seconds.
    private func firstReport(_ demand: @escaping @Sendable () -> FireDemand) -> Double? {
        var stage = FlameStage(demand: demand)
        for step in 0..<20 {
            let time = MediaTime(seconds: Double(step) / 2)
            guard stage.isDue(at: time) else { continue }
            if !look(&stage, step, at: time).isEmpty { return time.seconds }
        }
        return nil
    }

    private func look(_ stage: inout FlameStage, _ step: Int, at time: MediaTime) -> [Observation] {
        var luma = [UInt8](repeating: 90, count: Self.width * Self.height)
        var blue = [UInt8](repeating: 128, count: luma.count / 4)
        var red = blue
        for y in 40..<56 {
            for x in 48..<64 {
                luma[y * Self.width + x] = UInt8(240 - (x / 8 + step) % 2 * 60)
                blue[y / 2 * (Self.width / 2) + x / 2] = 90
                red[y / 2 * (Self.width / 2) + x / 2] = 180
            }
        }
        let picture = PictureView(
            luma: PlaneView(pixels: luma.span, width: Self.width, height: Self.height, stride: Self.width),
            chromaU: PlaneView(
                pixels: blue.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
            chromaV: PlaneView(
                pixels: red.span, width: Self.width / 2, height: Self.height / 2, stride: Self.width / 2),
            range: .full)
        return stage.analyse(picture, at: time)
    }

    @Test func barAndDwellFollowTheDanger() throws {
        let usual = try #require(firstReport { FireDemand() })
        #expect(try #require(firstReport { FireDemand(flameBar: 0.5) }) == usual - 1)
        #expect(try #require(firstReport { FireDemand(dwellSeconds: 2) }) == usual + 2)
        #expect(
            try #require(firstReport { FireDemand(smokeBar: 0.5, pictureEverySeconds: 30) }) == usual, "that is smoke's"
        )
    }

    @Test func picturesAreLookedAtAsOftenAsTheDangerAsks() {
        var stage = FlameStage(demand: { FireDemand(flamePictureEverySeconds: 2) })
        _ = look(&stage, 0, at: .zero)
        let due = [0.5, 1, 2.1].map { stage.isDue(at: MediaTime(seconds: $0)) }
        #expect(due == [false, false, true])
    }

    @Test func aChangeReachesItWithTheNextPicture() throws {
        let board = DemandBoard()
        board.replace(with: FireDemand(flameBar: 2))
        var stage = FlameStage(demand: { board.current })
        for step in 0..<6 {
            let found = look(&stage, step, at: MediaTime(seconds: Double(step) / 2))
            #expect(found.isEmpty)
        }
        board.replace(with: FireDemand(flameBar: 0.5))
        let found = look(&stage, 6, at: MediaTime(seconds: 3))
        #expect(!found.isEmpty)
    }
}
