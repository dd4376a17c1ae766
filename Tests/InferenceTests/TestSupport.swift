import Foundation
import Testing

@testable import Inference

/// Networks of the tests: small ones beside them, and one of real footage's size that is not part of the project.
enum Model {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Models")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appending(path: name)))
    }

    static func network(_ name: String) throws -> Network { try Network(onnx: bytes(name), name: name) }

    /// A file or folder beside the project; `nil`, and a line that says so, where it is not there.
    static func shared(_ path: String) -> URL? {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
        let file = root.deletingLastPathComponent().appending(path: "shared").appending(path: path)
        guard FileManager.default.fileExists(atPath: file.path) else {
            print("skipped: no ../shared")
            return nil
        }
        return file
    }
}

/// The error that loading gives; `nil` where it loads.
func loadingError(_ bytes: [UInt8], name: String) -> InferenceError? {
    do {
        _ = try Network(onnx: bytes, name: name)
        return nil
    } catch {
        return error
    }
}
