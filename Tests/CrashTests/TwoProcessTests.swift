import Foundation
import JournalTestSupport
import Testing

/// One process writes while others read, as `lookout run` and `lookout incidents list` do.
@Suite struct TwoProcessTests {
    @Test func readersOfOtherProcessesSeeWhatWasToldAndNothingElse() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let (told, reads) = try await onThread {
            let writer = try ChildProcess(StorageWriterProcess.executable, ["incidents", path, "3", "full"])
            try writer.wait(for: "told", count: 10)
            var reads: [[Int64: String]] = []
            for _ in 0..<5 {
                let lines = try ChildProcess(StorageWriterProcess.executable, ["read", path, "0"]).finish()
                #expect(lines.last == "end 0", "\(lines.last ?? "no output")")
                reads.append(StorageWriterProcess.told(by: lines).hashes)
            }
            // The journal's owner keeps a second writer away, in words.
            let second = try ChildProcess(StorageWriterProcess.executable, ["incidents", path, "4", "full"]).finish()
            #expect(second.last?.contains("another Lookout writes to the journal") == true)
            // What the writer is told while it is killed is in the pipe, whole.
            try writer.wait(for: "told", count: reads.last?.count ?? 0)
            writer.kill()
            return (StorageWriterProcess.told(by: writer.finish()).hashes, reads)
        }
        for (earlier, later) in zip(reads, reads.dropFirst()) { #expect(earlier.count <= later.count) }
        for read in reads {
            #expect(read.count >= 10)
            #expect(Set(read.keys) == Set(1...Int64(read.count)))
            for (sequence, hash) in read { #expect(told[sequence] == hash) }
        }
    }
}
