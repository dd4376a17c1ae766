import Domain
import Foundation
import GRDB

/// `status.sqlite`: what each camera is doing now, one row each, for readers in other processes.
///
/// Written every few seconds and worth nothing after a power cut, so it is written with `synchronous=NORMAL`, and
/// a damaged file is simply made anew.
final class StatusFile: Sendable {
    static let name = "status.sqlite"

    let queue: DatabaseQueue
    private let file: String

    private init(queue: DatabaseQueue, file: String) {
        self.queue = queue
        self.file = file
    }

    static func openForWriting(directory: String) throws(JournalError) -> StatusFile {
        let file = directory + "/" + name
        do {
            return try make(file)
        } catch {
            let reported = JournalError(error, file: file)
            guard reported.code == .corrupt else { throw reported }
        }
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + suffix) }
        do {
            return try make(file)
        } catch {
            throw JournalError(error, file: file)
        }
    }

    /// - Returns: `nil` where Lookout has never written one.
    static func openForReading(directory: String) throws(JournalError) -> StatusFile? {
        let file = directory + "/" + name
        guard FileManager.default.fileExists(atPath: file) else { return nil }
        do {
            let queue = try DatabaseQueue(path: file, configuration: configuration(readOnly: true))
            return StatusFile(queue: queue, file: file)
        } catch {
            throw JournalError(error, file: file)
        }
    }

    private static func make(_ file: String) throws -> StatusFile {
        let queue = try DatabaseQueue(path: file, configuration: configuration(readOnly: false))
        try queue.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS statuses (camera TEXT PRIMARY KEY NOT NULL, body TEXT NOT NULL) STRICT
                    """)
        }
        return StatusFile(queue: queue, file: file)
    }

    private static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.label = "lookout.status"
        configuration.readonly = readOnly
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(JournalFile.busyTimeoutSeconds)
        return configuration
    }

    func close() { try? queue.close() }

    func record(_ statuses: [CameraStatus]) async throws(JournalError) {
        try await queue.performWrite(file: file) { db in
            for status in statuses {
                let body = String(decoding: try CanonicalJSON.encode(status), as: UTF8.self)
                try db.cachedStatement(
                    sql: """
                        INSERT INTO statuses (camera, body) VALUES (?, ?)
                        ON CONFLICT (camera) DO UPDATE SET body = excluded.body
                        """
                ).execute(arguments: [status.camera.rawValue, body])
            }
        }
    }

    func keepOnly(_ cameras: Set<CameraID>) async throws(JournalError) {
        try await queue.performWrite(file: file) { db in
            for stored in try String.fetchAll(db, sql: "SELECT camera FROM statuses")
            where !cameras.contains(CameraID(stored)) {
                try db.execute(sql: "DELETE FROM statuses WHERE camera = ?", arguments: [stored])
            }
        }
    }

    func all() async throws(JournalError) -> [CameraStatus] {
        try await queue.performRead(file: file) { db in
            guard try db.tableExists("statuses") else { return [] }
            return try String.fetchAll(db, sql: "SELECT body FROM statuses ORDER BY camera").map { body in
                try CanonicalJSON.decode(CameraStatus.self, from: [UInt8](body.utf8))
            }
        }
    }
}
