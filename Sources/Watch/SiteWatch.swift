public import Domain
public import EventBus
public import Evidence
public import Journal
public import Logging
import Media
public import SiteConfiguration
import Synchronization

/// All cameras of a site: starts them, keeps their health on the bus, stops them.
public final class SiteWatch: Sendable {
    /// Statuses are written this often even when nothing changes: `lookout health` takes an old one for a dead Lookout.
    public static let heartbeat = Duration.seconds(5)

    private let watchers: [CameraID: CameraWatcher]
    private let order: [CameraID]
    private let pool: WorkerPool
    private let recorder: IncidentRecorder
    private let clips: ClipRecorder
    private let copies: PlayableCopies
    private let classifiers: ClassifierService
    private let bus: EmbeddedBus
    private let journal: IncidentJournal
    private let evidence: EvidenceStore
    private let coverage: CoverageLog
    private let switchedOff: [CameraID]
    private let lossWatch: Mutex<LossWatch>
    private let decisions: DecisionLog
    private let orders: OrderBoard
    /// Orders are taken in one after the other, so that the board ends with what the journal ends with.
    private let ordering = OrderQueue()
    private let retention: EvidenceRetention
    private let keepDays: Int
    private let clock: any HostClock
    private let logger: Logger
    private let statusWake: AsyncStream<Void>
    private let statusWakes: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - site: its cameras that are enabled are watched.
    ///   - orders: those that the journal held at the start.
    public init(
        site: SiteSettings, journal: IncidentJournal, bus: EmbeddedBus, evidence: EvidenceStore, coverage: CoverageLog,
        decisions: DecisionLog, orders: StandingOrders, clock: any HostClock, logger: Logger
    ) {
        self.bus = bus
        self.journal = journal
        self.evidence = evidence
        self.coverage = coverage
        lossWatch = Mutex(
            LossWatch(
                groups: Dictionary(
                    uniqueKeysWithValues: site.cameras.compactMap { camera in camera.uplink.map { (camera.id, $0) } })))
        switchedOff = site.cameras.filter { !$0.isEnabled }.map(\.id)
        self.decisions = decisions
        let board = OrderBoard(orders)
        self.orders = board
        self.clock = clock
        keepDays = site.storage.keepDays
        let retention = EvidenceRetention(
            evidence: evidence, journal: journal, storage: site.storage, clock: clock, logger: logger)
        self.retention = retention
        self.logger = logger
        let pool = WorkerPool()
        let recorder = IncidentRecorder(bus: bus, evidence: evidence, clock: clock, logger: logger)
        let clips = ClipRecorder(
            evidence: evidence, clock: clock, logger: logger, isShortOfSpace: { retention.wantingBytes > 0 }
        ) { attachment in
            recorder.submit(IncidentRecorder.Request(revisions: [], attachment: attachment))
        }
        self.clips = clips
        copies = PlayableCopies(evidence: evidence)
        let (wake, wakes) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.pool = pool
        self.recorder = recorder
        statusWake = wake
        statusWakes = wakes
        let enabled = site.cameras.filter(\.isEnabled)
        order = enabled.map(\.id)
        let classifiers = ClassifierService(enabled.compactMap(\.classify), logger: logger)
        self.classifiers = classifiers
        watchers = Dictionary(
            uniqueKeysWithValues: enabled.map { settings in
                let watcher = CameraWatcher(
                    settings: settings, site: site, pool: pool, recorder: recorder, clipRecorder: clips,
                    classifiers: classifiers, decisions: decisions, orders: board, clock: clock, logger: logger
                ) { status in
                    logger.info(
                        "camera '\(status.camera)': \(status.state.rawValue)\(status.cause.map { ". \($0)" } ?? "")")
                    coverage.note(status)
                    wakes.yield()
                }
                return (settings.id, watcher)
            })
    }

    /// Watches until the task is cancelled, then stops every camera, closes their incidents and stores them.
    public func run() async {
        try? await journal.forgetStatuses(except: Set(order))
        clips.start()
        let recording = Task { await recorder.run() }
        let reporting = Task { await reportStatuses() }
        let tidying = Task {
            async let tidied: Void = self.removeExpiredDecisions()
            await self.retention.run()
            await tidied
        }
        coverage.begin(cameras: order, off: switchedOff)
        for id in order { watchers[id]?.start() }
        await untilCancelled()
        // A task of its own: this one is cancelled by now, and in a cancelled task nothing waits for anything.
        await Task {
            await withDiscardingTaskGroup { group in
                for watcher in watchers.values { group.addTask { await watcher.stop() } }
            }
            let now = clock.wall()
            record(lossWatch.withLock { $0.close(wall: now) })
            await clips.finish()
            recorder.finish()
            await recording.value
            reporting.cancel()
            tidying.cancel()
            await tidying.value
            await reporting.value
            await publishStatuses()
            await coverage.close()
            await decisions.close()
        }.value
        pool.stop()
        classifiers.stop()
        copies.end()
    }

