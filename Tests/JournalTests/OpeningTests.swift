import Domain
import Foundation
import GRDB
import JournalTestSupport
import Testing

@testable import Journal

@Suite struct OpeningTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var file: String { directory.file("journal.sqlite") }

    @Test func directoriesAreMade() throws {
        let journal = try openJournal(directory.file("a/b/c"))
        #expect(FileManager.default.fileExists(atPath: directory.file("a/b/c/journal.sqlite")))
        journal.close()
    }

    @Test func aFileInTheWayIsNamed() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: directory.file("taken")))
        let error = #expect(throws: JournalError.self) { try openJournal(directory.file("taken/journal")) }
        #expect(error?.problem.contains("taken") == true)
    }

    @Test(arguments: [
        Data(
            "no database, but a letter of more than a hundred bytes to a friend on the mainland, who fishes there".utf8),
        Data(repeating: 0xFF, count: 4_096),
        Data("SQLite format 3\0".utf8) + Data(repeating: 0x41, count: 8_000),
    ])
    func whatIsNoDatabaseIsLeftAlone(content: Data) throws {
        try content.write(to: URL(fileURLWithPath: file))
        for readOnly in [false, true] {
            let error = #expect(throws: JournalError.self) { try openJournal(directory.path, readOnly: readOnly) }
            #expect(error?.code == .corrupt)
            #expect(error?.remedy.contains("backup") == true)
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == content)
    }

    @Test func aTruncatedJournalIsDamaged() async throws {
        var lives = RandomLives(seed: 1)
        let journal = try openJournal(directory.path)
        _ = try await journal.append(lives.next(500))
        journal.close()
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.truncate(atOffset: 40_960)
        try handle.close()
        let error = #expect(throws: JournalError.self) { try openJournal(directory.path) }
        #expect(error?.code == .corrupt)
    }

    @Test func anEmptiedJournalIsDamagedAndItsLogIsKept() throws {
        // As a crash leaves it at the very first start.
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        try openJournal(directory.path).close()
        try Data().write(to: URL(fileURLWithPath: file))
        let log = Data(repeating: 7, count: 5_000)
        try log.write(to: URL(fileURLWithPath: file + "-wal"))
        for name in ["status.sqlite", "nothing"] {
            let error = #expect(throws: JournalError.self) { try openJournal(directory.path) }
            #expect(error?.code == .corrupt && error?.problem.contains("empty") == true)
            #expect(try Data(contentsOf: URL(fileURLWithPath: file + "-wal")) == log, "SQLite would throw it away")
            // The log alone tells it, too.
            try? FileManager.default.removeItem(atPath: directory.file(name))
        }
    }

    @Test func aJournalThatWasClosedIsOneFile() async throws {
        var lives = RandomLives(seed: 2)
        for _ in 0..<20 {
            let journal = try openJournal(directory.path)
            _ = try await journal.append(lives.next(10))
            // Each opens a connection of its own.
            async let one = journal.incidents(matching: IncidentQuery(limit: 10))
            async let other = journal.audit(limit: 10)
            _ = try await (one, other, journal.verifyChain())
            journal.close()
            for suffix in ["-wal", "-shm"] { #expect(!FileManager.default.fileExists(atPath: file + suffix)) }
        }
    }

    @Test func otherProgramsDatabasesAreNotTouched() throws {
        let other = try DatabaseQueue(path: file)
        try other.write { try $0.execute(sql: "CREATE TABLE photos (id INTEGER PRIMARY KEY)") }
        try other.close()
        for readOnly in [false, true] {
            let error = #expect(throws: JournalError.self) { try openJournal(directory.path, readOnly: readOnly) }
            #expect(error?.code == .foreign)
        }
    }

    @Test func newerAndOlderSchemasAreTold() async throws {
        let journal = try openJournal(directory.path)
        try await journal.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-holograms')") }
        journal.close()
        for readOnly in [false, true] {
            let error = #expect(throws: JournalError.self) { try openJournal(directory.path, readOnly: readOnly) }
            #expect(error?.code == .newerSchema)
        }
        let raw = try DatabaseQueue(path: file)
        try await raw.write { try $0.execute(sql: "DELETE FROM grdb_migrations") }
        try raw.close()
        let error = #expect(throws: JournalError.self) { try openJournal(directory.path, readOnly: true) }
        #expect(error?.code == .olderSchema)
    }

    @Test func aMissingJournalIsNotMadeByAReader() throws {
        let error = #expect(throws: JournalError.self) { try openJournal(directory.path, readOnly: true) }
        #expect(error?.code == .notFound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    @Test func aSecondWriterIsKeptAway() async throws {
        let journal = try openJournal(directory.path)
        let error = #expect(throws: JournalError.self) { try openJournal(directory.path) }
        #expect(error?.code == .locked)
        journal.close()
    }

    @Test func closingMakesRoomForTheNextWriter() throws {
        for _ in 0..<3 { try openJournal(directory.path).close() }
    }

    @Test func readersReadWhileTheWriterWrites() async throws {
        let journal = try openJournal(directory.path)
        var lives = RandomLives(seed: 3)
        _ = try await journal.append(lives.next(10))
        let reader = try openJournal(directory.path, readOnly: true)
        #expect(try await reader.lastSequence() == 10)
        _ = try await journal.append(lives.next(10))
        #expect(try await reader.lastSequence() == 20)
        let write = await #expect(throws: JournalError.self) { try await reader.append(lives.next(1)) }
        #expect(write?.code == .readOnly)
        let take = await #expect(throws: JournalError.self) {
            try await reader.acknowledge(sampleIncident().id, actor: "an", note: nil)
        }
        #expect(take?.code == .readOnly)
        // After the writer has gone, with its log, too.
        journal.close()
        #expect(try await reader.lastSequence() == 20)
        reader.close()
        let again = try openJournal(directory.path, readOnly: true)
        #expect(try await again.verifyChain().isIntact)
    }

    @Test func aClosedJournalSaysSo() async throws {
        let journal = try openJournal(directory.path)
        journal.close()
        for call in [
            { _ = try await journal.append([sampleIncident().opening]) }, { _ = try await journal.lastSequence() },
        ] as [() async throws -> Void] {
            let error = await #expect(throws: JournalError.self) { try await call() }
            #expect(error?.code == .closed, "\(error.map(\.description) ?? "no error")")
        }
    }

    @Test func errorsAreSentences() {
        for code in JournalError.Code.allCases {
            let text = JournalError(code, problem: "the journal 'x' failed", remedy: "Open it again").description
            #expect(text == "the journal 'x' failed. Open it again.")
        }
    }
}
