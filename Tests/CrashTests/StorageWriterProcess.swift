import Foundation
import JournalTestSupport

/// One run of `storage-writer`, which stands beside the test's own executable.
enum StorageWriterProcess {
    /// What it had been told, by the bus, to be safe when it was killed.
    struct Told: Sendable {
        var hashes: [Int64: String] = [:]
        /// Lines `stored PATH SHA256 BYTES`, split.
        var snapshots: [[String]] = []
        var sawFullDisk = false
        /// Why it gave up by itself.
        var failure: String?
    }

    static var executable: String {
        let test = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        // Under some runners the tests are a library of another program: then look beside where they were built.
        let beside = URL(fileURLWithPath: test).deletingLastPathComponent()
            .appendingPathComponent("storage-writer").path
        if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/debug/storage-writer").path
    }

    /// Starts the writer and kills it at a moment drawn from `random`: mostly while it writes, a while after it has said
    /// a number of times that something is safe, else while it starts.
    static func runAndKill(_ arguments: [String], environment: [String: String], random: inout SeededRandom)
        async throws -> Told
    {
        let killsStart = Int.random(in: 0..<8, using: &random) == 0
        let delay = UInt32.random(in: 0..<(killsStart ? 40_000 : 2_000), using: &random)
        let safe = Int.random(in: 1...20, using: &random)
        return try await onThread {
            let child = try ChildProcess(executable, arguments, environment: environment)
            if !killsStart { try child.wait(for: arguments.first == "snapshots" ? "stored" : "told", count: safe) }
            usleep(delay)
            child.kill()
            return told(by: child.finish())
        }
    }

    static func told(by lines: [String]) -> Told {
        lines.reduce(into: Told()) { told, line in
            let words = line.split(separator: " ").map(String.init)
            switch words.first {
            case "told" where words.count == 3, "read" where words.count == 3:
                told.hashes[Int64(words[1]) ?? -1] = words[2]
            case "stored" where words.count == 4: told.snapshots.append(words)
            case "full": told.sawFullDisk = true
            case "failed": told.failure = line
            default: break
            }
        }
    }
}
