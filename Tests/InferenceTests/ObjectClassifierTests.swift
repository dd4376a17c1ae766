import Domain
import PixelKernels
import Testing

@testable import Inference

@Suite struct ObjectClassifierTests {
    static let labels = ["person", "car", "dog"]

    private func classifier(_ model: String) throws -> ObjectClassifier {
        try ObjectClassifier(onnx: Model.bytes(model), name: model, labels: Self.labels)
    }

    /// tiny-yolox.onnx and tiny-yolov8.onnx: input 64 x 64, three classes, one per level of the head.
    @Test(arguments: ["tiny-yolox.onnx", "tiny-yolov8.onnx"])
    func eachLevelFindsItsObjectWhereItIs(model: String) throws {
        var picture = PaintedPicture(width: 64, height: 64)
        picture.paint(.blue, x: 8, y: 40, width: 8, height: 8)
        picture.paint(.red, x: 16, y: 16, width: 16, height: 16)
        picture.paint(.green, x: 32, y: 32, width: 32, height: 32)
        var classifier = try classifier(model)
        let objects = try classifier.objects(in: picture.crop())
        #expect(Set(objects.map(\.label)) == Set(Self.labels))
        #expect(objects.count == 3)
        let expected = [
            "person": Box(x: 0.125, y: 0.625, width: 0.125, height: 0.125),
            "car": Box(x: 0.25, y: 0.25, width: 0.25, height: 0.25),
            "dog": Box(x: 0.5, y: 0.5, width: 0.5, height: 0.5),
        ]
        // YOLOX multiplies by the objectness, which this model holds to be .75 everywhere.
        let confidence = model.contains("yolox") ? 0.75 : 1
        for object in objects {
            let truth = try #require(expected[object.label])
            #expect(object.box.overlap(with: truth) > 0.99, "\(object)")
            #expect(abs(object.confidence - confidence) <= 0.01, "\(object)")
        }
    }

    /// A crop that is not square is scaled, set into grey and its boxes come back undistorted.
    @Test(arguments: ["tiny-yolox.onnx", "tiny-yolov8.onnx"])
    func boxesComeBackThroughTheLetterbox(model: String) throws {
        var picture = PaintedPicture(width: 640, height: 360)
        // 32 x 32 pixels: a quarter of a crop of 128 x 64 pixels, which is scaled by half.
        picture.paint(.red, x: 320, y: 96, width: 32, height: 32)
        let crop = picture.crop(Box(x: 256.0 / 640, y: 96.0 / 360, width: 128.0 / 640, height: 64.0 / 360))
        #expect(crop.width == 128 && crop.height == 64)
        var classifier = try classifier(model)
        let car = try #require(try classifier.objects(in: crop).first)
        #expect(car.label == "car")
        let truth = Box(x: 320.0 / 640, y: 96.0 / 360, width: 32.0 / 640, height: 32.0 / 360)
        #expect(car.box.overlap(with: truth) > 0.95, "\(car)")
    }

    @Test(arguments: ["tiny-yolox.onnx", "tiny-yolov8.onnx"])
    func thereIsNothingInAnEmptyOrGreyPicture(model: String) throws {
        var classifier = try classifier(model)
        var picture = PaintedPicture(width: 64, height: 64)
        #expect(try classifier.objects(in: picture.crop()).isEmpty)
        picture.paint(.red, x: 16, y: 16, width: 16, height: 16)
        #expect(try classifier.objects(in: picture.crop(isColoured: false)).isEmpty)
        #expect(try classifier.objects(in: picture.crop()).count == 1)
    }

