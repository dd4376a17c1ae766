import Domain
import Evidence
import Foundation
import Journal
import Testing

@testable import Watch

@Suite struct RecordingAuditTests {
    private struct NightClock: HostClock {
        func wall() -> MediaTime { MediaTime(seconds: 1_769_904_000) }
        func monotonic() -> Duration { .zero }
    }

    /// What nobody gave up is named in the trail; what was given up when a crash came is there already.
    @Test func missingRecordingsAreNamedOnce() async throws {
        let directory = NSTemporaryDirectory() + "missing-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let journal = try IncidentJournal.open(
            directory: directory, clock: NightClock(), digest: ContentHash.sha256)
        defer { journal.close() }
        let segments = (0..<4).map { minute in
            RecordedSegment(
                camera: CameraID(minute == 3 ? "tower" : "gate"), start: NightClock().wall() + .seconds(60 * minute),
                durationMicroseconds: 59_000_000, path: "2026-02-01/\(minute).mp4", bytes: 1_000, codec: "h264",
                width: 1, height: 1, isWebReady: true, isTruncated: false, sha256: String(repeating: "a", count: 64))
        }
        try await journal.noteRemoval(
            of: RemovedRecordings.byCamera(Array(segments.prefix(2)), digest: ContentHash.sha256Hexadecimal),
            reason: "keepDays")
        try await MissingRecordings(journal: journal).note(segments)
        let entry = try #require(try await journal.audit(limit: 5).first)
        #expect(entry.action == .recordingsMissing && entry.actor == "lookout")
        #expect(entry.recordings.map(\.camera.rawValue) == ["gate", "tower"])
        #expect(entry.recordings.map(\.start) == segments.suffix(2).map(\.start))
        try await MissingRecordings(journal: journal).note(Array(segments.prefix(2)))
        #expect(try await journal.audit(limit: 5).count == 2)
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test func whatIsMissingOrNotAsItWasRecordedIsFound() async throws {
        let directory = NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try RecordingStore(directory: directory + "/recordings")
        let log = RecordingLog(directory: directory)
        var paths: [String] = []
        for minute in 0..<4 {
            let segment = UnfinishedSegment(
                camera: CameraID("gate"), start: MediaTime(seconds: 1_769_904_000 + Double(minute) * 60))
            try Data(repeating: UInt8(minute), count: 1_000).write(to: URL(filePath: store.path(finishing: segment)))
            let file = try store.adopt(segment)
            // The last one was recorded before there were hashes.
            try log.add(
                RecordedSegment(
                    camera: segment.camera, start: segment.start, durationMicroseconds: 1, path: file.path,
                    bytes: file.bytes, codec: "h264", width: 1, height: 1, isWebReady: true, isTruncated: false,
                    sha256: minute == 3 ? nil : file.sha256))
            paths.append(file.path)
        }
        log.close()
        let audit = RecordingAudit(directory: directory)
        #expect(try await audit.run() == .init(intact: 3, withoutHash: 1))
        try FileManager.default.removeItem(atPath: "\(store.directory)/\(paths[0])")
        // As long as before, and one byte is another.
        let altered = URL(filePath: "\(store.directory)/\(paths[1])")
        var content = try Data(contentsOf: altered)
        content[500] ^= 1
        try content.write(to: altered)
        let report = try await audit.run()
        #expect(report.intact == 1 && report.withoutHash == 1)
        #expect(report.findings.map(\.kind) == [.missing, .altered])
        #expect(report.findings.map(\.path) == Array(paths.prefix(2)))
    }
}
