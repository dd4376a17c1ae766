import Detection
import Domain
import PixelKernels
import SyntheticScenes

/// A motion detector and pictures of the rendered gate for it, over and over, forwards and back.
///
/// `Sendable` holds because benchmarks run one after the other.
final class DetectorBuffers: @unchecked Sendable {
    private var detector = MotionDetector(settings: MotionSettings())
    private let pictures: [YUVFrame]
    private var count = 0

    /// `nil` for a size that cannot be rendered.
    init?(width: Int, height: Int) {
        let settings = SceneSettings(width: width, height: height)
        guard var scene = try? SceneName.gate.makeScene(settings) else { return nil }
        var truth = scene.makeTruthMask()
        pictures = (0..<20).map { number in
            var picture = scene.makePicture()
            _ = scene.render(frame: 120 + number, into: &picture, truth: &truth)
            return picture
        }
    }

    func analyseNext() {
        let place = count % (2 * pictures.count)
        let picture = pictures[place < pictures.count ? place : 2 * pictures.count - 1 - place]
        let time = MediaTime(seconds: Double(count) / 10)
        count += 1
        picture.withPicture { view in _ = detector.analyse(view, at: time) }
    }
}
