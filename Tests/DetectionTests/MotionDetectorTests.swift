import Detection
import Domain
import PixelKernels
import Testing

@Suite struct MotionDetectorTests {
    /// Learns an empty scene for three seconds.
    private static func learn(
        _ scene: inout NoisyScene, _ detector: inout MotionDetector, rate: Double, seconds: Double = 3
    ) -> Double {
        // Slow cameras need 16 pictures and a few to settle.
        let pictures = max(Int(seconds * rate), 24)
        for n in 0..<pictures {
            scene.render()
            let report = scene.analyse(with: &detector, at: Double(n) / rate)
            #expect(report.observations.isEmpty)
        }
        return Double(pictures) / rate
    }

    @Test func noiseAloneIsNoMotion() {
        var scene = NoisyScene(noise: 4)
        var detector = MotionDetector(settings: MotionSettings())
        var learning = 0
        var candidates = 0
        for n in 0..<600 {
            scene.render()
            let report = scene.analyse(with: &detector, at: Double(n) / 10)
            if report.isLearning { learning += 1 }
            candidates += report.candidates.count
            #expect(report.observations.isEmpty, "picture \(n)")
        }
        #expect(learning == 16)
        #expect(candidates == 0)
    }

    /// A gust shakes the camera for one picture: edges differ, but by background from beside them.
    @Test(arguments: [(4, 0), (0, 5), (6, -6)])
    func shakenBackgroundIsNoObjectAndAnObjectIsOneAllTheSame(across: Int, down: Int) {
        var scene = NoisyScene(noise: 2)
        var detector = MotionDetector(settings: MotionSettings())
        let start = Self.learn(&scene, &detector, rate: 10)
        scene.render()
        scene.shift(across: across, down: down)
        let shaken = scene.analyse(with: &detector, at: start)
        #expect(shaken.foregroundFraction > 0.05)
        #expect(shaken.candidates.isEmpty)
        scene.render()
        scene.paint(x: 300, y: 200, width: 20, height: 50, luma: 30)
        let walker = Box(x: 300.0 / 640, y: 200.0 / 360, width: 20.0 / 640, height: 50.0 / 360)
        let seen = scene.analyse(with: &detector, at: start + 0.1).candidates
        #expect(seen.count == 1 && seen.allSatisfy { $0.overlap(with: walker) > 0.7 })
    }

    @Test(arguments: [5.0, 10, 25])
    func walkerIsFoundWithinHalfASecondAndKeepsItsTrack(rate: Double) {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: rate))
        let start = Self.learn(&scene, &detector, rate: rate)
        var found: Double?
        var tracks: Set<Int> = []
        var seen = 0
        var pictures = 0
        // Half of the walker, 20 x 50 pixels, is in the picture at `start`; he walks 60 pixels a second.
        for n in 0..<Int(8 * rate) {
            let elapsed = Double(n) / rate
            scene.render()
            let x = Int(-10 + 60 * elapsed)
            scene.paint(x: x, y: 200, width: 20, height: 50, luma: 40)
            let report = scene.analyse(with: &detector, at: start + elapsed)
            let walkers = report.observations.filter { $0.kind == .motion }
            #expect(walkers.count <= 1)
            if found != nil { pictures += 1 }
            if let walker = walkers.first, let box = walker.box {
                found = found ?? elapsed
                seen += 1
                if let track = walker.track { tracks.insert(track) }
                if x >= 0 {
                    let truth = Box(x: Double(x) / 640, y: 200.0 / 360, width: 20.0 / 640, height: 50.0 / 360)
                    #expect(box.overlap(with: truth) > 0.6, "at \(elapsed) s: \(box)")
                }
            }
        }
        #expect(found.map { $0 <= 0.5 } == true, "found after \(found ?? -1) s")
        #expect(tracks.count == 1)
        #expect(seen >= pictures * 9 / 10)
    }

    @Test func walkerIsFoundAtOnePictureASecond() {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: 1))
        let start = Self.learn(&scene, &detector, rate: 1)
        var found = false
        for n in 0..<8 {
            scene.render()
            scene.paint(x: 20 + 60 * n, y: 200, width: 20, height: 50, luma: 40)
            let report = scene.analyse(with: &detector, at: start + Double(n))
            found = found || report.observations.contains { $0.kind == .motion }
        }
        #expect(found)
    }

    @Test func slowLightChangeIsNoMotion() {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings())
        let start = Self.learn(&scene, &detector, rate: 10)
        // A cloud: down by 60 % over 20 s, and back.
        for n in 0..<400 {
            let phase = Double(n < 200 ? n : 400 - n) / 200
            scene.light = 1 - 0.6 * phase
            scene.render()
            let report = scene.analyse(with: &detector, at: start + Double(n) / 10)
            #expect(report.observations.filter { $0.kind == .motion }.isEmpty, "picture \(n)")
        }
    }

    @Test(arguments: [0.2, 0.65, 1.5, 1.9])
    func lightStepIsASceneChangeAndNoMotion(light: Double) {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings())
        let start = Self.learn(&scene, &detector, rate: 10)
        scene.light = light
        var kinds: [IncidentKind] = []
        for n in 0..<100 {
            scene.render()
            let report = scene.analyse(with: &detector, at: start + Double(n) / 10)
            kinds += report.observations.map(\.kind)
        }
        #expect(kinds == [.sceneChange])
    }

    @Test func samePicturesGiveSameReports() {
        func run() -> [MotionReport] {
            var scene = NoisyScene(width: 322, height: 182, noise: 5, seed: 9)
            var detector = MotionDetector(settings: MotionSettings())
            var reports: [MotionReport] = []
            for n in 0..<120 {
                scene.render()
                scene.paint(x: 5 * n - 100, y: 60, width: 30, height: 60, luma: 220)
                reports.append(scene.analyse(with: &detector, at: Double(n) / 10))
            }
            return reports
        }
        let first = run()
        #expect(first == run())
        #expect(first.contains { !$0.observations.isEmpty })
    }
}
