import Domain
import EventBus
import Evidence
import Foundation
import Journal
import Logging
import Testing

@testable import Watch

/// Journal and evidence held against each other, after what crashes, hands and retention do to them.
@Suite struct EvidenceCheckTests {
    private struct StillClock: HostClock {
        let time: MediaTime
        func wall() -> MediaTime { time }
        func monotonic() -> Duration { .zero }
    }

    /// A journal and an evidence folder of one day's incidents, each with a snapshot and a clip.
    private final class Bench: Sendable {
        static let start = MediaTime(seconds: 1_769_904_000)
        let directory = NSTemporaryDirectory() + "check-\(UUID().uuidString)"
        let journal: IncidentJournal
        let bus: EmbeddedBus
        let evidence: EvidenceStore
        let clock = StillClock(time: start + .seconds(3_600))

        init() async throws {
            journal = try IncidentJournal.open(directory: directory, clock: clock, digest: ContentHash.sha256)
            bus = try await EmbeddedBus(journal: journal)
            evidence = try EvidenceStore(directory: directory + "/evidence")
        }

        deinit {
            journal.close()
            try? FileManager.default.removeItem(atPath: directory)
        }

        func incident(_ number: Int) -> Incident {
            Incident(
                id: IncidentID("gate-motion-\(number)"), kind: .motion, camera: CameraID("gate"), severity: .info,
                start: Self.start + .seconds(60 * number), confidence: 1, box: nil, rule: "motion")
        }

        @discardableResult
        func store(_ number: Int, isTold: Bool = true) async throws -> [EvidenceItem] {
            var incident = incident(number)
            incident.evidence = [
                try await evidence.storeSnapshot(
                    [UInt8](repeating: UInt8(number), count: 1_000), of: incident.id, startingAt: incident.start,
                    time: incident.start)
            ]
            if isTold {
                _ = try await bus.publish([IncidentRevision(incident: incident, change: .opened, time: incident.start)])
            }
            return incident.evidence
        }

        func latest(_ number: Int) async throws -> Incident? {
            try await journal.history(of: incident(number).id).last?.revision.incident
        }

        func file(_ item: EvidenceItem) -> String { "\(evidence.directory)/\(item.path)" }

        func repair() -> EvidenceRepair {
            EvidenceRepair(
                evidence: evidence, journal: journal, bus: bus, keepDays: 30, logger: Logger(label: "test"))
        }

        /// Far enough in the future for every file to be settled.
        func pass() async -> EvidenceRepair.Outcome {
            await repair().pass(now: Self.start, settled: MediaTime(seconds: 4_000_000_000))
        }

        func check() async throws -> EvidenceAudit.Report {
            try await EvidenceAudit(journal: journal, evidence: evidence).run()
        }
    }

    @Test func everythingInOrderHolds() async throws {
        let bench = try await Bench()
        for number in 1...3 { try await bench.store(number) }
        let report = try await bench.check()
        #expect(report.holds && report.incidents == 3 && report.intact == 3 && report.removed == 0)
        #expect(report.chain.revisions == 3 && report.chain.headHash.count == 64)
        #expect(await bench.pass() == .init())
    }

    @Test func whatIsMissingOrAlteredIsNamed() async throws {
        let bench = try await Bench()
        let items = try await [bench.store(1)[0], bench.store(2)[0], bench.store(3)[0]]
        try FileManager.default.removeItem(atPath: bench.file(items[0]))
        try Data(count: 1_000).write(to: URL(filePath: bench.file(items[1])))
        let report = try await bench.check()
        #expect(!report.holds && report.intact == 1)
        #expect(report.findings.map(\.kind) == [.altered, .missing])
        #expect(report.findings.map(\.path) == [items[1].path, items[0].path])
        #expect(report.findings.map(\.sha256) == [items[1].sha256, items[0].sha256])
    }

    @Test func whatRetentionTookKeepsItsHashInTheChain() async throws {
        let bench = try await Bench()
        let items = try await bench.store(1)
        let removal = try await bench.evidence.removeExpired(
            .init(keepDays: 1, maximumBytes: .max), now: Bench.start + .seconds(86_400 * 10)
        ) { [journal = bench.journal] _, incidents in
            try await journal.noteRemoval(of: incidents, reason: "retention")
        }
        #expect(removal.days.count == 1 && !FileManager.default.fileExists(atPath: bench.file(items[0])))
        let report = try await bench.check()
        #expect(report.holds && report.removed == 1 && report.intact == 0)
        let stones = try await bench.journal.tombstones(of: bench.incident(1).id)
        #expect(stones.removed == [.init(path: items[0].path, sha256: items[0].sha256)] && stones.missing.isEmpty)
        // Nothing is missing that was given up.
        #expect(await bench.pass() == .init())
    }

