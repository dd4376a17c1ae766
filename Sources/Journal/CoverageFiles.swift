import Domain
import GRDB

/// Writes minutes of coverage into the files of their days: minutes that follow each other and are alike share a row, so
/// that a camera that runs well takes one row a day. Used on one queue only.
///
/// Unchecked: the log that owns it never lets two threads in at once.
final class CoverageWriter: @unchecked Sendable {
    static let label = "lookout.coverage"

    /// The row that the camera's next minute may join.
    private struct OpenRow {
        var row: Int64
        var run: CoverageRun
        var day: JournalDay
    }

    private let files: DailyFiles
    private var rows: [CameraID: OpenRow] = [:]

    init(folder: String) {
        files = DailyFiles(
            folder: folder, label: Self.label,
            schema: """
                CREATE TABLE IF NOT EXISTS coverage (
                    row INTEGER PRIMARY KEY NOT NULL,
                    camera TEXT NOT NULL,
                    first INTEGER NOT NULL,
                    count INTEGER NOT NULL,
                    watched INTEGER NOT NULL,
                    learning INTEGER NOT NULL,
                    off INTEGER NOT NULL,
                    degraded INTEGER NOT NULL,
                    blind INTEGER NOT NULL,
                    fault TEXT
                ) STRICT;
                CREATE INDEX IF NOT EXISTS coverage_by_camera ON coverage (camera, first);
                """,
            laterColumns: [
                DailyFiles.LaterColumn(table: "coverage", name: "unrecorded", definition: "INTEGER NOT NULL DEFAULT 0"),
                DailyFiles.LaterColumn(table: "coverage", name: "recordingFault", definition: "TEXT"),
            ])
    }

    /// Stores minutes, those of one day in one transaction, and takes out of `minutes` what is stored.
    func write(_ minutes: inout [CoverageAccount.Minute]) throws(JournalError) {
        let days = Dictionary(grouping: minutes) { JournalDay(containing: $0.minute.start) }
        for (day, ofDay) in days.sorted(by: { $0.key < $1.key }) {
            var next = rows
            do throws(JournalError) {
                try files.write(on: day) { db in
                    for minute in ofDay { try Self.store(minute, on: day, in: &next, db) }
                }
                rows = next
                minutes.removeAll { JournalDay(containing: $0.minute.start) == day }
            } catch {
                rows = [:]
                throw error
            }
        }
    }

    func remove(_ day: JournalDay) {
        rows = rows.filter { $0.value.day != day }
        files.remove(day)
    }

    func close() {
        rows = [:]
        files.close()
    }

    private static func store(
        _ minute: CoverageAccount.Minute, on day: JournalDay, in rows: inout [CameraID: OpenRow], _ db: Database
    ) throws {
        if var open = rows[minute.camera], open.day == day, open.run.end == minute.minute,
            open.run.shares == minute.shares, open.run.fault == minute.fault,
            open.run.recordingFault == minute.recordingFault
        {
            open.run.count += 1
            try db.cachedStatement(sql: "UPDATE coverage SET count = ? WHERE row = ?")
                .execute(arguments: [open.run.count, open.row])
            rows[minute.camera] = open
            return
        }
        let shares = minute.shares
        try db.cachedStatement(
            sql: """
                INSERT INTO coverage (
                    camera, first, count, watched, learning, off, degraded, blind, fault, unrecorded, recordingFault
                ) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            minute.camera.rawValue, minute.minute.number, shares.watched, shares.learning, shares.off, shares.degraded,
            shares.blind, minute.fault?.rawValue, shares.unrecorded, minute.recordingFault?.rawValue,
        ])
        rows[minute.camera] = OpenRow(
            row: db.lastInsertedRowID,
            run: CoverageRun(
                camera: minute.camera, first: minute.minute, count: 1, shares: shares, fault: minute.fault,
                recordingFault: minute.recordingFault), day: day)
    }
}

/// Reads coverage from the files of all days.
struct CoverageReader {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    /// What is recorded of minutes from `from` on and before `until`, in any order.
    ///
    /// - Parameter camera: `nil` for all.
    func runs(camera: CameraID?, from: CoverageMinute, until: CoverageMinute) throws(JournalError) -> [CoverageRun] {
        let first = JournalDay(containing: from.start)
        let last = JournalDay(containing: until.start)
        var found: [CoverageRun] = []
        for day in JournalDay.all(in: folder) where day >= first && day <= last {
            found += try read(
                day, "WHERE first < ? AND first + count > ?" + (camera == nil ? "" : " AND camera = ?"),
                [until.number, from.number] + StatementArguments(camera.map { [$0.rawValue] } ?? []))
        }
        return found
    }

    /// The first minute that is kept of each camera; none for those that nothing is kept of.
    func firstMinutes(of cameras: [CameraID]) throws(JournalError) -> [CameraID: CoverageMinute] {
        var found: [CameraID: CoverageMinute] = [:]
        for day in JournalDay.all(in: folder) where cameras.contains(where: { found[$0] == nil }) {
            let firsts = try read(
                day, "AS a WHERE first = (SELECT min(first) FROM coverage AS b WHERE b.camera = a.camera)", [])
            for run in firsts where found[run.camera] == nil { found[run.camera] = run.first }
        }
        return found
    }

    /// The minute after the last one that is kept; `nil` where there is none.
    func end() throws(JournalError) -> CoverageMinute? {
        guard let day = JournalDay.all(in: folder).last else { return nil }
        return try read(day, "ORDER BY first + count DESC LIMIT 1", []).first?.end
    }

    /// - Parameter condition: the end of the query, from `WHERE` on.
    private func read(_ day: JournalDay, _ condition: String, _ arguments: StatementArguments) throws(JournalError)
        -> [CoverageRun]
    {
        let file = day.file(in: folder)
        return try DailyFiles.read(file, label: CoverageWriter.label) { db in
            guard try db.tableExists("coverage") else { return [] }
            // Files of earlier versions know nothing of recordings.
            let isEarlier = try !db.columns(in: "coverage").contains { $0.name == "recordingFault" }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT camera, first, count, watched, learning, off, degraded, blind, fault,
                        \(isEarlier ? "0, NULL" : "unrecorded, recordingFault") FROM coverage \(condition)
                    """, arguments: arguments
            ).map { row in
                var shares = CoverageShares()
                shares.watched = row[3]
                shares.learning = row[4]
                shares.off = row[5]
                shares.degraded = row[6]
                shares.blind = row[7]
                let fault: String? = row[8]
                shares.unrecorded = row[9]
                let recordingFault: String? = row[10]
                let minutes: Int64 = row[2]
                return CoverageRun(
                    camera: CameraID(row[0] as String), first: CoverageMinute(number: row[1]),
                    count: Int(clamping: min(max(minutes, 0), 1_440)), shares: shares,
                    fault: fault.flatMap(CameraFault.init), recordingFault: recordingFault.flatMap(RecordingFault.init))
            }
        }
    }
}
