import Domain
import Evidence
import Journal
import Logging
import SiteConfiguration
import Synchronization

/// Gives evidence up when it is too old or too much, or when the disk runs out of the room that the journal needs: copies
/// that can be made again first, then recordings, then the oldest evidence, never today's, never what is locked and never
/// the journal. The audit trail names each file with its hash before it goes.
final class EvidenceRetention: Sendable {
    /// How often the disk's free space is looked at.
    private let pace: Duration
    /// How often room is looked for while the disk is short of it.
    private static let shortPace = Duration.seconds(30)
    /// How often ages and sizes are.
    private static let longPace = Duration.seconds(3_600)
    /// And when for the first time: right after a start the host's clock may be years off.
    static let firstPause = Duration.seconds(120)

    /// What is kept because people locked it.
    struct Locked: Sendable, Equatable {
        var incidents = 0
        /// Of evidence; of recordings only the cameras are known that keep more than they may.
        var bytes: Int64 = 0
        var fullCameras: [CameraID] = []
    }

    private let evidence: EvidenceStore
    private let journal: IncidentJournal
    private let locks: EvidenceLocks
    private let limits: RetentionLimits
    private let clock: any HostClock
    private let logger: Logger
    private let wanting = Atomic<Int64>(0)
    private let lastLocked = Mutex(Locked())
    private let trust = Mutex(AgeTrust())

    init(
        evidence: EvidenceStore, journal: IncidentJournal, locks: EvidenceLocks, storage: SiteSettings.Storage,
        clock: any HostClock, logger: Logger, pace: Duration = .seconds(5)
    ) {
        self.pace = pace
        self.evidence = evidence
        self.journal = journal
        self.locks = locks
        limits = RetentionLimits(
            keepDays: storage.keepDays, maximumBytes: Int64(storage.maximumGigabytes * 1e9),
            minimumFreeBytes: Int64(storage.minimumFreeGigabytes * 1e9))
        self.clock = clock
        self.logger = logger
    }

    /// Bytes by which the disk is short although nothing is left that may be given up; 0 while all is well.
    var wantingBytes: Int64 { wanting.load(ordering: .relaxed) }

    /// Bytes that may still be written on the disk of the evidence, and how many of them must stay free. Blocks on the disk
    /// for a moment.
    var freeBytes: (now: Int64, minimum: Int64) { (evidence.freeBytes(), limits.minimumFreeBytes) }

    /// What was locked at the last look.
    var locked: Locked { lastLocked.withLock { $0 } }

    /// What to tell people while what is locked takes more room than there is for everything; `nil` while it does not.
    var lockTrouble: (problem: String, remedy: String)? {
        let locked = locked
        let evidence =
            locked.bytes > limits.maximumBytes
            ? "the evidence of \(locked.incidents) locked incidents takes \(Self.gigabytes(locked.bytes)) GB, "
                + "more than storage.maximumGigabytes, \(Self.gigabytes(limits.maximumBytes))" : nil
        let cameras = locked.fullCameras.map { "'\($0)'" }.joined(separator: ", ")
        let recordings =
            locked.fullCameras.isEmpty
            ? nil : "what is locked of the recordings of \(cameras) takes more than recording.maximumGigabytes"
        let problems = [evidence, recordings].compactMap { $0 }
        guard !problems.isEmpty else { return nil }
        return (
            problems.joined(separator: "; ") + ": everything else is given up as soon as it may be",
            "Export and unlock incidents ('lookout incidents list --locked'), or raise the limit"
        )
    }

    private static func gigabytes(_ bytes: Int64) -> Double { (Double(bytes) / 1e8).rounded() / 10 }

    /// Until the task is cancelled.
    ///
    /// - Parameter recordings: what else takes room on the disk.
    func run(recordings: RecordingRetention) async {
        var lastWhole = clock.monotonic() - Self.longPace + Self.firstPause
        var lastPass = Duration.zero - Self.longPace
        while !Task.isCancelled {
            let now = clock.monotonic()
            doubtAges(at: now)
            let isWhole = now - lastWhole >= Self.longPace
            // The folders are walked only where something may have to go, and once at the start.
            let mustPass = now - lastPass >= Self.longPace || isWhole
            let isShort = await isShort()
            if mustPass || isShort && (wantingBytes == 0 || now - lastPass >= Self.shortPace) {
                if isWhole { lastWhole = now }
                lastPass = now
                await pass(byAge: isWhole, recordings: recordings)
            } else if !isShort {
                note(wanting: 0)
            }
            do {
                try await Task.sleep(for: pace)
            } catch {
                return
            }
        }
    }

    /// Whether ages may be judged at present: a clock that was set ahead by hours is not believed for a day.
    var trustsAges: Bool { trust.withLock { $0.isSound } }

    private func doubtAges(at now: Duration) {
        let step = trust.withLock { [wall = clock.wall()] in $0.look(wall: wall, monotonic: now) }
        guard let step else { return }
        logger.warning(
            """
            the computer's clock was set ahead by \(Int(step.inSeconds / 3_600)) h: nothing is removed for its age within \
            the next 24 h. Check its time service
            """)
    }

    private func isShort() async -> Bool {
        do throws(EvidenceError) {
            return try await evidence.lackingBytes(limits) > 0
        } catch {
            return false
        }
    }

    /// - Parameter byAge: whether age and size count too, not only the free space.
    func pass(byAge: Bool, recordings: RecordingRetention) async {
        var limits = limits
        if !byAge { limits.maximumBytes = .max }
        if !byAge || !trustsAges { limits.keepDays = 100_000 }
        do {
            let full = byAge ? await recordings.removeExpired(now: clock.wall(), byAge: trustsAges) : nil
            let lockedIncidents = Set(try await locks.incidents().map(\.id))
            let removal = try await evidence.removeExpired(
                limits, now: clock.wall(), locked: lockedIncidents, givingUpFirst: { await recordings.free($0) }
            ) { [journal, logger] day, incidents in
                let kept = try await journal.noteRemoval(of: incidents, reason: "retention")
                let remark = kept.isEmpty ? "" : "; \(kept.count) are locked and stay"
                logger.info(
                    "evidence of \(day) is removed by retention: \(incidents.count - kept.count) incidents\(remark)")
                return kept
            }
            note(
                Locked(
                    incidents: lockedIncidents.count, bytes: removal.lockedBytes,
                    fullCameras: full ?? locked.fullCameras))
            note(wanting: removal.stillWanting)
        } catch {
            logger.error("\(error)")
        }
    }

    private func note(_ now: Locked) {
        let hadTrouble = lockTrouble != nil
        lastLocked.withLock { $0 = now }
        if let trouble = lockTrouble {
            if !hadTrouble { logger.error("\(trouble.problem). \(trouble.remedy)") }
        } else if hadTrouble {
            logger.info("what is locked fits again")
        }
    }

    private func note(wanting bytes: Int64) {
        let before = wanting.exchange(bytes, ordering: .relaxed)
        if bytes > 0, before == 0 {
            let remark = locked.bytes > 0 ? " but for \(locked.bytes >> 20) MiB that are locked" : ""
            logger.error(
                """
                the disk is short of \(bytes >> 20) MiB and no old evidence is left\(remark): neither clips nor recordings \
                are written
                """)
        } else if bytes == 0, before > 0 {
            logger.info("the disk has room again: clips and recordings are written")
        }
    }
}
