import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

/// A Lookout that is killed claims no minute that it did not live through, and loses none that was written.
@Suite(.serialized) struct CoverageCrashTests {
    @Test func killedAgainAndAgain() async throws {
        let directory = try TemporaryDirectory()
        var random = SeededRandom(seed: 21)
        var claimed: [Int64: String] = [:]
        let runs = 20
        for run in 0..<runs {
            let delay = UInt32.random(in: 0..<20_000, using: &random)
            let lines = try await onThread {
                // Each run begins an hour after the one before: the minutes between them belong to nobody.
                let child = try ChildProcess(
                    StorageWriterProcess.executable, ["coverage", directory.path, "\(run)"])
                try child.wait(for: "minute", count: 3)
                usleep(delay)
                child.kill()
                return child.finish()
            }
            for line in lines {
                let words = line.split(separator: " ").map(String.init)
                if words.count == 3, words[0] == "minute", let number = Int64(words[1]) { claimed[number] = words[2] }
            }
        }
        #expect(claimed.count >= runs * 3)
        let log = CoverageLog(directory: directory.path, clock: TestClock(start: MediaTime(seconds: 1_770_500_000)))
        let first = try #require(claimed.keys.min())
        let last = try #require(claimed.keys.max())
        let reports = try await log.reports(
            cameras: [CameraID("gate")], since: CoverageMinute(number: first).start,
            until: CoverageMinute(number: last + 2).start)
        let report = try #require(reports.first)
        var found: [Int64: String] = [:]
        for span in report.spans where span.fault != .lookoutSilent {
            for minute in 0..<span.count { found[(span.first + minute).number] = span.state.rawValue }
        }
        for (number, state) in claimed { #expect(found[number] == state, "minute \(number)") }
        // More than was heard of may have been written, but never more than the run had lived through.
        #expect(found.count <= claimed.count + runs * 30)
        #expect(report.spans.contains { $0.state == .blind && $0.fault == .lookoutSilent && $0.count > 10 })
        print("coverage: \(runs) kills, \(claimed.count) minutes told to be written, none lost")
    }
}
