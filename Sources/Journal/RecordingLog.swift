import Dispatch
public import Domain
import Foundation
import GRDB

/// Where each segment of the continuous recordings lies, one file a day: `<directory>/recordings-index/2026-11-22.sqlite`,
/// named by the UTC day on which the segments began.
///
/// The index is written without forcing it to disk; what a power cut takes from it is found again by the files.
public final class RecordingLog: Sendable {
    /// What a camera's segments take.
    public struct Total: Sendable, Equatable {
        public var segments: Int64
        public var bytes: Int64
    }

    private static let label = "lookout.recordings"

    private let folder: String
    private let writing = DispatchQueue(label: label, qos: .utility)
    private let reading = DispatchQueue(label: label + ".read", qos: .utility)
    /// Touched on the writing queue only.
    private let files: DailyFiles

    /// Opens the index beside the journal of `directory`. Files are made when there is something to write.
    public init(directory: String) {
        folder = directory + "/recordings-index"
        files = DailyFiles(
            folder: folder, label: Self.label,
            schema: """
                CREATE TABLE IF NOT EXISTS segments (
                    path TEXT PRIMARY KEY NOT NULL,
                    camera TEXT NOT NULL,
                    start INTEGER NOT NULL,
                    duration INTEGER NOT NULL,
                    bytes INTEGER NOT NULL,
                    codec TEXT NOT NULL,
                    width INTEGER NOT NULL,
                    height INTEGER NOT NULL,
                    web INTEGER NOT NULL,
                    truncated INTEGER NOT NULL
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX IF NOT EXISTS segments_by_camera ON segments (camera, start);
                """,
            laterColumns: [
                DailyFiles.LaterColumn(table: "segments", name: "sound", definition: "TEXT"),
                DailyFiles.LaterColumn(table: "segments", name: "sha256", definition: "TEXT"),
            ])
    }

    // MARK: Writing

