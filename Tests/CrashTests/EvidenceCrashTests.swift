import Evidence
import Foundation
import JournalTestSupport
import Testing

/// A snapshot that was said to be stored is whole on the disk, and what carries its name is never half a file.
@Suite(.serialized) struct EvidenceCrashTests {
    @Test(arguments: [0, 50])
    func storedSnapshotsOutliveAPowerCut(luckPercent: Int) async throws {
        let directory = try TemporaryDirectory()
        let disk = try ForgetfulDisk(in: directory.path)
        var random = SeededRandom(seed: 21)
        var stored: [String: String] = [:]
        for kill in 1...30 {
            let told = try await StorageWriterProcess.runAndKill(
                ["snapshots", disk.live, "\(kill)"],
                environment: disk.environment(seed: random.next(), luckPercent: luckPercent), random: &random)
            try disk.powerCut()
            for words in told.snapshots {
                #expect(stored[words[1]] == nil, "the name \(words[1]) was given twice")
                stored[words[1]] = words[2]
            }
            let store = try EvidenceStore(directory: disk.live)
            // Everything that has a name is whole: the length of the writer's pictures tells their content.
            for path in Self.files(under: disk.live) {
                let bytes = try await store.read(path)
                #expect(bytes == [UInt8](repeating: UInt8(bytes.count % 251), count: bytes.count), "\(path)")
                if let sha256 = stored[path] { #expect(ContentHash.sha256Hexadecimal(bytes) == sha256) }
            }
            #expect(Set(stored.keys).isSubset(of: Self.files(under: disk.live)))
        }
        #expect(stored.count > 30)
        print("crash test: 30 kills, luck \(luckPercent) %: \(stored.count) snapshots said to be stored, lost: none")
    }

    private static func files(under directory: String) -> Set<String> {
        let found = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        return Set(found.filter { $0.hasSuffix(".jpg") && !$0.hasPrefix(".") })
    }
}
