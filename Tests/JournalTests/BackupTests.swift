import Domain
import Foundation
import Journal
import JournalTestSupport
import Testing

struct BackupTests {
    @Test func aBackupOfARunningJournalIsWhole() async throws {
        let folder = try TemporaryDirectory()
        let journal = try openJournal(folder.path)
        let outbox = try Outbox.open(directory: folder.path)
        var lives = RandomLives(seed: 3)
        _ = try await journal.append(lives.next(200))
        let time = MediaTime(seconds: 1_769_904_000)
        let notice = Notice(event: "x.1", subject: "x", picture: time, body: [1], channels: ["a"])
        try await outbox.add([notice], upTo: OutboxPosition(sequence: 1, hash: "ab"), at: time)
        let backup = folder.file("backup")
        let report = try JournalBackup.make(of: folder.path, to: backup)
        #expect(Set(report.files) == ["journal.sqlite", "outbox.sqlite"])
        let last = try await journal.lastSequence()
        _ = try await journal.append(lives.next(50))

        let restored = folder.file("restored")
        _ = try JournalBackup.restore(backup, to: restored)
        let reader = try openJournal(restored, readOnly: true)
        #expect(try await reader.lastSequence() == last)
        #expect(try await reader.verifyChain().isIntact)
        let sent = try Outbox.open(directory: restored)
        #expect(try await sent.position() == OutboxPosition(sequence: 1, hash: "ab"))
        #expect(try await sent.deliveries().map(\.key) == ["x.1.a"])
        // It goes on from there.
        let writer = try openJournal(restored)
        _ = try await writer.append([sampleIncident("new", at: 1_800_000_000).opening])
        #expect(try await writer.verifyChain().isIntact)
    }

    @Test func nothingIsReplaced() throws {
        let folder = try TemporaryDirectory()
        let journal = try openJournal(folder.path)
        journal.close()
        let backup = folder.file("backup")
        _ = try JournalBackup.make(of: folder.path, to: backup)
        #expect { _ = try JournalBackup.make(of: folder.path, to: backup) } throws: {
            ($0 as? JournalError)?.code == .conflict
        }
        #expect { _ = try JournalBackup.restore(backup, to: folder.path) } throws: {
            ($0 as? JournalError)?.code == .conflict
        }
        #expect { _ = try JournalBackup.make(of: folder.file("nowhere"), to: folder.file("b")) } throws: {
            ($0 as? JournalError)?.code == .notFound
        }
    }
}
