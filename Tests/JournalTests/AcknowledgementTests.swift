import Domain
import JournalTestSupport
import Testing

@testable import Journal

@Suite struct AcknowledgementTests {
    let directory: TemporaryDirectory
    let clock = TestClock()
    let journal: IncidentJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path, clock: clock)
    }

    @Test func theFirstStandsAndTheSecondIsRecorded() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        let first = try await journal.acknowledge(incident.id, actor: "an", note: "đang đến")
        clock.advance(by: .seconds(5))
        let second = try await journal.acknowledge(incident.id, actor: "bình", note: nil)

        #expect(first.number == 2 && first.revision.change == .acknowledged && first.revision.actor == "an")
        #expect(second == first)
        #expect(try await journal.history(of: incident.id).count == 2)
        let taken = try await journal.incidents(matching: IncidentQuery(acknowledged: true))
        #expect(taken.first?.acknowledgement?.note == "đang đến")
        let audit = try await journal.audit()
        #expect(audit.map(\.action) == [.acknowledgedAgain, .acknowledged])
        #expect(audit.map(\.actor) == ["bình", "an"])
        #expect(audit[0].time - audit[1].time == .seconds(5))
        #expect(try await journal.audit(limit: 1, before: 2).map(\.sequence) == [1])
    }

    @Test func laterStepsOfTheSceneKeepIt() async throws {
        // Whoever follows the scene sends incidents that know of no acknowledgement.
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        _ = try await journal.acknowledge(incident.id, actor: "an", note: nil)
        let stored = try await journal.append([incident.update(after: 1), incident.closing(after: 2)])
        #expect(stored.map(\.number) == [3, 4])
        #expect(stored.allSatisfy { $0.revision.incident.acknowledgement?.actor == "an" })
        // And a closed incident can still be taken.
        let other = sampleIncident("gate-motion-2")
        _ = try await journal.append([other.opening, other.closing(after: 1)])
        let late = try await journal.acknowledge(other.id, actor: "an", note: nil)
        #expect(late.revision.incident.state == .closed && late.number == 3)
    }

    @Test func badRequestsChangeNothing() async throws {
        await expect(.notFound) { try await journal.acknowledge(IncidentID("gate-motion-9"), actor: "an", note: nil) }
        _ = try await journal.append([sampleIncident().opening])
        await expect(.invalid) { try await journal.acknowledge(sampleIncident().id, actor: "", note: nil) }
        let long = String(repeating: "ơ", count: 2_001)
        await expect(.invalid) { try await journal.acknowledge(sampleIncident().id, actor: "an", note: long) }
        #expect(try await journal.audit().isEmpty)
        #expect(try await journal.lastSequence() == 1)
    }

    @Test func oneHundredAtOnceMakeOneRevision() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        let actors = await withTaskGroup(of: String?.self) { group in
            for n in 0..<100 {
                group.addTask { [journal] in
                    try? await journal.acknowledge(incident.id, actor: "operator-\(n)", note: nil).revision.actor
                }
            }
            return await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(actors.count == 1 && actors.first != .some(nil))
        #expect(try await journal.lastSequence() == 2)
        #expect(try await journal.audit(limit: 200).count == 100)
        #expect(try await journal.verifyChain().auditEntries == 100)
    }

    @Test func whatACrashLeftOpenIsClosedOnce() async throws {
        let incidents = (1...5).map { sampleIncident("gate-motion-\($0)") }
        _ = try await journal.append(incidents.map(\.opening) + [incidents[1].closing(after: 1)])
        _ = try await journal.acknowledge(incidents[2].id, actor: "an", note: nil)
        let now = MediaTime(seconds: 1_769_999_999)
        let closed = try await journal.closeInterrupted(at: now)
        #expect(closed.map(\.revision.incident.id.rawValue) == [1, 4, 5, 3].map { "gate-motion-\($0)" })
        #expect(closed.allSatisfy { $0.revision.incident.interrupted && $0.revision.incident.state == .closed })
        #expect(closed.allSatisfy { $0.revision.time == now && $0.revision.change == .closed })
        #expect(closed.last?.revision.incident.acknowledgement?.actor == "an")
        #expect(try await journal.closeInterrupted(at: now).isEmpty)
        #expect(try await journal.incidents(matching: IncidentQuery(state: .open)).isEmpty)
    }

    private func expect(_ code: JournalError.Code, _ call: () async throws -> StoredRevision) async {
        let error = await #expect(throws: JournalError.self) { try await call() }
        #expect(error?.code == code)
    }
}
