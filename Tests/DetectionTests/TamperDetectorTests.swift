import Detection
import Domain
import Foundation
import PixelKernels
import SyntheticScenes
import Testing

/// What is done to a camera is told, once and by its name; what happens before it is not.
@Suite struct TamperDetectorTests {
    @Test(arguments: TamperEvent.attacks)
    func attacksAreTold(_ event: TamperEvent) throws {
        let outcome = try event.outcome()
        #expect(outcome.told.map(\.kind) == [event.expected])
        let second = outcome.told.first?.second ?? .infinity
        print("tamper: \(event.rawValue): told \(second - (event == .frozen ? 20 : 30)) s after it began")
        // Confirmed within ten seconds, a frozen picture within 32; over when the view is back.
        #expect(second <= (event == .frozen ? 52 : 40))
        #expect(outcome.last == nil)
    }

    @Test(arguments: TamperEvent.innocent)
    func whatHappensBeforeACameraIsNotTampering(_ event: TamperEvent) throws {
        let isLong = ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] != nil
        for seed in isLong ? 1...10 as ClosedRange<UInt64> : 1...1 {
            let told = try event.outcome(seed: seed).told
            #expect(told.isEmpty, "\(event.rawValue): \(told)")
        }
    }

    @Test func picturesTooSmallToJudgeAreLeftAlone() {
        var detector = TamperDetector()
        let pixels = [UInt8](repeating: 90, count: 40 * 40)
        for second in 0..<90 {
            let plane = PlaneView(pixels: pixels.span, width: 40, height: 40, stride: 40)
            let report = detector.analyse(
                PictureView(luma: plane, chromaU: nil, chromaV: nil, range: .full),
                at: MediaTime(seconds: Double(second)))
            #expect(report.observations.isEmpty && !report.isLearning)
        }
    }

    /// Another size is another view, and learned as one.
    @Test func aStreamThatChangesItsSizeIsNotTampered() throws {
        var detector = TamperDetector()
        for (width, start) in [(640, 0.0), (320, 40.0), (640, 80.0)] {
            var scene = try SceneName.staticNoise.makeScene(
                SceneSettings(width: width, height: width / 16 * 9 / 2 * 2, framesPerSecond: 2, seconds: 20))
            var picture = scene.makePicture()
            var mask = scene.makeTruthMask()
            for frame in 0..<80 {
                _ = scene.render(frame: frame, into: &picture, truth: &mask)
                let report = picture.withPicture {
                    detector.analyse($0, at: MediaTime(seconds: start + Double(frame) / 2))
                }
                #expect(report.observations.isEmpty)
            }
        }
    }

    @Test func aMovedCameraIsAcceptedInTheEnd() throws {
        var settings = TamperSettings()
        settings.acceptSeconds = 20
        var detector = TamperDetector(settings: settings)
        var scene = try SceneName.staticNoise.makeScene(
            SceneSettings(width: 640, height: 360, framesPerSecond: 2, seconds: 20))
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        var told: [Double] = []
        for frame in 0..<240 {
            let now = Double(frame) / 2
            _ = scene.render(frame: frame, into: &picture, truth: &mask)
            let (x, y) = now < 30 ? (0, 0) : (160, 72)
            let luma = PlaneView(
                pixels: picture.y.span.extracting(y * 640 + x..<640 * 360), width: 480, height: 288, stride: 640)
            let report = detector.analyse(
                PictureView(luma: luma, chromaU: nil, chromaV: nil, range: .limited), at: MediaTime(seconds: now))
            if !report.observations.isEmpty { told.append(now) }
        }
        #expect(told.first.map { $0 >= 37 && $0 <= 40 } == true)
        #expect(told.last.map { $0 <= 62 } == true)
    }
}
