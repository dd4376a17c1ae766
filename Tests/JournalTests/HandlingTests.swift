import Domain
import JournalTestSupport
import Testing

@testable import Journal

/// What people do with incidents, durably and for good.
@Suite struct HandlingTests {
    let directory: TemporaryDirectory
    let clock = TestClock()
    let journal: IncidentJournal

    init() throws {
        directory = try TemporaryDirectory()
        journal = try openJournal(directory.path, clock: clock)
    }

    @Test func eachStepIsARevisionAndAnEntry() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        let steps: [HandlingStep] = [.note, .confirm, .assign(to: "Bình"), .dismiss(.insect)]
        for step in steps {
            clock.advance(by: .seconds(1))
            let stored = try await journal.handle(incident.id, step, actor: "an", note: "ghi chú")
            #expect(stored.revision.change == step.change && stored.revision.actor == "an")
        }
        // Whoever follows the scene knows nothing of it, and takes nothing away.
        let closed = try await journal.append([incident.closing(after: 60)]).first
        #expect(closed?.number == 6 && closed?.revision.incident.handling?.judgement?.reason == .insect)
        let retried = try await journal.append([incident.closing(after: 60)]).first
        #expect(retried == closed)
        let trail = try await journal.audit(of: incident.id)
        #expect(trail.map(\.action) == [.noted, .confirmed, .assigned, .dismissed])
        #expect(trail.map(\.detail) == [nil, nil, "Bình", "insect"] && trail.allSatisfy { $0.note == "ghi chú" })
        let taken = try await journal.incidents(matching: IncidentQuery(acknowledged: true)).first?.acknowledgement
        #expect(taken?.actor == "an" && taken?.time == trail[1].time)
        #expect(try await journal.verifyChain().isIntact)
    }

    @Test func whatContradictsIsRefusedAndLeavesNothing() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        func code(_ step: HandlingStep, _ id: IncidentID, actor: String = "an") async -> JournalError.Code? {
            do {
                _ = try await journal.handle(id, step, actor: actor, note: nil)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(await code(.report(.observed), incident.id) == .conflict)
        #expect(await code(.note, incident.id) == .conflict)
        #expect(await code(.confirm, IncidentID("nobody")) == .notFound)
        #expect(await code(.confirm, incident.id, actor: "") == .invalid)
        #expect(try await journal.history(of: incident.id).count == 1)
        #expect(try await journal.audit().isEmpty)
    }

    @Test func locksAreKeptWhateverFollows() async throws {
        let incidents = ["a", "b"].map { sampleIncident("gate-motion-\($0)") }
        _ = try await journal.append(incidents.map(\.opening))
        let id = incidents[0].id
        _ = try await journal.handle(id, .lock, actor: "an", note: "theo yêu cầu của công an")
        _ = try await journal.append([incidents[0].closing(after: 60)])
        #expect(try await journal.lockedIncidents().map(\.id) == [id])
        #expect(try await journal.lockedIncidents().first?.state == .closed)
        #expect(try await journal.incidents(matching: IncidentQuery(locked: true)).map(\.id) == [id])
        #expect(try await journal.incidents(matching: IncidentQuery(locked: false)).map(\.id) == [incidents[1].id])
        journal.close()
        let again = try openJournal(directory.path, clock: clock)
        #expect(try await again.lockedIncidents().first?.handling?.lock?.reason == "theo yêu cầu của công an")
        _ = try await again.handle(id, .unlock, actor: "bình", note: "đã giao")
        #expect(try await again.lockedIncidents().isEmpty)
        let trail = try await again.audit(of: id)
        #expect(trail.map(\.action) == [.locked, .unlocked] && trail.map(\.actor) == ["an", "bình"])
        #expect(try await again.verifyChain().isIntact)
        again.close()
    }

    @Test func aReminderIsWrittenDownOnce() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        for channel in ["telegram", "telegram", "mail"] {
            try await journal.noteEscalation(of: incident.id, step: 1, channel: channel, at: clock.wall())
        }
        let trail = try await journal.audit(of: incident.id)
        #expect(trail.map(\.detail) == ["telegram", "mail"] && trail.allSatisfy { $0.action == .escalated })
    }

    @Test func aLinkWorksOnceAlsoAfterARestart() async throws {
        let incident = sampleIncident()
        _ = try await journal.append([incident.opening])
        let link = SingleUseLink(digest: "abc", expires: clock.wall() + .seconds(60))
        #expect(try await !journal.isUsed(link))
        let stored = try await journal.acknowledge(incident.id, actor: "ranger", note: nil, link: link)
        #expect(stored.revision.incident.acknowledgement?.actor == "ranger")
        journal.close()
        let again = try openJournal(directory.path, clock: clock)
        #expect(try await again.isUsed(link))
        await #expect(throws: JournalError.self) {
            try await again.acknowledge(incident.id, actor: "ranger", note: nil, link: link)
        }
        #expect(try await again.audit().count == 1)
        again.close()
    }

    @Test func dangerAndDrillsSurviveARestart() async throws {
        let now = clock.wall()
        let given = DangerNotice(level: .extreme, source: .person, actor: "an", since: now, until: now + .seconds(60))
        let reckoned = DangerNotice(level: .high, source: .weather, actor: "lookout", since: now)
        try await journal.note(given)
        try await journal.note(reckoned)
        var later = reckoned
        later.since = now + .seconds(5)
        try await journal.note(later)
        let drill = DrillReport(
            id: "drill-1", actor: "lookout", start: now,
            channels: [
                .init(id: "a", acceptedSeconds: 0.26, error: nil), .init(id: "b", acceptedSeconds: nil, error: "x"),
            ],
            acknowledgedSeconds: 61, acknowledgedBy: "ranger")
        try await journal.note(drill)
        journal.close()
        let again = try openJournal(directory.path, clock: clock)
        #expect(try await again.dangerNotices() == [later, given])
        #expect(try await again.lastDrill() == drill)
        let trail = try await again.audit()
        #expect(trail.map(\.action) == [.drilled, .dangerChanged, .dangerChanged], "the same level is no change")
        #expect(trail[0].detail == "1 of 2 channels, slowest 0.3 s; acknowledged by ranger after 61.0 s")
        #expect(trail.map(\.detail).suffix(2) == ["III", "V"])
        #expect(try await again.verifyChain().isIntact)
        again.close()
    }
}
