import Domain
import EventBus
import Evidence
import Foundation
import Glibc
import Journal
import JournalTestSupport

/// What the crash tests kill: writes as fast as it can, and says on standard output what it was told is safe.
///
///     storage-writer incidents DIRECTORY SEED full|normal|off
///     storage-writer snapshots DIRECTORY SEED
///     storage-writer coverage DIRECTORY RUN
///     storage-writer read DIRECTORY 0
@main
struct StorageWriter {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let seed = UInt64(arguments[3]) else {
            say("usage: storage-writer incidents|snapshots|coverage|read DIRECTORY SEED [DURABILITY]")
            exit(2)
        }
        do {
            switch arguments[1] {
            case "incidents": try await writeIncidents(arguments[2], seed, arguments.count > 4 ? arguments[4] : "full")
            case "snapshots": try await writeSnapshots(arguments[2], seed)
            case "coverage": await writeCoverage(arguments[2], run: Int(clamping: seed))
            default: try await readAll(arguments[2])
            }
        } catch {
            say("failed \(error)")
            exit(1)
        }
    }

    /// Says `told SEQUENCE HASH` when a subscription of the bus delivers a revision, `full` when the disk is full.
    private static func writeIncidents(_ directory: String, _ seed: UInt64, _ durability: String) async throws {
        let levels: [String: Durability] = ["off": .off, "normal": .normal, "full": .full]
        // Half of the runs move the log into the database every few revisions, so that kills fall into that too.
        let journal = try openJournal(
            directory, durability: levels[durability] ?? .full, checkpointPages: seed % 2 == 0 ? 1_000 : 20)
        let bus = try await EmbeddedBus(journal: journal)
        let stream = bus.subscribe(after: nil)
        Task.detached {
            for try await revision in stream { say("told \(revision.sequence) \(revision.hash)") }
        }
        _ = try await journal.closeInterrupted(at: MediaTime(seconds: 1_769_904_000))
        say("ready")
        var lives = RandomLives(seed: seed, prefix: "run\(seed)")
        while true { try await publish(lives.next(1 + Int(seed % 3)), on: bus) }
    }

    /// As the pipeline does on a full disk: keeps what it has and tries again.
    private static func publish(_ batch: [IncidentRevision], on bus: EmbeddedBus) async throws {
        do {
            _ = try await bus.publish(batch)
        } catch {
            guard error.code == .diskFull else { throw error }
            say("full")
            try await Task.sleep(for: .milliseconds(5))
            try await publish(batch, on: bus)
        }
    }

    /// Says `stored PATH SHA256 BYTES` when a snapshot is safe.
    private static func writeSnapshots(_ directory: String, _ seed: UInt64) async throws {
        let store = try EvidenceStore(directory: directory)
        say("ready")
        var random = SeededRandom(seed: seed)
        let start = MediaTime(seconds: 1_769_904_000)
        while true {
            let size = Int.random(in: 1...60_000, using: &random)
            // Its length tells its content, so that the test knows a part of a picture from a whole one.
            let bytes = [UInt8](repeating: UInt8(size % 251), count: size)
            let id = IncidentID("gate-motion-\(Int.random(in: 0..<20, using: &random))")
            do {
                let item = try await store.storeSnapshot(bytes, of: id, startingAt: start, time: start)
                say("stored \(item.path) \(item.sha256) \(item.bytes)")
            } catch {
                guard error.code == .diskFull else { throw error }
                say("full")
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Says `minute NUMBER STATE` for each minute that is written, in virtual time that begins an hour after that of the
    /// run before.
    private static func writeCoverage(_ directory: String, run: Int) async {
        let clock = TestClock(start: MediaTime(seconds: 1_769_904_000 + Double(run) * 3_600))
        let log = CoverageLog(directory: directory, clock: clock)
        let gate = CameraID("gate")
        log.begin(cameras: [gate])
        for minute in 0..<50 {
            let state: CameraStatus.State = minute % 3 == 2 ? .degraded : .watching
            let began = CoverageMinute(containing: clock.wall())
            log.note(CameraStatus(camera: gate, name: "", state: state, since: clock.wall()))
            for _ in 0..<6 {
                clock.advance(by: .seconds(10))
                log.tick()
            }
            await log.flush()
            say("minute \(began.number) \(CoverageState(state).rawValue)")
        }
        // Until it is killed.
        while true { try? await Task.sleep(for: .seconds(1)) }
    }

    /// Says `read SEQUENCE HASH` for every revision, as a second process that only reads.
    private static func readAll(_ directory: String) async throws {
        let journal = try openJournal(directory, readOnly: true)
        var position: Int64 = 0
        while true {
            let page = try await journal.revisions(after: position, limit: 500)
            for revision in page { say("read \(revision.sequence) \(revision.hash)") }
            guard let last = page.last else { break }
            position = last.sequence
        }
        say("end \(try await journal.statuses().count)")
    }

    /// One line in one system call, so that a kill leaves no half of it behind another.
    private static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
    }
}