    @Test func labelsMustBeAsManyAsClasses() throws {
        let bytes = try Model.bytes("tiny-yolox.onnx")
        let error = #expect(throws: InferenceError.self) {
            _ = try ObjectClassifier(onnx: bytes, name: "tiny-yolox.onnx")
        }
        #expect(error?.code == .wrongHead)
        #expect(error?.problem == "tiny-yolox.onnx tells 3 classes apart, but there are 80 labels")
    }

    @Test func whatIsNoDetectorIsRefused() throws {
        let bytes = try Model.bytes("doubling.onnx")
        let error = #expect(throws: InferenceError.self) {
            _ = try ObjectClassifier(onnx: bytes, name: "doubling.onnx")
        }
        #expect(error?.code == .wrongHead)
    }

    /// The size of the output tells the head; what fits neither says what was expected.
    @Test func theHeadIsToldFromTheOutput() throws {
        func head(_ shape: [Int]) throws(InferenceError) -> DetectorHead {
            try DetectorHead(
                input: TensorForm(name: "images", shape: [1, 3, 416, 416]),
                outputs: [TensorForm(name: "output", shape: shape)], name: "m.onnx")
        }
        #expect(try head([1, 3549, 85]).kind == .yolox)
        #expect(try head([1, 3549, 85]).classCount == 80)
        #expect(try head([1, 84, 3549]).kind == .yolov8)
        #expect(try head([1, 5, 3549]).classCount == 1)
        for shape in [[1, 10647, 85], [1, 3549, 5], [2, 3549, 85], [1, 1000], [1, 4, 3549]] {
            let error = #expect(throws: InferenceError.self) { _ = try head(shape) }
            #expect(error?.code == .wrongHead)
        }
        let yolov5 = #expect(throws: InferenceError.self) { _ = try head([1, 10647, 85]) }
        #expect(yolov5?.problem.contains("1x3549x(5 + classes)") == true)
    }

    @Test func doublesOfOneClassAreSuppressed() {
        func finding(_ classIndex: Int, _ confidence: Double, x: Double) -> DetectorHead.Finding {
            DetectorHead.Finding(classIndex: classIndex, confidence: confidence, x: x, y: 0, width: 10, height: 10)
        }
        let kept = DetectorHead.suppressingDoubles([
            finding(0, 0.5, x: 0), finding(0, 0.9, x: 1), finding(1, 0.6, x: 1), finding(0, 0.4, x: 8),
            finding(0, 0.9, x: 2),
        ])
        #expect(kept == [finding(0, 0.9, x: 1), finding(1, 0.6, x: 1), finding(0, 0.4, x: 8)])
    }

    /// What a network may give that is no number does not become an object.
    @Test func nonsenseInTheOutputIsNothing() throws {
        let head = try DetectorHead(
            input: TensorForm(name: "images", shape: [1, 3, 32, 32]),
            outputs: [TensorForm(name: "output", shape: [1, 21, 7])], name: "m.onnx")
        for value in [Float.nan, .infinity, -.infinity, 3e38] {
            let output = [Float](repeating: value, count: 21 * 7)
            #expect(head.findings(in: output.span, minimumConfidence: 0.1).isEmpty)
        }
    }
}

@Suite struct PictureCropTests {
    @Test(arguments: [
        (Box(x: 0, y: 0, width: 1, height: 1), 64, 48), (Box(x: -1, y: -1, width: 3, height: 3), 64, 48),
        (Box(x: 0.5, y: 0.5, width: 0, height: 0), 2, 2), (Box(x: 2, y: 2, width: 1, height: 1), 2, 2),
        (Box(x: 0.25, y: 0.25, width: 0.5, height: 0.5), 32, 24), (Box(x: .nan, y: 0, width: 1, height: 1), 64, 48),
    ])
    func aCropLiesInsideThePicture(box: Box, width: Int, height: Int) {
        let crop = PaintedPicture(width: 64, height: 48).crop(box)
        #expect(crop.width == width && crop.height == height, "\(crop.width)x\(crop.height)")
        #expect(crop.place.x >= 0 && crop.place.y >= 0 && crop.place.maxX <= 1 && crop.place.maxY <= 1)
        #expect(crop.luma.count == width * height)
    }

    /// Numbers of ITU-R BT.601 and BT.709 for the primary colours in limited range, and for full range.
    @Test func coloursAreThoseOfTheStandards() {
        func rgb(_ matrix: PictureCrop.ColorMatrix, _ range: SampleRange, _ y: Float, _ u: Float, _ v: Float) -> [Int] {
            let color = ColorConversion(matrix, range).convert(y: y, u: u, v: v)
            return [color.red, color.green, color.blue].map { Int($0.rounded()) }
        }
        func isNear(_ a: [Int], _ b: [Int]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) <= 2 } }
        #expect(isNear(rgb(.bt601, .limited, 81, 90, 240), [255, 0, 0]))
        #expect(isNear(rgb(.bt601, .limited, 145, 54, 34), [0, 255, 0]))
        #expect(isNear(rgb(.bt601, .limited, 41, 240, 110), [0, 0, 255]))
        #expect(isNear(rgb(.bt709, .limited, 63, 102, 240), [255, 0, 0]))
        #expect(isNear(rgb(.bt709, .limited, 173, 42, 26), [0, 255, 0]))
        #expect(isNear(rgb(.bt709, .limited, 32, 240, 118), [0, 0, 255]))
        #expect(isNear(rgb(.bt601, .full, 76, 85, 255), [254, 0, 0]))
        for range in [SampleRange.limited, .full] {
            #expect(rgb(.bt601, range, range == .full ? 255 : 235, 128, 128) == [255, 255, 255])
            #expect(rgb(.bt709, range, range == .full ? 0 : 16, 128, 128) == [0, 0, 0])
        }
    }
}
