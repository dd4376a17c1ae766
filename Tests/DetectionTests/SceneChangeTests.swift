import Detection
import Domain
import PixelKernels
import SyntheticScenes
import Testing

/// What is said when the whole picture, or a thing in it that does not move, becomes another one.
@Suite struct SceneChangeTests {
    /// The empty courtyard, one picture after the other, seen through a window that can be moved.
    struct Courtyard {
        var scene: any Scene
        var picture: YUVFrame
        private var truth: TruthMask
        private var frame = 0
        private static let window = (width: 560, height: 320)

        init() throws {
            scene = try SceneName.staticNoise.makeScene(SceneSettings(seconds: 30))
            picture = scene.makePicture()
            truth = scene.makeTruthMask()
        }

        mutating func next() {
            _ = scene.render(frame: frame % scene.frameCount, into: &picture, truth: &truth)
            frame += 1
        }

        /// The part of a plane that the window shows; `part` is 2 for chroma.
        @_lifetime(copy samples)
        private static func plane(_ samples: Span<UInt8>, _ x: Int, _ y: Int, _ part: Int) -> PlaneView {
            let stride = 640 / part
            let start = y / part * stride + x / part
            return PlaneView(
                pixels: samples.extracting(start..<samples.count), width: window.width / part,
                height: window.height / part, stride: stride)
        }

        func analyse(_ detector: inout MotionDetector, at seconds: Double, x: Int = 0, y: Int = 0) -> MotionReport {
            let luma = Self.plane(picture.y.span, x, y, 1)
            let u = Self.plane(picture.u.span, x, y, 2)
            let v = Self.plane(picture.v.span, x, y, 2)
            return detector.analyse(
                PictureView(luma: luma, chromaU: u, chromaV: v, range: .limited), at: MediaTime(seconds: seconds))
        }
    }

    enum Event: CaseIterable { case infrared, moved, lost, light }

    @Test(arguments: Event.allCases)
    func whatChangedIsSaidOnceAndIsNoMotion(_ event: Event) throws {
        var yard = try Courtyard()
        var detector = MotionDetector(settings: MotionSettings())
        var changes: [SceneChange] = []
        for n in 0..<90 {
            yard.next()
            let isAfter = n >= 40
            if isAfter {
                switch event {
                case .infrared:
                    for i in yard.picture.u.indices { (yard.picture.u[i], yard.picture.v[i]) = (128, 128) }
                case .lost:
                    for i in yard.picture.y.indices { yard.picture.y[i] = 16 }
                    for i in yard.picture.u.indices { (yard.picture.u[i], yard.picture.v[i]) = (128, 128) }
                case .light:
                    for i in yard.picture.y.indices { yard.picture.y[i] = 16 + (yard.picture.y[i] - 16) / 5 }
                case .moved: break
                }
            }
            let isMoved = isAfter && event == .moved
            let report = yard.analyse(&detector, at: Double(n) / 10, x: isMoved ? 48 : 0, y: isMoved ? 16 : 0)
            if let change = report.sceneChange { changes.append(change) }
            #expect(report.observations.allSatisfy { $0.kind == .sceneChange }, "picture \(n)")
            #expect(report.observations.isEmpty == (report.sceneChange == nil))
            // Two seconds later the detector watches again.
            if n >= 62 { #expect(!report.isLearning) }
        }
        let expected: SceneChange =
            switch event {
            case .infrared: .infrared
            case .moved: .moved
            case .lost: .lost
            case .light: .light
            }
        #expect(changes == [expected])
    }

    @Test func walkerIsFoundAfterTheSwitchToInfrared() throws {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings())
        for n in 0..<30 {
            scene.render()
            _ = scene.analyse(with: &detector, at: Double(n) / 10)
        }
        var found = false
        for n in 30..<80 {
            scene.render()
            if n >= 55 { scene.paint(x: 6 * (n - 55), y: 150, width: 24, height: 60, luma: 30) }
            let report = scene.analyseMonochrome(with: &detector, at: Double(n) / 10)
            found = found || report.observations.contains { $0.kind == .motion }
        }
        #expect(found)
    }

    @Test(arguments: [true, false])
    func whatIsLeftOrRemovedIsToldApart(isLeft: Bool) {
        var scene = NoisyScene(noise: 3)
        var detector = MotionDetector(settings: MotionSettings())
        var kinds: Set<IncidentKind> = []
        var first: Double?
        var last = 0.0
        for n in 0..<180 {
            scene.render()
            // There from 4 s on, or until then; taken away again, or put back, at 14 s.
            let isThere = (n >= 40 && n < 140) == isLeft
            if isThere { scene.paint(x: 300, y: 150, width: 50, height: 40, luma: 210) }
            let report = scene.analyse(with: &detector, at: Double(n) / 10)
            for observation in report.observations {
                #expect(observation.kind != .motion, "picture \(n)")
                guard n < 140 else { continue }
                kinds.insert(observation.kind)
                first = first ?? Double(n) / 10
                last = Double(n) / 10
                let truth = Box(x: 300.0 / 640, y: 150.0 / 360, width: 50.0 / 640, height: 40.0 / 360)
                #expect((observation.box?.overlap(with: truth) ?? 0) > 0.6)
            }
        }
        #expect(kinds == [isLeft ? .objectLeft : .objectRemoved])
        #expect(first.map { $0 < 7 } == true)
        // Also after the background has taken it in.
        #expect(last > 13.5)
    }

    @Test func shadowBelongsToNobody() {
        var scene = NoisyScene(noise: 2)
        var detector = MotionDetector(settings: MotionSettings())
        var widest = 0.0
        for n in 0..<70 {
            scene.render()
            if n >= 30 {
                let x = 20 + 6 * (n - 30)
                scene.dim(x: x + 20, y: 190, width: 60, height: 30, to: 0.6)
                scene.paint(x: x, y: 140, width: 24, height: 80, luma: 20)
            }
            let report = scene.analyse(with: &detector, at: Double(n) / 10)
            for observation in report.observations { widest = max(widest, observation.box?.width ?? 0) }
        }
        #expect(widest > 0 && widest < 40.0 / 640, "the shadow makes it 80 pixels wide")
    }
}
