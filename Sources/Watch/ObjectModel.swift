import Evidence
import Foundation
public import Inference
public import SiteConfiguration

/// A classifier that a configuration names, read from its file.
public struct ObjectModel: ~Copyable {
    /// Larger files are not read: networks for crops of pictures have some million weights.
    private static let mostBytes = 512 << 20

    public var classifier: ObjectClassifier
    /// Of the file, lower-case hexadecimal.
    public let sha256: String

    /// Reads the file and tries the network. Blocks for seconds: call it on a thread of its own.
    public init(_ options: ClassifyOptions) throws(InferenceError) {
        let bytes = try Self.read(options.model)
        classifier = try ObjectClassifier(
            onnx: bytes, name: "'\(options.model)'", labels: options.labels,
            minimumConfidence: options.minimumConfidence)
        sha256 = ContentHash.sha256Hexadecimal(bytes)
    }

    private static func read(_ path: String) throws(InferenceError) -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(
            atPath: URL(filePath: path).resolvingSymlinksInPath().path)
        guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
            throw InferenceError(
                .unreadable, "'\(path)' is no file",
                remedy: "Name the ONNX file of the model; a relative path starts at the folder of the configuration")
        }
        guard let size = attributes[.size] as? Int, size <= mostBytes else {
            throw InferenceError(
                .unsupported, "'\(path)' is larger than \(mostBytes >> 20) MB", remedy: "Use a smaller model")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InferenceError(
                .unreadable, "'\(path)' cannot be read", remedy: "Let the user that runs Lookout read it")
        }
        return [UInt8](data)
    }
}
