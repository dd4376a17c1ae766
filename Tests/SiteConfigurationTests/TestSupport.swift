import Foundation
import SiteConfiguration
import Testing

/// The package's root folder.
let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

func load(_ text: String, environment: [String: String] = [:]) throws(ConfigurationFaults) -> SiteSettings {
    try SiteSettings.parse(text, file: "streams.yaml", environment: environment)
}

/// What is wrong with a text, one line each without the file's name; empty where nothing is.
func faults(in text: String, environment: [String: String] = [:]) -> [String] {
    do throws(ConfigurationFaults) {
        _ = try load(text, environment: environment)
        return []
    } catch {
        return error.faults.map { String($0.description.dropFirst("streams.yaml:".count)) }
    }
}

/// A site whose one camera has these further lines.
func camera(_ lines: String...) -> String {
    (["cameras:", "  - id: gate", "    source: rtsp://10.0.0.5/main"] + lines.map { "    " + $0 })
        .joined(separator: "\n") + "\n"
}

/// Random numbers that are the same on every run (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A folder of its own that is removed with the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("lookout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        return file
    }
}
