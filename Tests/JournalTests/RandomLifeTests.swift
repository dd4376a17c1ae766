import Domain
import JournalTestSupport
import Testing

@testable import Journal

/// Random lives against a model that is nothing but arrays.
@Suite struct RandomLifeTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func theJournalAgreesWithTheModel(seed: UInt64) async throws {
        let directory = try TemporaryDirectory()
        let clock = TestClock()
        var journal = try openJournal(directory.path, clock: clock)
        var lives = RandomLives(seed: seed)
        var random = SeededRandom(seed: seed &+ 1_000)
        var model: [Incident] = []
        var stored: [StoredRevision] = []
        for _ in 0..<60 {
            clock.advance(by: .milliseconds(700))
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                journal.close()
                journal = try openJournal(directory.path, clock: clock)
            case 1 where !model.isEmpty:
                let index = Int.random(in: 0..<model.count, using: &random)
                let revision = try await journal.acknowledge(model[index].id, actor: "an", note: nil)
                if model[index].acknowledgement == nil { stored.append(revision) }
                model[index].acknowledgement = revision.revision.incident.acknowledgement
            default:
                let batch = lives.next(Int.random(in: 1...6, using: &random))
                stored += try await journal.append(batch)
                for revision in batch { Self.apply(revision, to: &model) }
            }
        }
        #expect(stored.map(\.sequence) == (1...Int64(stored.count)).map { $0 })
        #expect(try await journal.revisions(after: 0, limit: 10_000) == stored)
        for incident in model {
            let history = try await journal.history(of: incident.id)
            #expect(history.last?.revision.incident == incident)
            #expect(history.map(\.number) == Array(1...history.count))
        }
        try await compareQueries(journal, model, &random)
        let report = try await journal.verifyChain()
        #expect(report.isIntact && report.revisions == Int64(stored.count) && report.headHash == stored.last?.hash)
    }

    /// Every filter, alone and combined, in pages, against filtering the model's array.
    private func compareQueries(_ journal: IncidentJournal, _ model: [Incident], _ random: inout SeededRandom)
        async throws
    {
        let newestFirst = model.sorted { ($0.start, $0.id) > ($1.start, $1.id) }
        for _ in 0..<40 {
            var query = IncidentQuery()
            if Bool.random(using: &random) { query.state = Bool.random(using: &random) ? .open : .closed }
            func sometimes() -> Incident? {
                Int.random(in: 0..<3, using: &random) == 0 ? model.randomElement(using: &random) : nil
            }
            query.camera = sometimes()?.camera
            query.kind = sometimes()?.kind
            query.acknowledged = sometimes().map { _ in Bool.random(using: &random) }
            query.since = sometimes()?.lastSeen
            query.until = sometimes()?.start
            let expected = newestFirst.filter { Self.matches($0, query) }
            query.limit = Int.random(in: 1...20, using: &random)
            var found: [Incident] = []
            while true {
                let page = try await journal.incidents(matching: query)
                #expect(page.count <= query.limit)
                found += page
                guard page.count == query.limit, let last = page.last else { break }
                query.after = last.id
            }
            #expect(found == expected)
        }
    }

    private static func matches(_ incident: Incident, _ query: IncidentQuery) -> Bool {
        (query.state.map { $0 == incident.state } ?? true)
            && (query.camera.map { $0 == incident.camera } ?? true)
            && (query.kind.map { $0 == incident.kind } ?? true)
            && (query.acknowledged.map { $0 == (incident.acknowledgement != nil) } ?? true)
            && (query.since.map { incident.lastSeen >= $0 } ?? true)
            && (query.until.map { incident.start < $0 } ?? true)
    }

    private static func apply(_ revision: IncidentRevision, to model: inout [Incident]) {
        guard let index = model.firstIndex(where: { $0.id == revision.incident.id }) else {
            model.append(revision.incident)
            return
        }
        let acknowledgement = model[index].acknowledgement
        model[index] = revision.incident
        model[index].acknowledgement = acknowledgement
    }

    @Test func badPagesAreRefused() async throws {
        let directory = try TemporaryDirectory()
        let journal = try openJournal(directory.path)
        for limit in [0, -1, 1_001, Int.max] {
            await #expect(throws: JournalError.self) {
                try await journal.incidents(matching: IncidentQuery(limit: limit))
            }
        }
        await #expect(throws: JournalError.self) { try await journal.revisions(after: 0, limit: 0) }
        let error = await #expect(throws: JournalError.self) {
            try await journal.incidents(matching: IncidentQuery(after: IncidentID("gone")))
        }
        #expect(error?.code == .notFound)
        #expect(try await journal.revisions(after: .max, limit: 10).isEmpty)
        #expect(try await journal.revisions(after: .min, limit: 10).isEmpty)
        #expect(try await journal.history(of: IncidentID("'; DROP TABLE revisions; --")).isEmpty)
    }
}
