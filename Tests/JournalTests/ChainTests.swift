import Domain
import Foundation
import GRDB
import JournalTestSupport
import Testing

@testable import Journal

@Suite struct ChainTests {
    let directory: TemporaryDirectory
    let journal: IncidentJournal

    init() async throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path)
        var lives = RandomLives(seed: 5)
        let stored = try await journal.append(lives.next(1_200))
        for revision in stored.prefix(10) {
            _ = try await journal.acknowledge(revision.revision.incident.id, actor: "an", note: "x")
        }
    }

    @Test func nothingStoredCanBeChangedThroughSQL() async throws {
        for statement in [
            "UPDATE revisions SET body = '{}' WHERE sequence = 3", "DELETE FROM revisions WHERE sequence = 3",
            "UPDATE audit SET body = '{}'", "DELETE FROM audit",
            "INSERT OR REPLACE INTO revisions SELECT * FROM revisions WHERE sequence = 3",
            "INSERT OR REPLACE INTO revisions SELECT (SELECT max(sequence) + 1 FROM revisions), incident, number, "
                + "change, time, body, previous, hash FROM revisions WHERE sequence = 3",
            "INSERT INTO revisions SELECT sequence + 100000, incident || 'x', 1, change, time, body, previous, hash "
                + "FROM revisions WHERE sequence = 3",
            "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE sequence = 1",
        ] {
            await #expect(throws: DatabaseError.self, "\(statement)") {
                try await journal.pool.write { try $0.execute(sql: statement) }
            }
        }
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test(arguments: [
        ("UPDATE revisions SET body = replace(body, '\"frames\":', '\"frames\":1') WHERE sequence = 700", 700),
        ("UPDATE revisions SET body = replace(body, '\"lookout\"', '\"nobody\"') WHERE sequence = 1", 1),
        ("DELETE FROM revisions WHERE sequence = 600", 601),
        ("UPDATE revisions SET time = time + 1 WHERE sequence = 42", 42),
        ("UPDATE revisions SET number = 999 WHERE sequence = 1100", 1100),
        ("UPDATE revisions SET hash = zeroblob(32) WHERE sequence = 1200", 1200),
        ("UPDATE revisions SET previous = zeroblob(32) WHERE sequence = 2", 2),
    ])
    func everyChangeBehindItsBackIsFoundAtItsRecord(change: String, sequence: Int64) async throws {
        try await tamper(change)
        let broken = try #require(try await journal.verifyChain().broken)
        #expect(broken.chain == .revisions && broken.sequence == sequence)
        #expect(broken.incident != nil)
    }

    @Test func aRewrittenRecordWithAFittingHashBreaksTheNext() async throws {
        let sequence: Int64 = 500
        let digest = journal.digest
        try await tamper("SELECT 1")
        try await journal.pool.write { db in
            let sql = "SELECT body, previous FROM revisions WHERE sequence = ?"
            let row = try #require(try Row.fetchOne(db, sql: sql, arguments: [sequence]))
            let body = (row["body"] as String).replacingOccurrences(of: "\"lookout\"", with: "\"nobody\"")
            let hash = digest([UInt8](row["previous"] as Data) + Array(body.utf8))
            try db.execute(
                sql: "UPDATE revisions SET body = ?, hash = ? WHERE sequence = ?",
                arguments: [body, Data(hash), sequence])
        }
        let broken = try #require(try await journal.verifyChain().broken)
        #expect(broken.sequence == sequence + 1)
    }

    @Test func theListOfIncidentsAndTheAuditTrailAreCoveredToo() async throws {
        try await tamper("UPDATE audit SET body = replace(body, '\"an\"', '\"ai\"') WHERE sequence = 4")
        let audit = try #require(try await journal.verifyChain().broken)
        #expect(audit.chain == .audit && audit.sequence == 4)
        try await tamper("UPDATE incidents SET state = 'closed', acknowledged = 1 WHERE state = 'open'")
        #expect(try await journal.verifyChain().broken?.chain == .revisions)
    }

    /// A byte of the file flips where no SQL is involved: in every record's own bytes, wherever they lie.
    @Test func aFlippedByteInTheFileIsFound() async throws {
        journal.close()
        let path = directory.file("journal.sqlite")
        let intact = try Data(contentsOf: URL(fileURLWithPath: path))
        var random = SeededRandom(seed: 9)
        let marker = Data("\"rule\":\"yard-by-night\"".utf8)
        var places: [Data.Index] = []
        var from = intact.startIndex
        while let range = intact.range(of: marker, in: from..<intact.endIndex) {
            places.append(range.lowerBound)
            from = range.upperBound
        }
        #expect(places.count > 1_000)
        for _ in 0..<12 {
            var damaged = intact
            let record = try #require(places.randomElement(using: &random))
            let place = record + Int.random(in: 0..<marker.count, using: &random)
            damaged[place] ^= UInt8(1 << Int.random(in: 0..<8, using: &random))
            let copy = try TemporaryDirectory()
            try damaged.write(to: URL(fileURLWithPath: copy.file("journal.sqlite")))
            do {
                let journal = try openJournal(copy.path)
                #expect(try await !journal.verifyChain().isIntact)
            } catch {
                // Among the last records it is found at once.
                #expect(error.code == .corrupt)
            }
        }
    }

    private func tamper(_ change: String) async throws {
        try await journal.pool.write { db in
            for trigger in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(trigger)")
            }
        }
        // A record goes although the list of incidents refers to it.
        try await journal.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: change)
        }
    }
}
