import Domain
import Foundation
import GRDB
import JournalTestSupport
import Testing

@testable import Journal

/// Where segments lie, over days.
@Suite struct RecordingLogTests {
    private static let day = MediaTime(seconds: 1_769_904_000)

    private func segment(_ camera: String, at seconds: Double, bytes: Int = 1_000) -> RecordedSegment {
        let start = Self.day + .seconds(seconds)
        return RecordedSegment(
            camera: CameraID(camera), start: start, durationMicroseconds: 59_900_000,
            path: "\(CivilTime(start).date)/\(camera)/\(start.microseconds).mp4", bytes: bytes, codec: "h264",
            width: 640, height: 360, isWebReady: true, isTruncated: false)
    }

    private func folder() -> String { NSTemporaryDirectory() + "recordings-\(UUID().uuidString)" }

    @Test func aTimeIsFoundAcrossMidnightAndAfterAReopening() async throws {
        let directory = folder()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = RecordingLog(directory: directory)
        for minute in -3..<4 { try log.add(segment("gate", at: Double(minute) * 60 - 30)) }
        try log.add(segment("tower", at: 0))
        log.close()
        let again = RecordingLog(directory: directory)
        #expect(again.days() == ["2026-01-31", "2026-02-01"])
        // The one that runs through midnight began the day before.
        let found = try await again.segments(
            of: CameraID("gate"), from: Self.day, until: Self.day + .seconds(60), limit: 10)
        #expect(found == [segment("gate", at: -30), segment("gate", at: 30)])
        let limited = try await again.segments(
            of: CameraID("gate"), from: Self.day - .seconds(3_600), until: Self.day + .seconds(3_600), limit: 3)
        #expect(limited.map(\.start) == [-210, -150, -90].map { Self.day + .seconds($0) })
        await #expect(throws: JournalError.self) {
            try await again.segments(of: CameraID("gate"), from: .zero, until: .zero, limit: 0)
        }
        #expect(
            try again.totals() == [
                CameraID("gate"): .init(segments: 7, bytes: 7_000), CameraID("tower"): .init(segments: 1, bytes: 1_000),
            ])
    }

    @Test func aListOfBeforeThereWereHashesIsReadAndWrittenOn() async throws {
        let directory = folder()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try FileManager.default.createDirectory(
            atPath: directory + "/recordings-index", withIntermediateDirectories: true)
        let old = segment("gate", at: 30)
        let file = try DatabaseQueue(path: directory + "/recordings-index/2026-02-01.sqlite")
        try await file.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE segments (path TEXT PRIMARY KEY NOT NULL, camera TEXT NOT NULL, start INTEGER NOT NULL,
                        duration INTEGER NOT NULL, bytes INTEGER NOT NULL, codec TEXT NOT NULL, width INTEGER NOT NULL,
                        height INTEGER NOT NULL, web INTEGER NOT NULL, truncated INTEGER NOT NULL) STRICT, WITHOUT ROWID;
                    INSERT INTO segments VALUES ('\(old.path)', 'gate', \(old.start.microseconds), 59900000, 1000, 'h264',
                        640, 360, 1, 0);
                    """)
        }
        try file.close()
        let log = RecordingLog(directory: directory)
        #expect(try log.segments(of: "2026-02-01") == [old])
        #expect(try log.oldest(of: nil, ending: nil, sparing: [], limit: 9) == [old])
        var new = segment("gate", at: 90)
        (new.soundCodec, new.sha256) = ("aac", String(repeating: "a", count: 64))
        try log.add(new)
        log.close()
        let again = RecordingLog(directory: directory)
        let found = try await again.segments(of: CameraID("gate"), from: Self.day, until: new.end, limit: 9)
        #expect(found == [old, new])
        try again.remove([old, new])
        #expect(again.days().isEmpty)
    }

    @Test func theOldestGoFirstAndWhatIsSparedStays() throws {
        let directory = folder()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = RecordingLog(directory: directory)
        let gate = (0..<5).map { segment("gate", at: Double($0) * 60 - 120) }
        for segment in gate { try log.add(segment) }
        let tower = segment("tower", at: -600)
        try log.add(tower)
        let spared = [CameraSpan(camera: CameraID("gate"), start: gate[1].start, end: gate[1].start)]
        // Two whole ones make up 1,500 bytes.
        #expect(try log.oldest(of: nil, ending: nil, sparing: [], bytes: 1_500, limit: 9) == [tower, gate[0]])
        #expect(
            try log.oldest(of: CameraID("gate"), ending: nil, sparing: spared, limit: 2) == [gate[0], gate[2]])
        #expect(try log.oldest(of: nil, ending: gate[1].start, sparing: [], limit: 9) == [tower, gate[0]])
        try log.remove([tower, gate[0], gate[1]])
        #expect(log.days() == ["2026-02-01"])
        #expect(try log.segments(of: "2026-02-01") == Array(gate.dropFirst(2)))
        try log.remove(Array(gate.dropFirst(2)))
        #expect(log.days() == [])
        #expect(try log.totals().isEmpty)
    }

    @Test func oneSegmentStandsOnce() throws {
        let directory = folder()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let log = RecordingLog(directory: directory)
        var one = segment("gate", at: 0)
        try log.add(one)
        one.isTruncated = true
        try log.add(one)
        #expect(try log.segments(of: "2026-02-01") == [one])
    }
}
