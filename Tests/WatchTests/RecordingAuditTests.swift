import Domain
import Evidence
import Foundation
import Journal
import Testing

@testable import Watch

@Suite struct RecordingAuditTests {
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
