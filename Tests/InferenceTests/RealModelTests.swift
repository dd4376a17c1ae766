import Foundation
import Testing

@testable import Inference

/// yolox_nano.onnx as its authors export it (Apache-2.0): input 416 x 416, the 80 classes of COCO.
@Suite struct RealModelTests {
    @Test func yoloxNanoLoadsAndRuns() throws {
        guard let file = Model.shared("models/yolox_nano.onnx") else { return }
        let bytes = [UInt8](try Data(contentsOf: file))
        var classifier = try ObjectClassifier(onnx: bytes, name: "yolox_nano.onnx")
        #expect(classifier.labels.count == 80)
        // A picture of nothing shows nothing.
        let picture = PaintedPicture(width: 640, height: 360)
        #expect(try classifier.objects(in: picture.crop()).isEmpty)
    }

    @Test func aRealModelThatIsCutOffIsRefused() throws {
        guard let file = Model.shared("models/yolox_nano.onnx") else { return }
        let bytes = [UInt8](try Data(contentsOf: file))
        for length in [1, 100, bytes.count / 2, bytes.count - 1] {
            #expect(loadingError(Array(bytes[..<length]), name: "cut") != nil, "\(length) bytes")
        }
    }
}
