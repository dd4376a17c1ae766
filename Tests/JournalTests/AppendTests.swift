import Domain
import Foundation
import GRDB
import JournalTestSupport
import Testing

@testable import Journal

@Suite struct AppendTests {
    let directory: TemporaryDirectory
    let journal: IncidentJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path)
    }

    @Test func aLifeIsNumberedAndChained() async throws {
        let incident = sampleIncident()
        let stored =
            try await journal.append([incident.opening, incident.update(after: 1)])
            + journal.append([incident.closing(after: 2)])
        #expect(stored.map(\.sequence) == [1, 2, 3])
        #expect(stored.map(\.number) == [1, 2, 3])
        #expect(stored[0].previousHash == String(repeating: "0", count: 64))
        #expect(stored[1].previousHash == stored[0].hash)
        #expect(stored[2].previousHash == stored[1].hash)
        #expect(try await journal.history(of: incident.id) == stored)
        #expect(try await journal.revisions(after: 1, limit: 1) == [stored[1]])
        #expect(try await journal.lastSequence() == 3)
        #expect(try await journal.incidents(matching: IncidentQuery()).map(\.state) == [.closed])
    }

    /// More than one page of them.
    @Test func theHistoryOfADeskHasAllOfIt() async throws {
        let opened = (0..<1_210).map { number in
            var incident = sampleIncident("tower-\(number)", at: 1_769_904_000 + Double(number))
            incident.kind = number % 11 == 0 ? .motion : .smoke
            return incident
        }
        _ = try await journal.append(opened.map(\.opening))
        _ = try await journal.append(opened.reversed().map { $0.closing(after: 2) })
        let all = try await journal.history(of: .fire, since: opened[0].start)
        #expect(all.map(\.sequence) == all.map(\.sequence).sorted())
        #expect(all.count == 2_200 && Set(all.map(\.revision.incident.id)).count == 1_100)
        let late = try await journal.history(of: .fire, since: opened[1_200].start)
        #expect(late.count == 20)
    }

    @Test func theHashIsTheOneThatIsDocumented() async throws {
        let stored = try await journal.append([sampleIncident().opening])
        let body = try await journal.pool.read { db in
            try String.fetchOne(db, sql: "SELECT body FROM revisions") ?? ""
        }
        let hash = journal.digest([UInt8](repeating: 0, count: 32) + Array(body.utf8))
        #expect(stored[0].hash == hash.hexadecimal)
        #expect(body.hasPrefix(#"{"actor":"lookout","change":"opened","incident":{"box":[0.1,0.2,0.3,0.4],"camera":"#))
    }

    @Test func synchronousIsFullAndTheLogIsWriteAhead() async throws {
        let (synchronous, mode) = try await journal.pool.writeWithoutTransaction { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode")
            )
        }
        #expect(synchronous == 2)
        #expect(mode == "wal")
        let status = try openStatusFileSynchronous()
        #expect(status == 1)
    }

    /// The second file is allowed to be behind after a power cut.
    private func openStatusFileSynchronous() throws -> Int? {
        let file = try #require(journal.statusFile)
        return try file.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
    }

    @Test func aRetriedRevisionIsStoredOnce() async throws {
        let incident = sampleIncident()
        let batch = [incident.opening, incident.update(after: 1), incident.closing(after: 2)]
        let first = try await journal.append(batch)
        _ = try await journal.acknowledge(incident.id, actor: "an", note: nil)
        #expect(try await journal.append(batch) == first)
        #expect(try await journal.append([batch[1]]) == [first[1]])
        #expect(try await journal.lastSequence() == 4)
    }

    @Test func contradictionsAreRefusedAndUndoTheirWholeBatch() async throws {
        let incident = sampleIncident()
        await expect(.notFound, [incident.update(after: 1)])
        await expect(.notFound, [incident.closing(after: 1)])
        await expect(.notFound, [sampleIncident("gate-motion-2").opening, incident.update(after: 1)])
        #expect(try await journal.lastSequence() == 0)

        _ = try await journal.append([incident.opening])
        var later = incident.opening
        later.time = later.time + .seconds(1)
        await expect(.conflict, [later])
        var elsewhere = incident.update(after: 1)
        elsewhere.incident.camera = CameraID("yard")
        await expect(.conflict, [elsewhere])
        var closesByUpdate = incident.update(after: 1)
        closesByUpdate.incident.state = .closed
        await expect(.conflict, [closesByUpdate])

        _ = try await journal.append([incident.closing(after: 2)])
        await expect(.conflict, [incident.closing(after: 3)])
        await expect(.conflict, [incident.update(after: 3)])
        #expect(try await journal.lastSequence() == 2)
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test func evidenceMayComeAfterTheClose() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening, incident.closing(after: 2)])
        var late = incident.closing(after: 9)
        late.change = .updated
        #expect(try await journal.append([late]).first?.number == 3)
    }

    @Test func nonsenseIsRefused() async throws {
        for name in ["", "../../etc", "a/b", "a b", ".hidden", String(repeating: "a", count: 201), "e\u{301}"] {
            await expect(.invalid, [sampleIncident(name).opening])
        }
        var doubtful = sampleIncident()
        doubtful.confidence = .nan
        await expect(.invalid, [doubtful.opening])
        doubtful.confidence = 0.5
        doubtful.measurements = [Measurement(name: "areaFraction", value: .infinity)]
        await expect(.invalid, [doubtful.opening])
        var nobody = sampleIncident().opening
        nobody.actor = ""
        await expect(.invalid, [nobody])
        await expect(.invalid, [IncidentRevision(incident: sampleIncident(), change: .closed, time: .zero)])
        _ = try await journal.append([sampleIncident().opening])
        await expect(.invalid, [IncidentRevision(incident: sampleIncident(), change: .acknowledged, time: .zero)])
        #expect(try await journal.lastSequence() == 1)
    }

    @Test func stopsThatNoTaskCanBeatAreKept() async throws {
        // The camera's task is cancelled, and its incident must close in the journal all the same.
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        let stored = try await Task { [journal] in
            withUnsafeCurrentTask { unsafe $0?.cancel() }
            #expect(Task.isCancelled)
            return try await journal.append([incident.closing(after: 1)])
        }.value
        #expect(stored.first?.sequence == 2)
    }

    @Test func manyWritersShareTransactionsAndKeepTheirOwnFate() async throws {
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for n in 0..<200 {
                group.addTask { [journal] in
                    let incident = sampleIncident("gate-motion-\(n)")
                    // Every fifth contradicts itself after its first half has been written.
                    let batch =
                        n % 5 == 0
                        ? [incident.opening, incident.closing(after: 1), incident.closing(after: 2)]
                        : [incident.opening, incident.update(after: 1)]
                    return (n, (try? await journal.append(batch)) != nil)
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        for n in 0..<200 { #expect(outcomes[n] == (n % 5 != 0)) }
        #expect(try await journal.lastSequence() == 320)
        #expect(try await journal.verifyChain().isIntact)
    }

    private func expect(_ code: JournalError.Code, _ revisions: [IncidentRevision]) async {
        let error = await #expect(throws: JournalError.self) { try await journal.append(revisions) }
        #expect(error?.code == code, "\(error.map(\.description) ?? "no error")")
        #expect(error?.remedy.isEmpty == false)
    }
}
