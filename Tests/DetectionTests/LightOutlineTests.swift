import Domain
import Testing

@testable import Detection

/// Light that changes on a part of the picture is no object, and an object in it is one.
@Suite struct LightOutlineTests {
    private static let width = 100

    /// Lets a patch of light, or one that is covered, pass from left to right within eight seconds.
    ///
    /// - Parameter walks: whether somebody walks the other way.
    private func found(light: Double, softness: Double = 70, walks: Bool = false) -> [Box] {
        var boxes: [Box] = []
        watch { scene, n in
            if walks, n >= 30 { scene.paint(x: 600 - 6 * (n - 30), y: 200, width: 24, height: 70, luma: 20) }
            scene.light(around: Self.middle(n), length: Double(Self.width), softness: softness, times: light)
        } seeing: { report, _ in
            boxes += report.observations.filter { $0.kind == .motion }.compactMap(\.box)
        }
        return boxes
    }

    private static func middle(_ n: Int) -> Double { Double(n - 25) * 10 - 120 }

    private func watch(
        _ draw: (inout NoisyScene, Int) -> Void, seeing: (MotionReport, borrowing MotionDetector) -> Void
    ) {
        var scene = NoisyScene(noise: 2)
        var detector = MotionDetector(settings: MotionSettings())
        for n in 0..<120 {
            scene.render()
            draw(&scene, n)
            seeing(scene.analyse(with: &detector, at: Double(n) / 10), detector)
        }
    }

    @Test(arguments: [0.55, 1.45]) func lightThatFadesAtItsEdgesIsNoMotion(light: Double) {
        #expect(found(light: light).isEmpty)
    }

    @Test func whatEndsSharplyIsAnObject() {
        #expect(!found(light: 1.45, softness: 0.5).isEmpty)
    }

    @Test(arguments: [0.55, 1.45]) func whoWalksThroughIsFollowed(light: Double) {
        let boxes = found(light: light, walks: true)
        #expect(boxes.count > 60)
        #expect(boxes.allSatisfy { $0.width < 0.12 })
    }

    /// Light that fades on three sides and ends sharply on the last: the corner of a wall that it does not reach.
    @Test func whatIsNotPlainlyLightIsToldWithItsValue() throws {
        var told: [UnconfirmedTrack] = []
        watch { scene, n in
            scene.light(around: Self.middle(n), length: Double(Self.width), softness: 70, times: 1.45, upTo: 150)
        } seeing: { report, _ in
            #expect(report.observations.isEmpty)
            told += report.unconfirmed
        }
        let shares = told.filter { $0.reason == .sceneChanged }.compactMap { track in
            track.measurements.first { $0.name == "lightShare" }
        }
        let most = try #require(shares.max { $0.value < $1.value })
        #expect(most.value > 0.3 && most.threshold == 0.3)
    }
}
