import Domain
import Foundation
import SyntheticScenes

/// A file, or the standard output, that is written in large pieces.
final class OutputFile {
    private let handle: FileHandle
    private let path: String
    private var pending = Data()

    /// - Parameter path: `-` for the standard output.
    init(path: String) throws(OutputError) {
        self.path = path
        if path == "-" {
            handle = .standardOutput
            return
        }
        // Opened, not created anew by name: that would put a plain file in the place of /dev/null or a pipe.
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw OutputError(
                problem: "'\(path)' cannot be written", remedy: "Check that its folder exists and is yours to write to")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    func write(_ text: String) throws(OutputError) { try write(bytes: Array(text.utf8)) }

    func write(bytes: [UInt8]) throws(OutputError) {
        pending.append(contentsOf: bytes)
        if pending.count >= 1 << 20 { try flush() }
    }

    func close() throws(OutputError) {
        try flush()
        if path != "-" { try? handle.close() }
    }

    private func flush() throws(OutputError) {
        do {
            try handle.write(contentsOf: pending)
        } catch {
            throw OutputError(
                problem: "writing to '\(path)' failed: \(error.localizedDescription)",
                remedy: "See whether the disk is full, or whether the reading program has stopped")
        }
        pending.removeAll(keepingCapacity: true)
    }

    static func makeFolder(_ path: String) throws(OutputError) {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw OutputError(
                problem: "the folder '\(path)' cannot be made",
                remedy: "Check that the folder above it is yours to write to")
        }
    }

    /// The ids where the thing covers half of the pixel at least, as a binary grey map.
    static func writePGM(_ mask: TruthMask, path: String) throws(OutputError) {
        let file = try OutputFile(path: path)
        try file.write("P5\n\(mask.width) \(mask.height)\n255\n")
        try file.write(bytes: zip(mask.ids, mask.coverage).map { $1 >= 128 ? $0 : 0 })
        try file.close()
    }
}

/// Why a file could not be written.
struct OutputError: ActionableError {
    let problem: String
    let remedy: String
}

/// YUV4MPEG2: a line of text about the stream, then each frame's planes after a line `FRAME`.
final class Y4MWriter {
    private let file: OutputFile

    init(path: String, settings: SceneSettings) throws(OutputError) {
        file = try OutputFile(path: path)
        let rate = Y4MWriter.fraction(settings.framesPerSecond)
        try file.write(
            "YUV4MPEG2 W\(settings.width) H\(settings.height) F\(rate.numerator):\(rate.denominator) Ip A1:1 C420jpeg "
                + "XYSCSS=420JPEG XCOLORRANGE=LIMITED\n")
    }

    func write(_ picture: YUVFrame) throws(OutputError) {
        try file.write("FRAME\n")
        try file.write(bytes: picture.y)
        try file.write(bytes: picture.u)
        try file.write(bytes: picture.v)
    }

    func close() throws(OutputError) { try file.close() }

    /// The frame rate as a fraction of whole numbers: 12.5 is 25:2, 29.97 is 2997:100.
    private static func fraction(_ framesPerSecond: Double) -> (numerator: Int, denominator: Int) {
        for denominator in 1...1000 {
            let numerator = framesPerSecond * Double(denominator)
            if abs(numerator - numerator.rounded()) < 1e-6 { return (Int(numerator.rounded()), denominator) }
        }
        return (Int((framesPerSecond * 1000).rounded()), 1000)
    }
}

/// One line of the truth file.
struct TruthRecord: Encodable {
    struct Object: Encodable {
        var id: Int
        var kind: ObjectKind
        var box: Box?
        var visibleFraction: Double
        var visibleArea: Double
    }

    var frame: Int
    var time: Double
    var objects: [Object]

    static func line(frame: Int, settings: SceneSettings, objects: [ObjectTruth]) throws -> String {
        func rounded(_ value: Double, _ digits: Double) -> Double { (value * digits).rounded() / digits }
        let record = TruthRecord(
            frame: frame, time: rounded(Double(frame) / settings.framesPerSecond, 1_000_000),
            objects: objects.map {
                Object(
                    id: $0.id, kind: $0.kind, box: $0.box, visibleFraction: rounded($0.visibleFraction, 10_000),
                    visibleArea: rounded($0.visibleArea, 10))
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return String(decoding: try encoder.encode(record), as: UTF8.self) + "\n"
    }
}
