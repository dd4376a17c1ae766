import Domain
import Evidence
import Journal
import Logging
import SiteConfiguration
import Synchronization

/// Gives evidence up when it is too old or too much, or when the disk runs out of the room that the journal needs: copies
/// that can be made again first, then recordings, then the oldest evidence, never today's and never the journal. The audit
/// trail names each file with its hash before it goes.
final class EvidenceRetention: Sendable {
    /// How often the disk's free space is looked at.
    private static let pace = Duration.seconds(60)
    /// How often ages and sizes are, and when for the first time: right after a start the host's clock may be years off.
    private static let longPace = Duration.seconds(3_600)

    private let evidence: EvidenceStore
    private let journal: IncidentJournal
    private let limits: RetentionLimits
    private let clock: any HostClock
    private let logger: Logger
    private let wanting = Atomic<Int64>(0)

    init(
        evidence: EvidenceStore, journal: IncidentJournal, storage: SiteSettings.Storage, clock: any HostClock,
        logger: Logger
    ) {
        self.evidence = evidence
        self.journal = journal
        limits = RetentionLimits(
            keepDays: storage.keepDays, maximumBytes: Int64(storage.maximumGigabytes * 1e9),
            minimumFreeBytes: Int64(storage.minimumFreeGigabytes * 1e9))
        self.clock = clock
        self.logger = logger
    }

    /// Bytes by which the disk is short although nothing is left that may be given up; 0 while all is well.
    var wantingBytes: Int64 { wanting.load(ordering: .relaxed) }

    /// Until the task is cancelled.
    ///
    /// - Parameter recordings: what else takes room on the disk.
    func run(recordings: RecordingRetention) async {
        let start = clock.monotonic()
        var lastWhole = start
        while !Task.isCancelled {
            let now = clock.monotonic()
            let isWhole = now - lastWhole >= Self.longPace
            if isWhole { lastWhole = now }
            await pass(byAge: isWhole, recordings: recordings)
            do {
                try await Task.sleep(for: Self.pace)
            } catch {
                return
            }
        }
    }

    /// - Parameter byAge: whether age and size count too, not only the free space.
    func pass(byAge: Bool, recordings: RecordingRetention) async {
        var limits = limits
        if !byAge {
            limits.keepDays = 100_000
            limits.maximumBytes = .max
        }
        do {
            if byAge { await recordings.removeExpired(now: clock.wall(), sparing: []) }
            let removal = try await evidence.removeExpired(
                limits, now: clock.wall(), givingUpFirst: { await recordings.free($0, sparing: []) }
            ) { [journal, logger] day, incidents in
                try await journal.noteRemoval(of: incidents, reason: "retention")
                logger.info("evidence of \(day) is removed by retention: \(incidents.count) incidents")
            }
            note(removal.stillWanting)
        } catch {
            logger.error("\(error)")
        }
    }

    private func note(_ bytes: Int64) {
        let before = wanting.exchange(bytes, ordering: .relaxed)
        if bytes > 0, before == 0 {
            logger.error("the disk is short of \(bytes >> 20) MiB and no old evidence is left: no clips are written")
        } else if bytes == 0, before > 0 {
            logger.info("the disk has room again: clips are written")
        }
    }
}
