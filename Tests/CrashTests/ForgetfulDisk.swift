import Foundation
import Testing

/// A directory on a disk that forgets what was not synchronised when its process is killed; see `ForgetfulDisk.c`.
final class ForgetfulDisk: Sendable {
    /// Where the process is to write.
    let live: String
    private let durable: String
    /// While a file of this name exists, nothing can grow.
    let fullMark: String
    private let library: String

    /// - Parameter directory: an empty one without symbolic links in its path.
    init(in directory: String) throws {
        live = directory + "/live"
        durable = directory + "/durable"
        fullMark = directory + "/full"
        library = try Self.library.get()
        for path in [live, durable + "/tree", durable + "/limbo"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    /// - Parameter luckPercent: the share of unsynchronised writes that reach the disk nonetheless, half of them torn.
    func environment(seed: UInt64, luckPercent: Int = 0) -> [String: String] {
        [
            "LD_PRELOAD": library, "FORGETFUL_LIVE": live, "FORGETFUL_DURABLE": durable, "FORGETFUL_FULL": fullMark,
            "FORGETFUL_SEED": "\(seed)", "FORGETFUL_LUCK": "\(luckPercent)",
        ]
    }

    /// After the kill: what the disk remembers takes the place of what was there.
    func powerCut() throws {
        let files = FileManager.default
        try files.removeItem(atPath: live)
        try files.copyItem(atPath: durable + "/tree", toPath: live)
        try files.removeItem(atPath: durable + "/limbo")
        try files.createDirectory(atPath: durable + "/limbo", withIntermediateDirectories: true)
    }

    /// Before the next run: what a process without this disk changed in `live` is on the disk, as after a clean shutdown.
    func settle() throws {
        let files = FileManager.default
        try files.removeItem(atPath: durable + "/tree")
        try files.copyItem(atPath: live, toPath: durable + "/tree")
    }

    /// Built once for all tests.
    private static let library: Result<String, any Error> = Result {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("ForgetfulDisk.c")
        let built = FileManager.default.temporaryDirectory
            .appendingPathComponent("lookout-forgetful-disk-\(ProcessInfo.processInfo.processIdentifier).so")
        for compiler in ["clang", "cc", "gcc"] {
            guard let path = find(compiler) else { continue }
            let process = try ChildProcess(
                path, ["-shared", "-fPIC", "-O1", "-o", built.path, source.path, "-ldl", "-lpthread"])
            _ = process.finish()
            if FileManager.default.fileExists(atPath: built.path) { return built.path }
        }
        throw ChildProcess.Failure(description: "no C compiler (clang, cc or gcc) built \(source.path)")
    }

    private static func find(_ program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
