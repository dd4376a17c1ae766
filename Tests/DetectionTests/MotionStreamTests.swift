import Detection
import Domain
import PixelKernels
import Testing

/// What a stream does to a detector: it breaks off, changes its size, loses its colours, carries several objects.
@Suite struct MotionStreamTests {
    private static func learn(_ scene: inout NoisyScene, _ detector: inout MotionDetector) {
        for n in 0..<30 {
            scene.render()
            _ = scene.analyse(with: &detector, at: Double(n) / 10)
        }
    }

    @Test func reconnectKeepsTheBackground() {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        detector.streamRestarted()
        for n in 0..<30 {
            scene.render()
            let report = scene.analyse(with: &detector, at: 60 + Double(n) / 10)
            #expect(!report.isLearning)
            #expect(report.observations.isEmpty)
        }
        // And sees what walks in afterwards.
        var seen = false
        for n in 0..<20 {
            scene.render()
            scene.paint(x: 6 * n, y: 150, width: 24, height: 60, luma: 30)
            let report = scene.analyse(with: &detector, at: 63 + Double(n) / 10)
            seen = seen || !report.observations.isEmpty
        }
        #expect(seen)
    }

    @Test(arguments: [0.4, 1.7])
    func anotherLightAfterAReconnectIsNoAlarm(light: Double) {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        detector.streamRestarted()
        scene.light = light
        for n in 0..<60 {
            scene.render()
            let report = scene.analyse(with: &detector, at: 600 + Double(n) / 10)
            #expect(report.observations.isEmpty)
            #expect(n < 25 || !report.isLearning)
        }
    }

    @Test func somethingThatCameDuringTheOutageIsNoMotion() {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        detector.streamRestarted()
        for n in 0..<100 {
            scene.render()
            scene.paint(x: 300, y: 200, width: 120, height: 60, luma: 220)
            let report = scene.analyse(with: &detector, at: 100 + Double(n) / 10)
            // That it stands there now is said.
            #expect(report.observations.allSatisfy { $0.kind == .objectLeft })
        }
        // It has become background.
        let set = detector.withMask { mask in (0..<mask.height).reduce(0) { $0 + countSet(mask.row($1)) } }
        #expect(set == 0)
    }

    @Test func anotherPictureSizeLearnsAnew() {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        var small = NoisyScene(width: 352, height: 288)
        for n in 0..<40 {
            small.render()
            let report = small.analyse(with: &detector, at: 10 + Double(n) / 10)
            #expect(report.learning == (n < 16 ? .start : nil))
            #expect(report.observations.isEmpty)
        }
        let size = detector.maskSize
        #expect(size == (352, 288))
    }

    /// Sizes that no camera sends, but a broken stream may.
    @Test(arguments: [(1, 1), (2, 400), (15, 15), (16, 16), (17, 31), (33, 1080), (4000, 16), (65, 127), (1919, 1079)])
    func oddSizesAreTaken(width: Int, height: Int) {
        var detector = MotionDetector(settings: MotionSettings())
        let luma = [UInt8](repeating: 100, count: width * height)
        let chroma = [UInt8](repeating: 128, count: ((width + 1) / 2) * ((height + 1) / 2))
        for n in 0..<20 {
            let y = PlaneView(pixels: luma.span, width: width, height: height, stride: width)
            let c = PlaneView(
                pixels: chroma.span, width: (width + 1) / 2, height: (height + 1) / 2, stride: (width + 1) / 2)
            let report = detector.analyse(
                PictureView(luma: y, chromaU: c, chromaV: c, range: .limited), at: MediaTime(seconds: Double(n)))
            #expect(report.observations.isEmpty)
        }
    }

    @Test func colourLossIsNoMotion() {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        for n in 0..<100 {
            scene.render()
            let report = scene.analyseMonochrome(with: &detector, at: 10 + Double(n) / 10)
            #expect(!report.observations.contains { $0.kind == .motion })
        }
    }

    @Test func maskHasTheWalkerInIt() {
        var scene = NoisyScene(width: 1280, height: 720, noise: 3)
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        scene.render()
        scene.paint(x: 400, y: 300, width: 60, height: 160, luma: 20)
        let report = scene.analyse(with: &detector, at: 10)
        let (size, factor) = (detector.maskSize, detector.maskFactor)
        #expect(size == (640, 360))
        #expect(factor == 2)
        #expect(report.candidates.count == 1)
        detector.withMask { mask in
            var wrong = 0
            for y in 0..<mask.height {
                for x in 0..<mask.width {
                    let inside = (200..<230).contains(x) && (150..<230).contains(y)
                    if (mask.row(y)[x] != 0) != inside { wrong += 1 }
                }
            }
            #expect(wrong < 60, "\(wrong) of 2,400 pixels")
        }
    }

    @Test func twoThatCrossKeepTheirTracks() {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        var left: Set<Int> = []
        var right: Set<Int> = []
        for n in 0..<80 {
            scene.render()
            scene.paint(x: 40 + 7 * n, y: 120, width: 24, height: 60, luma: 30)
            scene.paint(x: 600 - 7 * n, y: 200, width: 24, height: 60, luma: 240)
            let report = scene.analyse(with: &detector, at: 10 + Double(n) / 10)
            for observation in report.observations {
                guard let box = observation.box, let track = observation.track else { continue }
                if box.center.y < 0.5 { left.insert(track) } else { right.insert(track) }
            }
        }
        #expect(left.count == 1)
        #expect(right.count == 1)
        #expect(left.isDisjoint(with: right))
    }

    @Test func observationsShowMeasurementsBesideThresholds() throws {
        var scene = NoisyScene()
        var detector = MotionDetector(settings: MotionSettings())
        Self.learn(&scene, &detector)
        var last: Observation?
        for n in 0..<20 {
            scene.render()
            scene.paint(x: 6 * n, y: 150, width: 24, height: 60, luma: 30)
            last = scene.analyse(with: &detector, at: 10 + Double(n) / 10).observations.first ?? last
        }
        let observation = try #require(last)
        #expect((0...1).contains(observation.confidence))
        for measurement in observation.measurements {
            guard let threshold = measurement.threshold else { continue }
            #expect(measurement.value >= threshold, "\(measurement.name)")
        }
        #expect(
            observation.measurements.map(\.name) == [
                "ageSeconds", "travelFraction", "areaFraction", "heightsPerSecond",
            ])
    }
}