    @Test func aFileWithoutAnIncidentIsPutAside() async throws {
        let bench = try await Bench()
        // As after a crash between the snapshot and the incident that it opens.
        let items = try await bench.store(1, isTold: false)
        #expect(await bench.repair().pass(now: Bench.start, settled: Bench.start) == .init())
        #expect(FileManager.default.fileExists(atPath: bench.file(items[0])))
        #expect(await bench.pass() == .init(setAside: 1))
        #expect(!FileManager.default.fileExists(atPath: bench.file(items[0])))
        let aside = try FileManager.default.contentsOfDirectory(atPath: bench.evidence.directory + "/.orphans")
        #expect(aside == [items[0].path.replacing("/", with: "_")])
        #expect(await bench.pass() == .init())
    }

    @Test func aFileThatItsIncidentDoesNotNameIsGivenToIt() async throws {
        let bench = try await Bench()
        let first = try await bench.store(1)
        // As after a crash between the file and the revision that names it.
        let incident = bench.incident(1)
        let second = try await bench.evidence.storeSnapshot(
            [1, 2, 3], of: incident.id, startingAt: incident.start, time: incident.start, as: .marked)
        try Data([1]).write(to: URL(filePath: bench.file(second) + ".part"))
        #expect(await bench.pass() == .init(adopted: 1, setAside: 1))
        #expect(try await bench.latest(1)?.evidence == first + [second])
        let report = try await bench.check()
        #expect(report.holds && report.intact == 2)
        #expect(await bench.pass() == .init())
    }

    @Test func aClipThatIsStillToBeRecoveredIsLeftToItsRecorder() async throws {
        let bench = try await Bench()
        try await bench.store(1)
        let incident = bench.incident(1)
        let clip = UnfinishedClip(
            incident: incident.id, part: 1, incidentStart: incident.start, firstTime: incident.start)
        let source = bench.directory + "/source.mp4"
        try Command.makeClip(source)
        try Data([0]).write(to: URL(filePath: bench.evidence.path(of: clip)))
        try FileManager.default.copyItem(atPath: source, toPath: bench.evidence.path(finishing: clip))
        let details = ClipDetails(
            part: 1, durationMicroseconds: 0, codec: "h264", width: 0, height: 0, isWebReady: true)
        _ = try bench.evidence.adopt(clip, details: details)
        #expect(await bench.pass() == .init())
        // Where the recorder has lost track of it, it is adopted with what the file says.
        try FileManager.default.removeItem(atPath: bench.evidence.path(of: clip))
        #expect(await bench.pass() == .init(adopted: 1))
        let item = try await bench.latest(1)?.evidence.last
        #expect(item?.kind == .clip && item?.clip?.part == 1 && item?.clip?.width == 160)
        #expect(item?.clip?.durationMicroseconds == 1_800_000)
    }

    @Test func anItemWhoseFileIsGoneIsNotedOnce() async throws {
        let bench = try await Bench()
        let items = try await bench.store(1)
        try FileManager.default.removeItem(atPath: bench.file(items[0]))
        #expect(await bench.pass() == .init(missing: 1))
        #expect(await bench.pass() == .init())
        let stones = try await bench.journal.tombstones(of: bench.incident(1).id)
        #expect(stones.missing == [.init(path: items[0].path, sha256: items[0].sha256)] && stones.removed.isEmpty)
        // It is noted, and still missing.
        let report = try await bench.check()
        #expect(report.chain.broken == nil && report.findings.map(\.kind) == [.missing])
        #expect(report.findings.first?.remark != nil)
    }
}

enum Command {
    /// Two seconds of pictures.
    static func makeClip(_ path: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=2:s=160x96:r=5", "-c:v"]
            + ["libx264", "-bf", "0", "-pix_fmt", "yuv420p", path]
        try process.run()
        process.waitUntilExit()
    }
}
