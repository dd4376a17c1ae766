import Foundation
import Testing

@testable import Inference

@Suite struct NetworkTests {
    @Test func numbersGoInAndComeOut() throws {
        var network = try Model.network("doubling.onnx")
        #expect(network.input == TensorForm(name: "images", shape: [1, 2, 3]))
        #expect(network.outputs.map(\.shape) == [[1, 2, 3]])
        let values: [Float] = [0, 1, -2, 0.5, 100, 1e-3]
        for _ in 0..<3 { #expect(try network.run(values.span) == [values.map { 2 * $0 + 1 }]) }
    }

    @Test func aWrongNumberOfValuesIsAnError() throws {
        var network = try Model.network("doubling.onnx")
        for count in [0, 5, 7] {
            let values = [Float](repeating: 1, count: count)
            do {
                _ = try network.run(values.span)
                Issue.record("\(count) values were taken")
            } catch {
                #expect(error.code == .unsupported)
                #expect(error.problem.contains("images 1x2x3, not \(count) numbers"))
            }
        }
        // It still works.
        let values: [Float] = [1, 2, 3, 4, 5, 6]
        #expect(try network.run(values.span)[0] == [3, 5, 7, 9, 11, 13])
    }

    @Test func theSameNumbersGiveTheSameNumbers() throws {
        var first = try Model.network("tiny-yolov8.onnx")
        var second = try Model.network("tiny-yolov8.onnx")
        let values = (0..<first.input.count).map { Float(($0 * 7919) % 1000) / 1000 }
        let once = try first.run(values.span)
        #expect(try first.run(values.span) == once)
        #expect(try second.run(values.span) == once)
    }

    @Test(arguments: [
        ("open-size.onnx", InferenceError.Code.dynamicShape, "size of the input 'images' is open"),
        ("opset-17.onnx", .opsetTooNew, "version 17 of ONNX's operators; OpenCV reads up to 12"),
        ("unknown-operator.onnx", .refused, "Teleport"),
        ("make_models.py", .notONNX, "no ONNX file"),
    ])
    func whatCannotBeLoadedSaysWhy(name: String, code: InferenceError.Code, words: String) throws {
        let error = try #require(loadingError(try Model.bytes(name), name: name))
        #expect(error.code == code)
        #expect(error.problem.contains(name))
        #expect(error.problem.contains(words), "\(error)")
        #expect(!error.remedy.isEmpty)
    }

    @Test func noBytesAreNoNetwork() { #expect(loadingError([], name: "empty")?.code == .notONNX) }

    /// Whoever changes the script makes the models again, and the other way round.
    @Test func theModelsAreWhatTheScriptMakes() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "models-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = [Model.folder.appending(path: "make_models.py").path, folder.path]
        try python.run()
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        let made = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let kept = try FileManager.default.contentsOfDirectory(atPath: Model.folder.path)
            .filter { $0.hasSuffix(".onnx") }.sorted()
        #expect(made == kept)
        for name in made {
            #expect(try [UInt8](Data(contentsOf: folder.appending(path: name))) == Model.bytes(name), "\(name)")
        }
    }
}
