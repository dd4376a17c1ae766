import Domain
import EventBus
import Evidence
import Foundation
import Journal
import Logging
import Synchronization
import Testing

@testable import Watch

@Suite struct IncidentRecorderTests {
    /// A bus whose disk is full for the first `failures` calls.
    private final class FlakyBus: MessageBus {
        let failures: Mutex<Int>
        let stored = Mutex<[IncidentRevision]>([])
        let attached = Mutex<[[EvidenceItem]]>([])
        let code: JournalError.Code

        init(failures: Int, code: JournalError.Code = .diskFull) {
            self.failures = Mutex(failures)
            self.code = code
        }

        func publish(_ revisions: [IncidentRevision]) async throws -> [StoredRevision] {
            let mustFail = failures.withLock { left in
                left -= 1
                return left >= 0
            }
            if mustFail { throw JournalError(code, problem: "the disk is full", remedy: "Make room") }
            stored.withLock { $0 += revisions }
            return []
        }

        func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws -> StoredRevision {
            throw JournalError(.notFound, problem: "not here", remedy: "Look elsewhere")
        }
        func attach(_ items: [EvidenceItem], to id: IncidentID) async throws -> StoredRevision {
            attached.withLock { $0.append(items) }
            throw JournalError(.notFound, problem: "not here", remedy: "Look elsewhere")
        }
        func subscribe(after sequence: Int64?) -> RevisionStream { preconditionFailure("nobody subscribes here") }
        func publish(status: CameraStatus) {}
        func statuses() -> StatusStream { preconditionFailure("nobody subscribes here") }
        func currentStatuses() -> [CameraStatus] { [] }
    }

    private func revision(_ number: Int, _ change: IncidentRevision.Change, _ name: String = "one") -> IncidentRevision
    {
        var incident = Incident(
            id: IncidentID("gate-motion-\(name)"), kind: .motion, camera: CameraID("gate"), severity: .info,
            start: MediaTime(seconds: 1), confidence: 0.5, box: nil, rule: "motion")
        incident.frames = number
        if change == .closed { incident.state = .closed }
        return IncidentRevision(incident: incident, change: change, time: MediaTime(seconds: Double(number)))
    }

    private func temporaryEvidence() throws -> EvidenceStore {
        try EvidenceStore(directory: NSTemporaryDirectory() + "recorder-\(UUID().uuidString)")
    }

    @Test func whatADiskRefusesIsStoredLaterInOrder() async throws {
        let bus = FlakyBus(failures: 2)
        let evidence = try temporaryEvidence()
        defer { try? FileManager.default.removeItem(atPath: evidence.directory) }
        let recorder = IncidentRecorder(
            bus: bus, evidence: evidence, clock: SystemClock(), logger: Logger(label: "test"))
        let running = Task { await recorder.run() }
        recorder.submit(.init(revisions: [revision(1, .opened)]))
        recorder.submit(.init(revisions: [revision(2, .updated)]))
        recorder.submit(.init(revisions: [revision(3, .closed)]))
        while bus.stored.withLock({ $0.count }) < 3 { try await Task.sleep(for: .milliseconds(20)) }
        recorder.finish()
        await running.value
        #expect(bus.stored.withLock { $0.map(\.incident.frames) } == [1, 2, 3])
        #expect(recorder.losses == IncidentRecorder.Losses())
    }

    @Test func whatTheJournalRefusesForGoodIsCountedAndHoldsNothingUp() async throws {
        let bus = FlakyBus(failures: 1, code: .conflict)
        let evidence = try temporaryEvidence()
        defer { try? FileManager.default.removeItem(atPath: evidence.directory) }
        let recorder = IncidentRecorder(
            bus: bus, evidence: evidence, clock: SystemClock(), logger: Logger(label: "test"))
        let running = Task { await recorder.run() }
        recorder.submit(.init(revisions: [revision(1, .opened)]))
        recorder.submit(.init(revisions: [revision(2, .opened, "two")]))
        recorder.finish()
        await running.value
        #expect(bus.stored.withLock { $0.map(\.incident.frames) } == [2])
        #expect(recorder.losses.revisions == 1)
    }

