import Domain
import Evidence
import Foundation
import Journal
import Logging
import SiteConfiguration
import Synchronization
import Testing

@testable import Watch

/// Locked evidence against the rules that give evidence up.
@Suite struct EvidenceLocksTests {
    private final class StillClock: HostClock {
        let time: MediaTime
        private let passed = Mutex(Duration.zero)

        init(time: MediaTime) { self.time = time }

        func wall() -> MediaTime { time + monotonic() }
        func monotonic() -> Duration { passed.withLock { $0 } }
        func advance(by step: Duration) { passed.withLock { $0 += step } }
    }

    private final class Bench: Sendable {
        static let now = MediaTime(seconds: 1_769_904_000)
        let directory = NSTemporaryDirectory() + "locks-\(UUID().uuidString)"
        let journal: IncidentJournal
        let evidence: EvidenceStore
        let locks: EvidenceLocks
        let clock = StillClock(time: Bench.now)
        let retention: EvidenceRetention
        let recordings: RecordingRetention

        init(keepDays: Int = 30, maximumGigabytes: Double = 1, minimumFreeGigabytes: Double = 0) throws {
            let logger = Logger(label: "test")
            journal = try IncidentJournal.open(directory: directory, clock: clock, digest: ContentHash.sha256)
            evidence = try EvidenceStore(directory: directory + "/evidence")
            locks = EvidenceLocks(journal: journal)
            var site = try SiteSettings.parse(
                "cameras: [{id: gate, source: a.mp4}]", file: "test", environment: [:])
            site.storage.keepDays = keepDays
            site.storage.maximumGigabytes = maximumGigabytes
            site.storage.minimumFreeGigabytes = minimumFreeGigabytes
            retention = EvidenceRetention(
                evidence: evidence, journal: journal, locks: locks, storage: site.storage, clock: clock,
                logger: logger, pace: .milliseconds(10))
            recordings = RecordingRetention(
                store: try RecordingStore(directory: directory + "/recordings"),
                log: RecordingLog(directory: directory), journal: journal, locks: locks, options: [:], logger: logger)
        }

        deinit {
            journal.close()
            try? FileManager.default.removeItem(atPath: directory)
        }

        /// An incident of so many days ago with a snapshot of a megabyte.
        func store(_ number: Int, daysAgo: Int) async throws -> Incident {
            var incident = Incident(
                id: IncidentID("gate-motion-\(number)"), kind: .motion, camera: CameraID("gate"), severity: .info,
                start: Self.now - .seconds(86_400 * daysAgo), confidence: 1, box: nil, rule: "motion")
            incident.evidence = [
                try await evidence.storeSnapshot(
                    [UInt8](repeating: UInt8(number), count: 1_000_000), of: incident.id, startingAt: incident.start,
                    time: incident.start)
            ]
            _ = try await journal.append([
                IncidentRevision(incident: incident, change: .opened, time: incident.start)
            ])
            return incident
        }

        func isThere(_ incident: Incident) -> Bool {
            FileManager.default.fileExists(atPath: "\(evidence.directory)/\(incident.evidence[0].path)")
        }

        func wait(_ isDone: () -> Bool) async throws {
            for _ in 0..<500 where !isDone() { try await Task.sleep(for: .milliseconds(10)) }
        }

        func pass() async { await retention.pass(byAge: true, recordings: recordings) }
    }

