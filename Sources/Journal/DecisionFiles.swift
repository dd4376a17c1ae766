import Domain
import Foundation
import GRDB

/// Writes decisions into the files of their days. Used on one queue only.
///
/// Unchecked: the log that owns it never lets two threads in at once.
final class DecisionWriter: @unchecked Sendable {
    static let label = "lookout.decisions"

    private let files: DailyFiles

    init(folder: String) {
        files = DailyFiles(
            folder: folder, label: Self.label,
            schema: """
                CREATE TABLE IF NOT EXISTS decisions (
                    row INTEGER PRIMARY KEY NOT NULL,
                    camera TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    incident TEXT,
                    start INTEGER NOT NULL,
                    "end" INTEGER NOT NULL,
                    body TEXT NOT NULL
                ) STRICT;
                CREATE INDEX IF NOT EXISTS decisions_by_camera ON decisions (camera);
                CREATE INDEX IF NOT EXISTS decisions_by_incident ON decisions (incident) WHERE incident IS NOT NULL;
                """)
    }

    /// Appends decisions in one transaction.
    func write(_ decisions: [Decision], on day: JournalDay) throws(JournalError) {
        try files.write(on: day) { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO decisions (camera, outcome, incident, start, "end", body)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)
            for decision in decisions {
                try statement.execute(arguments: [
                    decision.camera.rawValue, decision.outcome.rawValue, decision.incident?.rawValue,
                    decision.start.microseconds, decision.end.microseconds,
                    String(decoding: try CanonicalJSON.encode(decision), as: UTF8.self),
                ])
            }
        }
    }

    func remove(_ day: JournalDay) { files.remove(day) }

    func close() { files.close() }
}

/// Reads decisions from the files of all days, the latest first.
struct DecisionReader {
    private let folder: String

    init(_ folder: String) { self.folder = folder }

    func read(_ query: DecisionQuery) throws(JournalError) -> [StoredDecision] {
        var found: [StoredDecision] = []
        for day in days(for: query).reversed() where found.count < query.limit {
            found += try read(query, on: day, limit: query.limit - found.count)
        }
        return found
    }

    /// A decision lies in the file of the day on which it ended, which may be the one after it began.
    private func days(for query: DecisionQuery) -> [JournalDay] {
        let first = query.from.map { JournalDay(containing: $0).number } ?? .min
        var last = query.to.map { JournalDay(containing: $0).number + 1 } ?? .max
        if let before = query.before { last = min(last, before >> 32) }
        return JournalDay.all(in: folder).filter { $0.number >= first && $0.number <= last }
    }

    private func read(_ query: DecisionQuery, on day: JournalDay, limit: Int) throws(JournalError)
        -> [StoredDecision]
    {
        var conditions: [String] = []
        var arguments = StatementArguments()
        func require(_ condition: String, _ value: some DatabaseValueConvertible) {
            conditions.append(condition)
            arguments += [value]
        }
        if let camera = query.camera { require("camera = ?", camera.rawValue) }
        if let outcome = query.outcome { require("outcome = ?", outcome.rawValue) }
        if let incident = query.incident { require("incident = ?", incident.rawValue) }
        if let from = query.from { require("\"end\" >= ?", from.microseconds) }
        if let to = query.to { require("start < ?", to.microseconds) }
        if let before = query.before, before >> 32 == day.number { require("row < ?", before & 0xFFFF_FFFF) }
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        arguments += [limit]
        let file = day.file(in: folder)
        return try DailyFiles.read(file, label: DecisionWriter.label) { db in
            guard try db.tableExists("decisions") else { return [] }
            return try Row.fetchAll(
                db, sql: "SELECT row, body FROM decisions \(filter) ORDER BY row DESC LIMIT ?", arguments: arguments
            ).map { row in
                let number: Int64 = row[0]
                let body: String = row[1]
                guard let decision = try? CanonicalJSON.decode(Decision.self, from: [UInt8](body.utf8)) else {
                    throw JournalError.damaged(file, "decision \(number) cannot be read")
                }
                return StoredDecision(id: day.identifier(ofRow: number), decision: decision)
            }
        }
    }
}
