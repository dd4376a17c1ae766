import Domain
import Foundation
import GRDB
import JournalTestSupport
import Testing

@testable import Journal

/// A full disk, a lock held elsewhere, many writers at once.
@Suite struct PressureTests {
    let directory: TemporaryDirectory
    let journal: IncidentJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path)
    }

    @Test func aFullDiskLosesNothingAndEnds() async throws {
        var lives = RandomLives(seed: 8)
        let before = try await journal.append(lives.next(50))
        // The limit of pages makes SQLite answer as it does on a full disk.
        try await journal.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let batch = lives.next(200)
        let error = await #expect(throws: JournalError.self) { try await journal.append(batch) }
        #expect(error?.code == .diskFull)
        #expect(try await journal.revisions(after: 0, limit: 1_000) == before)
        try await journal.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        #expect(try await journal.append(batch).first?.sequence == 51)
        #expect(try await journal.verifyChain().isIntact)
    }

    /// Writers that wait five seconds for a lock must not stand on the threads that everything else runs on.
    @Test func waitingForALockBlocksNoOtherTask() async throws {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: directory.file("journal.sqlite"), configuration: configuration)
        try await holder.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let finished = Tally()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for n in 0..<16 {
                group.addTask { [journal] in
                    defer { finished.add() }
                    _ = try await journal.append([sampleIncident("gate-motion-\(n)").opening])
                }
            }
            // Some other tasks, one after the other: if the writers stood on the pool's threads, the first of these would
            // begin when their patience ends.
            for _ in 0..<3 { await Task.detached { _ = sampleIncident() }.value }
            #expect(finished.count == 0)
            try await holder.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
            try await group.waitForAll()
        }
        #expect(try await journal.lastSequence() == 16)
    }

    @Test func statusesAreKeptByCamera() async throws {
        var gate = CameraStatus(camera: CameraID("gate"), name: "Cổng chính", state: .watching, since: .zero)
        let yard = CameraStatus(camera: CameraID("yard"), name: "Sân", state: .blind, since: .zero)
        #expect(try await journal.statuses().isEmpty)
        try await journal.record(statuses: [yard, gate])
        gate.counters.framesDecoded = 12
        gate.cause = "the lens is covered"
        try await journal.record(statuses: [gate])
        #expect(try await journal.statuses() == [gate, yard])
        let reader = try openJournal(directory.path, readOnly: true)
        #expect(try await reader.statuses() == [gate, yard])
        try await journal.forgetStatuses(except: [gate.camera])
        #expect(try await reader.statuses() == [gate])
        let error = await #expect(throws: JournalError.self) { try await reader.record(statuses: [yard]) }
        #expect(error?.code == .readOnly)
    }

    @Test func aDamagedStatusFileIsMadeAnew() async throws {
        journal.close()
        try Data(repeating: 0x55, count: 5_000).write(to: URL(fileURLWithPath: directory.file("status.sqlite")))
        let again = try openJournal(directory.path)
        #expect(try await again.statuses().isEmpty)
        let gate = CameraStatus(camera: CameraID("gate"), name: "", state: .watching, since: .zero)
        try await again.record(statuses: [gate])
        #expect(try await again.statuses() == [gate])
    }
}