    /// Takes a segment in; one of the same path is replaced. Blocks on the disk: for a thread that may wait.
    ///
    /// - Throws: what writing the file throws.
    public func add(_ segment: RecordedSegment) throws(JournalError) {
        try onQueueAndWait { [files] () throws(JournalError) in
            try files.write(on: JournalDay(containing: segment.start)) { db in
                try db.cachedStatement(
                    sql: """
                        INSERT OR REPLACE INTO segments
                            (path, camera, start, duration, bytes, codec, width, height, web, truncated, sound, sha256)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(arguments: [
                    segment.path, segment.camera.rawValue, segment.start.microseconds, segment.durationMicroseconds,
                    segment.bytes, segment.codec, segment.width, segment.height, segment.isWebReady,
                    segment.isTruncated, segment.soundCodec, segment.sha256,
                ])
            }
        }
    }

    /// Forgets segments; a day of which nothing is left loses its file. Blocks on the disk.
    ///
    /// - Throws: what writing the files throws.
    public func remove(_ segments: [RecordedSegment]) throws(JournalError) {
        let days = Dictionary(grouping: segments) { JournalDay(containing: $0.start) }
        for (day, ofDay) in days.sorted(by: { $0.key < $1.key }) {
            try onQueueAndWait { [files] () throws(JournalError) in
                var isEmpty = false
                try files.write(on: day) { db in
                    let statement = try db.cachedStatement(sql: "DELETE FROM segments WHERE path = ?")
                    for segment in ofDay { try statement.execute(arguments: [segment.path]) }
                    isEmpty = try Bool.fetchOne(db, sql: "SELECT NOT EXISTS (SELECT 1 FROM segments)") ?? false
                }
                if isEmpty { files.remove(day) }
            }
        }
    }

    /// Ends the writing. Blocks on the disk.
    public func close() { writing.sync { files.close() } }

    private func onQueueAndWait(_ work: () throws(JournalError) -> Void) throws(JournalError) {
        try writing.sync { Result(catching: work) }.get()
    }

    // MARK: Reading

    /// Segments of a camera of which any part lies in a time, oldest first.
    ///
    /// - Parameters:
    ///   - until: not included.
    ///   - limit: 1 to 10,000.
    /// - Throws: `invalid` for a limit beyond that, and what reading the files throws.
    public func segments(of camera: CameraID, from: MediaTime, until: MediaTime, limit: Int) async throws(JournalError)
        -> [RecordedSegment]
    {
        guard (1...10_000).contains(limit) else {
            throw .invalid("a limit of \(limit) was asked for", remedy: "Ask for 1 to 10,000")
        }
        let outcome: Result<[RecordedSegment], JournalError> = await withCheckedContinuation { done in
            reading.async { [self] in
                done.resume(
                    returning: Result { () throws(JournalError) in
                        try read(camera, from: from, until: until, limit: limit)
                    })
            }
        }
        return try outcome.get()
    }

    private func read(
        _ camera: CameraID, from: MediaTime, until: MediaTime, limit: Int
    ) throws(JournalError) -> [RecordedSegment] {
        // A segment lies in the file of the day on which it began, which may be the one before.
        let first = JournalDay(containing: from).number - 1
        let last = JournalDay(containing: until).number
        var found: [RecordedSegment] = []
        for day in JournalDay.all(in: folder) where day.number >= first && day.number <= last && found.count < limit {
            found += try rows(
                of: day, "WHERE camera = ? AND start < ? AND start + duration >= ? ORDER BY start LIMIT ?",
                [camera.rawValue, until.microseconds, from.microseconds, limit - found.count])
        }
        return found
    }

    /// The oldest segments of which none lies in `spared`, oldest first. Blocks on the disk.
    ///
    /// - Parameters:
    ///   - camera: `nil` for all.
    ///   - ending: only those that end before it; `nil` for all.
    ///   - bytes: as many as make up so much, at least one where there is any.
    ///   - limit: no more than that.
    /// - Throws: what reading the files throws.
    public func oldest(
        of camera: CameraID?, ending: MediaTime?, sparing spared: [CameraSpan], bytes: Int64 = .max, limit: Int
    ) throws(JournalError) -> [RecordedSegment] {
        var found: [RecordedSegment] = []
        var sum: Int64 = 0
        let last = ending.map { JournalDay(containing: $0).number } ?? .max
        for day in JournalDay.all(in: folder) where day.number <= last {
            let ofDay = try rows(
                of: day, "WHERE (?1 IS NULL OR camera = ?1) AND start + duration < ?2 ORDER BY start, camera",
                [camera?.rawValue, ending?.microseconds ?? .max])
            for segment in ofDay where !spared.contains(where: { $0.touches(segment) }) {
                guard sum < bytes, found.count < limit else { return found }
                found.append(segment)
                sum += Int64(segment.bytes)
            }
        }
        return found
    }

    /// What the segments of each camera take. Blocks on the disk.
    ///
    /// - Throws: what reading the files throws.
    public func totals() throws(JournalError) -> [CameraID: Total] {
        var totals: [CameraID: Total] = [:]
        for day in JournalDay.all(in: folder) {
            let ofDay = try DailyFiles.read(day.file(in: folder), label: Self.label) { db in
                guard try db.tableExists("segments") else { return [Row]() }
                return try Row.fetchAll(
                    db, sql: "SELECT camera, count(*) AS number, sum(bytes) AS bytes FROM segments GROUP BY camera")
            }
            for row in ofDay {
                let camera: String = row["camera"]
                let (number, bytes): (Int64, Int64) = (row["number"], row["bytes"])
                totals[CameraID(camera), default: Total(segments: 0, bytes: 0)].segments += number
                totals[CameraID(camera), default: Total(segments: 0, bytes: 0)].bytes += bytes
            }
        }
        return totals
    }

    /// All segments of a day. Blocks on the disk.
    ///
    /// - Parameter day: `yyyy-mm-dd`, UTC.
    /// - Throws: what reading the file throws.
    public func segments(of day: String) throws(JournalError) -> [RecordedSegment] {
        guard let day = JournalDay.all(in: folder).first(where: { $0.name == day }) else { return [] }
        return try rows(of: day, "ORDER BY path", [])
    }

    /// Days (`yyyy-mm-dd`, UTC) of which segments are known, oldest first.
    public func days() -> [String] { JournalDay.all(in: folder).map(\.name) }

    private func rows(
        of day: JournalDay, _ condition: String, _ arguments: StatementArguments
    ) throws(JournalError) -> [RecordedSegment] {
        try DailyFiles.read(day.file(in: folder), label: Self.label) { db in
            guard try db.tableExists("segments") else { return [] }
            // All columns: those that a file of before lacks are read as absent.
            return try Row.fetchAll(db, sql: "SELECT * FROM segments \(condition)", arguments: arguments).map { row in
                RecordedSegment(
                    camera: CameraID(row["camera"]), start: MediaTime(microseconds: row["start"]),
                    durationMicroseconds: row["duration"], path: row["path"], bytes: row["bytes"],
                    codec: row["codec"], width: row["width"], height: row["height"], isWebReady: row["web"],
                    isTruncated: row["truncated"], soundCodec: row["sound"], sha256: row["sha256"])
            }
        }
    }
}
