import Domain
import Foundation
import Inference
import Logging
import Media
import SiteConfiguration
import Testing

@testable import Watch

/// A clip through motion detection, classifier and rules, and the service that live cameras share. The model is the tests'
/// own tiny-yolox.onnx, to which a red square is a `car`.
@Suite struct ClassifiedClipTests {
    private static let model = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../InferenceTests/Models/tiny-yolox.onnx").standardized.path

    /// A red square crosses a noisy grey picture of 320 x 240, after two seconds of nothing.
    private static let clip: Data = {
        var file = Data("YUV4MPEG2 W320 H240 F10:1 Ip A1:1 C420jpeg\n".utf8)
        var noise: UInt32 = 7
        for frame in 0..<70 {
            var luma = (0..<320 * 240).map { _ in
                noise = noise &* 1_664_525 &+ 1_013_904_223
                return UInt8(100 + noise >> 30)
            }
            var u = [UInt8](repeating: 128, count: 160 * 120)
            var v = u
            if frame >= 20, frame < 60 {
                let left = (frame - 20) * 6
                for y in 90..<154 {
                    for x in left..<left + 64 {
                        luma[y * 320 + x] = 81
                        u[y / 2 * 160 + x / 2] = 90
                        v[y / 2 * 160 + x / 2] = 240
                    }
                }
            }
            file += Data("FRAME\n".utf8)
            for plane in [luma, u, v] { file += Data(plane) }
        }
        return file
    }()

    private func incidents(_ keys: String) throws -> [Incident] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clip-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "clip.y4m")
        try Self.clip.write(to: file)
        let site = try SiteSettings.parse(
            "cameras: [{id: gate, source: x\(keys)}]", file: folder.path + "/streams.yaml", environment: [:])
        let settings = site.cameras[0]
        let objects = try settings.classify.map { try ObjectModel($0) }
        let report = try ClipAnalysis(settings: settings, site: site, objects: objects).run(
            file: SourceAddress(file.path), stop: StopFlag(), clock: SystemClock())
        return report.incidents.filter { $0.kind == .motion }
    }

    private var classify: String { ", classify: {model: '\(Self.model)', labels: [person, car, dog]}" }

    @Test func anIncidentSaysWhatMoved() throws {
        let plain = try incidents("")
        #expect(plain.count == 1)
        #expect(plain.first?.object == nil)
        let told = try incidents(classify)
        #expect(told.map(\.object?.label) == ["car"])
        // The answer is there at once, so that the incident begins when it would without a classifier.
        #expect(told.map(\.start) == plain.map(\.start))
        #expect(try incidents(classify) == told)
    }

    @Test func aCameraThatAsksForVehiclesGetsThem() throws {
        #expect(try incidents(classify + ", objects: [vehicle]").count == 1)
        #expect(try incidents(classify + ", objects: [person]").isEmpty)
    }

    /// The service answers from its own thread; a model that is missing answers too, with nothing.
    @Test func theServiceAnswers() async throws {
        let options = try SiteSettings.parse(
            "cameras: [{id: gate, source: x\(classify)}]", file: "streams.yaml", environment: [:]
        ).cameras[0].classify
        var good = try #require(options)
        let service = ClassifierService([good], logger: Logger(label: "test"))
        defer { service.stop() }
        let crop = PaintedCrop.red()
        let answer = try #require(await ask(service, 1, crop, good))
        #expect(answer.objects?.map(\.label) == ["car"])
        good.model = "/nowhere/none.onnx"
        let none = try #require(await ask(service, 2, crop, good))
        #expect(none.number == 2 && none.objects == nil)
    }

    private func ask(
        _ service: ClassifierService, _ number: Int, _ crop: PictureCrop, _ options: ClassifyOptions
    ) async -> ClassifierAnswer? {
        let answers = AnswerBox()
        service.ask(number, about: crop, of: CameraID("gate"), by: options, answers: answers)
        for _ in 0..<600 {
            if let answer = answers.takeAll().first { return answer }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return nil
    }

    @Test(arguments: [
        ("none.onnx", InferenceError.Code.unreadable), ("make_models.py", .notONNX), ("open-size.onnx", .dynamicShape),
        ("opset-17.onnx", .opsetTooNew), ("doubling.onnx", .wrongHead),
    ])
    func aModelThatCannotBeUsedSaysWhy(name: String, code: InferenceError.Code) throws {
        let path = Self.model.replacingOccurrences(of: "tiny-yolox.onnx", with: name)
        let site = try SiteSettings.parse(
            "cameras: [{id: gate, source: x, classify: {model: '\(path)'}}]", file: "streams.yaml", environment: [:])
        let options = try #require(site.cameras[0].classify)
        let error = #expect(throws: InferenceError.self) { _ = try ObjectModel(options) }
        #expect(error?.code == code)
        #expect(error?.problem.contains(name) == true)
    }
}