    @Test func whatIsLockedOutlivesItsDayAndTheRestLeavesItsHash() async throws {
        let bench = try Bench(keepDays: 7)
        let incidents = try await [bench.store(1, daysAgo: 9), bench.store(2, daysAgo: 9), bench.store(3, daysAgo: 1)]
        _ = try await bench.locks.lock(incidents[0].id, actor: "an", reason: "court")
        await bench.pass()
        #expect(incidents.map(bench.isThere) == [true, false, true])
        #expect(bench.retention.locked == .init(incidents: 1, bytes: 1_000_000))
        #expect(bench.retention.lockTrouble == nil)
        let tombstones = try await bench.journal.tombstones(of: incidents[1].id)
        #expect(tombstones.removed.map(\.path) == incidents[1].evidence.map(\.path))
        let report = try await EvidenceAudit(journal: bench.journal, evidence: bench.evidence).run()
        #expect(report.holds && report.intact == 2 && report.removed == 1)
        _ = try await bench.journal.handle(incidents[0].id, .unlock, actor: "an", note: "over")
        await bench.pass()
        #expect(incidents.map(bench.isThere) == [false, false, true])
        #expect(try await EvidenceAudit(journal: bench.journal, evidence: bench.evidence).run().holds)
    }

    @Test func whatIsTooOldGoesSoonAfterAStartAndThenEveryHour() async throws {
        let bench = try Bench(keepDays: 7)
        let first = try await bench.store(1, daysAgo: 9)
        let running = Task { await bench.retention.run(recordings: bench.recordings) }
        try await Task.sleep(for: .milliseconds(200))
        // The host's clock may still be wrong.
        #expect(bench.isThere(first))
        bench.clock.advance(by: EvidenceRetention.firstPause)
        try await bench.wait { !bench.isThere(first) }
        #expect(!bench.isThere(first))
        let second = try await bench.store(2, daysAgo: 9)
        bench.clock.advance(by: .seconds(3_500))
        try await Task.sleep(for: .milliseconds(200))
        #expect(bench.isThere(second))
        bench.clock.advance(by: .seconds(200))
        try await bench.wait { !bench.isThere(second) }
        #expect(!bench.isThere(second))
        running.cancel()
        await running.value
    }

    @Test func lockedEvidenceThatTakesAllTheRoomIsSaid() async throws {
        let bench = try Bench(maximumGigabytes: 0.001)
        let incidents = try await [bench.store(1, daysAgo: 3), bench.store(2, daysAgo: 2), bench.store(3, daysAgo: 1)]
        for incident in incidents.prefix(2) {
            _ = try await bench.locks.lock(incident.id, actor: "an", reason: "court")
        }
        await bench.pass()
        #expect(incidents.map(bench.isThere) == [true, true, false])
        let trouble = try #require(bench.retention.lockTrouble)
        #expect(trouble.problem.contains("2 locked incidents") && trouble.remedy.contains("--locked"))
        _ = try await bench.journal.handle(incidents[0].id, .unlock, actor: "an", note: "over")
        await bench.pass()
        #expect(incidents.map(bench.isThere) == [false, true, false])
        #expect(bench.retention.lockTrouble == nil)
    }

    @Test func aFullDiskDoesNotTakeIt() async throws {
        let bench = try Bench(minimumFreeGigabytes: 1_000_000)
        let incidents = try await [bench.store(1, daysAgo: 2), bench.store(2, daysAgo: 1)]
        _ = try await bench.locks.lock(incidents[0].id, actor: "an", reason: "court")
        await bench.retention.pass(byAge: false, recordings: bench.recordings)
        #expect(incidents.map(bench.isThere) == [true, false])
        #expect(bench.retention.wantingBytes > 0)
    }

    @Test func theRecordingOfAnOpenIncidentIsKeptUpToNow() {
        var incident = Incident(
            id: IncidentID("gate-motion-1"), kind: .motion, camera: CameraID("gate"), severity: .info,
            start: Bench.now, confidence: 1, box: nil, rule: "motion")
        incident.lastSeen = Bench.now + .seconds(10)
        #expect(EvidenceLocks.span(of: incident).start == Bench.now - .seconds(60))
        #expect(EvidenceLocks.span(of: incident).end > Bench.now + .seconds(86_400 * 365))
        incident.state = .closed
        #expect(EvidenceLocks.span(of: incident).end == Bench.now + .seconds(70))
    }
}