    /// A bus that has all that these requests lead to.
    private func busAfter(_ requests: [IncidentRecorder.Request], _ evidence: EvidenceStore) async -> FlakyBus {
        let bus = FlakyBus(failures: 0)
        let recorder = IncidentRecorder(
            bus: bus, evidence: evidence, clock: SystemClock(), logger: Logger(label: "test"))
        let running = Task { await recorder.run() }
        for request in requests { recorder.submit(request) }
        recorder.finish()
        await running.value
        return bus
    }

    /// The journal keeps it in every later one: see `AttachmentTests`.
    @Test func theSnapshotStandsInTheRevisionThatOpens() async throws {
        let evidence = try temporaryEvidence()
        defer { try? FileManager.default.removeItem(atPath: evidence.directory) }
        let picture = CameraSnapshot(jpeg: [0xFF, 0xD8, 1, 2, 3], capturedAt: MediaTime(seconds: 1))
        let bus = await busAfter(
            [
                .init(revisions: [revision(1, .opened)], snapshot: picture),
                .init(revisions: [revision(2, .updated)]), .init(revisions: [revision(3, .closed)]),
            ], evidence)
        let stored = bus.stored.withLock { $0 }
        #expect(stored.map(\.incident.evidence.count) == [1, 0, 0])
        let item = try #require(stored.first?.incident.evidence.first)
        #expect(item.sha256 == ContentHash.sha256Hexadecimal(picture.jpeg))
        #expect(try await evidence.read(item) == picture.jpeg)
    }

    @Test func aBetterPictureIsAttachedWithItsCopiesAndTheFirstOneStays() async throws {
        let evidence = try temporaryEvidence()
        defer { try? FileManager.default.removeItem(atPath: evidence.directory) }
        let first = CameraSnapshot(jpeg: [0xFF, 0xD8, 1], capturedAt: MediaTime(seconds: 1))
        var better = CameraSnapshot(jpeg: [0xFF, 0xD8, 2], capturedAt: MediaTime(seconds: 3))
        (better.marked, better.thumbnail, better.isBest) = ([0xFF, 0xD8, 3], [0xFF, 0xD8, 4], true)
        let bus = await busAfter(
            [
                .init(revisions: [revision(1, .opened)], snapshot: first),
                .init(revisions: [], best: .init(incident: revision(1, .opened).incident, snapshot: better)),
            ], evidence)
        let items = try #require(bus.attached.withLock { $0 }.first)
        #expect(items.map(\.kind) == [.best, .bestMarked, .bestThumbnail])
        #expect(items.map(\.time) == Array(repeating: MediaTime(seconds: 3), count: 3))
        #expect(try await evidence.read(items[1]) == better.marked)
        let opened = try #require(bus.stored.withLock { $0 }.first)
        #expect(try await evidence.read(opened.incident.evidence[0]) == first.jpeg)
    }

    /// With nobody storing, memory stays bounded, and it is updates that are given up.
    @Test func underPressureOnlyUpdatesAreGivenUp() async throws {
        let bus = FlakyBus(failures: 0)
        let evidence = try temporaryEvidence()
        defer { try? FileManager.default.removeItem(atPath: evidence.directory) }
        let recorder = IncidentRecorder(
            bus: bus, evidence: evidence, clock: SystemClock(), logger: Logger(label: "test"))
        for number in 0..<6_000 { recorder.submit(.init(revisions: [revision(number, .updated)])) }
        for number in 0..<10 { recorder.submit(.init(revisions: [revision(number, .opened, "late-\(number)")])) }
        #expect(recorder.losses.updates == 6_000 - 4_096)
        recorder.finish()
        await recorder.run()
        #expect(bus.stored.withLock { $0.filter { $0.change == .opened }.count } == 10)
    }
}
