import Domain
import JournalTestSupport
import Testing

@testable import Journal

@Suite struct AttachmentTests {
    let directory: TemporaryDirectory
    let clock = TestClock()
    let journal: IncidentJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path, clock: clock)
    }

    private func item(_ name: String, _ hash: Character = "a") -> EvidenceItem {
        EvidenceItem(
            kind: name.hasPrefix("clip") ? .clip : .snapshot, path: "2026-02-01/gate-motion-1/\(name)",
            mediaType: "video/mp4", bytes: 9, sha256: String(repeating: hash, count: 64), time: .zero)
    }

    @Test func laterStepsOfTheSceneKeepIt() async throws {
        let incident = sampleIncident()
        var opening = incident.opening
        opening.incident.evidence = [item("snapshot.jpg")]
        _ = try await journal.append([opening])
        let attached = try await journal.attach([item("clip-1.mp4")], to: incident.id)
        #expect(attached.number == 2 && attached.revision.change == .updated)
        // Whoever follows the scene sends incidents that know of no evidence.
        let stored = try await journal.append([incident.update(after: 1), incident.closing(after: 2)])
        #expect(stored.allSatisfy { $0.revision.incident.evidence == [item("snapshot.jpg"), item("clip-1.mp4")] })
        // A retry finds what is stored.
        let again = try await journal.append([incident.closing(after: 2)])
        #expect(again.first?.sequence == stored.last?.sequence)
    }

    @Test func aClipComesAfterItsIncidentClosedAndARetryChangesNothing() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening, incident.closing(after: 5)])
        let first = try await journal.attach([item("clip-1.mp4")], to: incident.id)
        #expect(first.revision.incident.state == .closed && first.number == 3)
        let second = try await journal.attach([item("clip-1.mp4", "b")], to: incident.id)
        #expect(second == first)
        await #expect(throws: JournalError.self) { try await journal.attach([item("clip-1.mp4")], to: IncidentID("x")) }
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test func whatIsGivenUpStaysProvable() async throws {
        var kept: [IncidentID] = []
        for index in 0..<250 {
            var incident = sampleIncident("gate-motion-\(index)")
            if index > 0 { incident.evidence = [item("\(index).jpg", "c")] }
            kept.append(incident.id)
            _ = try await journal.append([incident.opening])
        }
        _ = try await journal.noteRemoval(of: kept + [IncidentID("unknown")], reason: "retention")
        let audit = try await journal.audit(limit: 1_000)
        #expect(audit.count == 249 && audit.allSatisfy { $0.action == .evidenceRemoved && $0.actor == "lookout" })
        let last = try #require(audit.first)
        #expect(last.incident == IncidentID("gate-motion-249"))
        let path = "2026-02-01/gate-motion-1/249.jpg"
        #expect(last.removed == [.init(path: path, sha256: String(repeating: "c", count: 64))])
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test func whatIsLockedIsNotGivenUpAndWhatIsGivenUpIsNotLocked() async throws {
        var incidents = ["a", "b", "c"].map { sampleIncident("gate-motion-\($0)") }
        for index in 0..<2 { incidents[index].evidence = [item("\(index).jpg")] }
        let ids = incidents.map(\.id)
        _ = try await journal.append(incidents.map(\.opening))
        _ = try await journal.handle(ids[0], .lock, actor: "an", note: "court")
        #expect(try await journal.noteRemoval(of: ids, reason: "retention") == [ids[0]])
        #expect(try await journal.tombstones(of: ids[0]) == .init())
        // Too late: nothing is promised that cannot be kept.
        let refusal = await #expect(throws: JournalError.self) {
            try await journal.handle(ids[1], .lock, actor: "an", note: "court")
        }
        #expect(refusal?.code == .conflict && refusal?.problem.contains("given up") == true)
        // Of one that never had a file the recording may be kept.
        #expect(try await journal.handle(ids[2], .lock, actor: "an", note: "court").revision.incident.isLocked)
        _ = try await journal.handle(ids[0], .unlock, actor: "an", note: "over")
        #expect(try await journal.noteRemoval(of: ids, reason: "retention") == [ids[2]])
        #expect(try await journal.tombstones(of: ids[0]).removed.count == 1)
    }
}