    public func statuses() -> [CameraStatus] { order.compactMap { watchers[$0]?.status() } }

    /// A JPEG of what the camera sees now; `nil` for an unknown camera or one that has never given a picture.
    public func latestPicture(of camera: CameraID) async -> CameraSnapshot? {
        await watchers[camera]?.latestPicture()
    }

    /// A copy of a clip that browsers play; `nil` where the clip has been removed.
    public func playableCopy(of clip: EvidenceItem) async throws -> OpenEvidence? { try await copies.copy(of: clip) }

    private func reportStatuses() async {
        let ticking = Task { [statusWakes] in
            while !Task.isCancelled {
                statusWakes.yield()
                try? await Task.sleep(for: Self.heartbeat)
            }
            statusWakes.finish()
        }
        await withTaskCancellationHandler {
            for await _ in statusWake { await publishStatuses() }
        } onCancel: {
            ticking.cancel()
        }
    }

    /// Every hour, and not before the first: right after a start the host's clock may still be years off.
    private func removeExpiredDecisions() async {
        while (try? await Task.sleep(for: .seconds(3600))) != nil {
            _ = await coverage.removeExpired(keepDays: keepDays, now: clock.wall())
            let days = await decisions.removeExpired(keepDays: keepDays, now: clock.wall())
            if !days.isEmpty { logger.info("decisions removed by retention: \(days.joined(separator: ", "))") }
        }
    }

    /// Why clips cannot be written at present; `nil` while they can.
    public var evidenceTrouble: (problem: String, remedy: String)? {
        let wanting = retention.wantingBytes
        if wanting > 0 {
            return (
                "the disk is short of \(wanting >> 20) MiB, and no old evidence is left to give up: no clips are written",
                "Free space on the disk of '\(evidence.directory)', or give it a larger one"
            )
        }
        return clips.trouble.map { ($0.problem, $0.remedy) }
    }

    /// Clips stored, recovered after a crash or a full disk, and failed; packets that a slow disk cost.
    public var clipCounts: (stored: Int64, recovered: Int64, failed: Int64, packetsLost: Int64) {
        let counters = clips.counters
        return (counters.stored, counters.recovered, counters.failed, counters.packetsLost)
    }

    /// The orders that stand now.
    public var standingOrders: StandingOrders { orders.standing }

    /// Takes in what a person ordered: on disk and in the audit trail when it returns, and followed from the next picture.
    public func give(_ order: ArmingOrder) async throws -> StandingOrders {
        try await ordering.run { [journal, orders] in
            let standing = try await journal.give(order)
            orders.replace(with: standing)
            return standing
        }
    }

    /// What was written of decisions, and what had to be dropped.
    public var decisionCounts: DecisionLog.Counts { decisions.counts }

    /// Why incidents cannot be stored at present and wait in memory; `nil` while all is well.
    public var storageTrouble: (problem: String, remedy: String, duration: Duration)? {
        recorder.trouble.map { ($0.problem, $0.remedy, clock.monotonic() - $0.since) }
    }

    /// Pictures' worth of incidents that are not yet on disk.
    public var waitingCount: Int { recorder.waitingCount }

    /// What was given up under pressure since the start: updates of incidents, snapshots, and revisions that the
    /// journal refused.
    public var losses: (updates: Int64, snapshots: Int64, revisions: Int64) {
        let losses = recorder.losses
        return (losses.updates, losses.snapshots, losses.revisions)
    }

    private func record(_ revisions: [IncidentRevision]) {
        guard !revisions.isEmpty else { return }
        recorder.submit(IncidentRecorder.Request(revisions: revisions, snapshot: nil))
    }

    private func publishStatuses() async {
        let statuses = statuses()
        coverage.tick(statuses)
        let (wall, monotonic) = (clock.wall(), clock.monotonic())
        record(lossWatch.withLock { $0.consider(statuses, wall: wall, monotonic: monotonic) })
        for status in statuses { bus.publish(status: status) }
        do {
            try await journal.record(statuses: statuses)
        } catch {
            logger.warning("the cameras' states could not be stored: \(error)")
        }
    }

    private func untilCancelled() async {
        let (never, end) = AsyncStream<Void>.makeStream()
        await withTaskCancellationHandler {
            for await _ in never {}
        } onCancel: {
            end.finish()
        }
    }
}
