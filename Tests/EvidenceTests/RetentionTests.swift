import Domain
import Foundation
import Testing

@testable import Evidence

@Suite struct RetentionTests {
    private let now = MediaTime(seconds: 1_770_000_000)  // 2026-02-02

    private let nobody: @Sendable (String, [IncidentID]) async throws -> Set<IncidentID> = { _, _ in [] }

    private func store(daysAgo: [Int], bytes: Int, in store: EvidenceStore) async throws -> [EvidenceItem] {
        var items: [EvidenceItem] = []
        for days in daysAgo {
            let day = now - .seconds(86_400 * days)
            let id = IncidentID("gate-motion-\(days)")
            items.append(
                try await store.storeSnapshot([UInt8](repeating: 7, count: bytes), of: id, startingAt: day, time: day))
        }
        return items
    }

    private func withStore(_ body: (EvidenceStore) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "retention-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(try EvidenceStore(directory: directory))
    }

    @Test func whatIsTooOldGoesAndTheRestStays() async throws {
        try await withStore { evidence in
            let items = try await store(daysAgo: [40, 31, 29, 0], bytes: 100, in: evidence)
            let removal = try await evidence.removeExpired(
                .init(keepDays: 30, maximumBytes: 1 << 30), now: now, announce: nobody)
            #expect(removal.days == ["2025-12-24", "2026-01-02"])
            #expect(removal.bytes == 200)
            await #expect(throws: EvidenceError.self) { try await evidence.read(items[1]) }
            #expect(try await evidence.read(items[2]).count == 100)
            #expect(try await evidence.read(items[3]).count == 100)
        }
    }

    @Test func theOldestGoFirstWhereRoomIsShortButNeverTodays() async throws {
        try await withStore { evidence in
            let items = try await store(daysAgo: [3, 2, 1, 0], bytes: 1_000, in: evidence)
            let removal = try await evidence.removeExpired(
                .init(keepDays: 30, maximumBytes: 2_500), now: now, announce: nobody)
            #expect(removal.days.count == 2)
            #expect(try await evidence.read(items[2]).count == 1_000)
            _ = try await evidence.removeExpired(
                .init(keepDays: 30, maximumBytes: 10), now: now, announce: nobody)
            #expect(try await evidence.read(items[3]).count == 1_000)
        }
    }

    @Test func whatTheStoreDidNotMakeIsLeftAlone() async throws {
        try await withStore { evidence in
            let stranger = evidence.directory + "/notes"
            try FileManager.default.createDirectory(atPath: stranger, withIntermediateDirectories: false)
            let removal = try await evidence.removeExpired(
                .init(keepDays: 1, maximumBytes: 0), now: now, announce: nobody)
            #expect(removal == EvidenceStore.Removal())
            #expect(FileManager.default.fileExists(atPath: stranger))
        }
    }

    @Test func aDiskThatRunsFullCostsOldEvidenceFirstAndSaysWhatIsStillWanting() async throws {
        try await withStore { evidence in
            let items = try await store(daysAgo: [2, 1, 0], bytes: 1_000, in: evidence)
            try Data("copy".utf8).write(to: URL(fileURLWithPath: evidence.path(ofCopyOf: items[2].sha256)))
            let impossible = RetentionLimits(keepDays: 30, maximumBytes: .max, minimumFreeBytes: .max / 2)
            let removal = try await evidence.removeExpired(impossible, now: now, announce: nobody)
            #expect(removal.days.count == 2 && removal.stillWanting > 0)
            #expect(try await evidence.read(items[2]).count == 1_000)
            #expect(!FileManager.default.fileExists(atPath: evidence.path(ofCopyOf: items[2].sha256)))
            let possible = RetentionLimits(keepDays: 30, maximumBytes: .max, minimumFreeBytes: 1)
            #expect(try await evidence.removeExpired(possible, now: now, announce: nobody).stillWanting == 0)
        }
    }

    @Test func lockedIncidentsStayWhenTheOthersOfTheirDayGo() async throws {
        try await withStore { evidence in
            let old = try await store(daysAgo: [40], bytes: 1_000, in: evidence)[0]
            let day = old.time
            let locked = IncidentID("gate-motion-kept")
            let kept = try await evidence.storeSnapshot(
                [UInt8](repeating: 8, count: 300), of: locked, startingAt: day, time: day)
            let other = try await store(daysAgo: [2], bytes: 500, in: evidence)[0]
            let limits = RetentionLimits(keepDays: 30, maximumBytes: 1 << 30)
            func pass(_ limits: RetentionLimits, locked: Set<IncidentID>) async throws -> EvidenceStore.Removal {
                try await evidence.removeExpired(limits, now: now, locked: locked) { _, incidents in
                    locked.intersection(incidents)
                }
            }
            let removal = try await pass(limits, locked: [locked])
            #expect(removal.days.count == 1 && removal.bytes == 1_000 && removal.lockedBytes == 300)
            #expect(try await evidence.read(kept).count == 300)
            await #expect(throws: EvidenceError.self) { try await evidence.read(old) }
            // Nothing is left to do there, and what is locked counts: the other one has to make room.
            #expect(try await pass(limits, locked: [locked]).days.isEmpty)
            let tight = try await pass(.init(keepDays: 30, maximumBytes: 299), locked: [locked])
            #expect(tight.days == [CivilTime(other.time).date] && tight.bytes == 500)
            #expect(try await evidence.read(kept).count == 300)
            // Locked only after the pass had looked: told in time all the same.
            let late = try await evidence.removeExpired(limits, now: now) { _, _ in [locked] }
            #expect(late.bytes == 0)
            #expect(try await evidence.read(kept).count == 300)
            #expect(try await pass(limits, locked: []).bytes == 300)
            #expect(try await evidence.days().isEmpty)
        }
    }

    @Test func nothingGoesBeforeItIsAnnounced() async throws {
        struct NotNow: Error {}
        try await withStore { evidence in
            let items = try await store(daysAgo: [40, 39], bytes: 10, in: evidence)
            let limits = RetentionLimits(keepDays: 30, maximumBytes: .max)
            await #expect(throws: NotNow.self) {
                try await evidence.removeExpired(limits, now: now) { _, incidents in
                    #expect(incidents == [IncidentID("gate-motion-40")])
                    throw NotNow()
                }
            }
            #expect(try await evidence.read(items[0]).count == 10)
        }
    }
}
