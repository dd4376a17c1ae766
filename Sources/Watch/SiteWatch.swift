public import Domain
public import EventBus
public import Evidence
public import Geolocation
public import Journal
public import Logging
import Media
public import SiteConfiguration
import Synchronization

/// All cameras of a site: starts them, keeps their health on the bus, stops them.
public final class SiteWatch: Sendable {
    /// Statuses are written this often even when nothing changes: `lookout health` takes an old one for a dead Lookout.
    public static let heartbeat = Duration.seconds(5)

    let fleet: Mutex<Fleet>
    let makeWatcher: @Sendable (CameraSettings) -> CameraWatcher
    private let pool: WorkerPool
    private let recorder: IncidentRecorder
    private let clips: ClipRecorder
    private let timelapses: TimelapseRecorder
    let training: TrainingFolder
    private let copies: PlayableCopies
    private let classifiers: ClassifierService
    let bus: EmbeddedBus
    let journal: IncidentJournal
    private let evidence: EvidenceStore
    let coverage: CoverageLog
    let lossWatch: Mutex<LossWatch>
    private let decisions: DecisionLog
    private let orders: OrderBoard
    private let states: DetectorStates
    private let demand: DemandBoard
    /// Orders are taken in one after the other, so that the board ends with what the journal ends with.
    private let ordering = Turns()
    /// Changes of the cameras are made one after the other, the last of them being their end.
    let changing = Turns()
    private let retention: EvidenceRetention
    /// What people have locked against being given up.
    public let locks: EvidenceLocks
    private let repair: EvidenceRepair
    /// What is recorded all the time.
    public let recordings: SiteRecordings
    private let keepDays: Int
    let clock: any HostClock
    let logger: Logger
    private let statusWake: AsyncStream<Void>
    private let statusWakes: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - site: its cameras that are enabled are watched.
    ///   - ground: what the lines of sight of cameras meet whose pose is known.
    ///   - orders: those that the journal held at the start.
    /// - Throws: `EvidenceError` where the folder of recordings cannot be used.
    public init(
        site: SiteSettings, ground: Ground, journal: IncidentJournal, bus: EmbeddedBus, evidence: EvidenceStore,
        coverage: CoverageLog,
        decisions: DecisionLog, orders: StandingOrders, clock: any HostClock, logger: Logger
    ) throws(EvidenceError) {
        self.bus = bus
        self.journal = journal
        self.evidence = evidence
        self.coverage = coverage
        self.decisions = decisions
        let board = OrderBoard(orders)
        self.orders = board
        let states = DetectorStates(directory: "\(site.storage.directory)/detectors", logger: logger)
        self.states = states
        let demand = DemandBoard()
        self.demand = demand
        self.clock = clock
        keepDays = site.storage.keepDays
        let locks = EvidenceLocks(journal: journal)
        self.locks = locks
        let retention = EvidenceRetention(
            evidence: evidence, journal: journal, locks: locks, storage: site.storage, clock: clock, logger: logger)
        self.retention = retention
        repair = EvidenceRepair(
            evidence: evidence, journal: journal, bus: bus, keepDays: site.storage.keepDays, logger: logger)
        let recordings = try SiteRecordings(
            site: site, evidence: evidence, journal: journal, locks: locks, clock: clock, logger: logger
        ) {
            retention.wantingBytes > 0
        }
        self.recordings = recordings
        self.logger = logger
        let pool = WorkerPool()
        let recorder = IncidentRecorder(bus: bus, evidence: evidence, clock: clock, logger: logger)
        let clips = ClipRecorder(
            evidence: evidence, clock: clock, logger: logger, isShortOfSpace: { retention.wantingBytes > 0 }
        ) { attachment in
            recorder.submit(IncidentRecorder.Request(revisions: [], attachment: attachment))
        }
        self.clips = clips
        let timelapses = TimelapseRecorder(
            evidence: evidence, logger: logger, isShortOfSpace: { retention.wantingBytes > 0 }
        ) { attachment in
            recorder.submit(IncidentRecorder.Request(revisions: [], attachment: attachment))
        }
        self.timelapses = timelapses
        training = TrainingFolder(
            directory: "\(site.storage.directory)/training", mostBytes: Int(site.storage.trainingGigabytes * 1e9),
            evidence: evidence, logger: logger)
        copies = PlayableCopies(evidence: evidence)
        let (wake, wakes) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.pool = pool
        self.recorder = recorder
        statusWake = wake
        statusWakes = wakes
        let classifiers = ClassifierService(
            site.cameras.filter(\.isEnabled).flatMap(\.classifiers), logger: logger)
        self.classifiers = classifiers
        makeWatcher = { settings in
            recordings.retention.follow(settings)
            return CameraWatcher(
                settings: settings, site: site, ground: ground, pool: pool, recorder: recorder, clipRecorder: clips,
                timelapses: timelapses, segments: recordings.recorder, classifiers: classifiers, decisions: decisions,
                orders: board,
                demand: demand, states: states, clock: clock, logger: logger
            ) { status in
                logger.info(
                    "camera '\(status.camera)': \(status.state.rawValue)\(status.cause.map { ". \($0)" } ?? "")")
                coverage.note(status)
                wakes.yield()
            }
        }
        let fleet = Fleet(settings: site.cameras, watchers: [:], offSince: [:])
        lossWatch = Mutex(LossWatch(groups: fleet.uplinks))
        self.fleet = Mutex(fleet)
    }

    /// Watches until the task is cancelled, then stops every camera, closes their incidents and stores them.
    public func run() async {
        clips.start()
        timelapses.start()
        recordings.start()
        let recording = Task { await recorder.run() }
        let reporting = Task { await reportStatuses() }
        let tidying = Task {
            async let tidied: Void = self.removeExpiredDecisions()
            async let repaired: Void = self.repairEvidence()
            await self.retention.run(recordings: self.recordings.retention)
            await tidied
            await repaired
        }
        let (cameras, off) = fleet.withLock { ($0.settings, $0.off) }
        try? await journal.forgetStatuses(except: Set(cameras.map(\.id)))
        coverage.begin(cameras: cameras.map(\.id), off: off)
        start(cameras)
        let learning = Task { await learnFromJudgements() }
        await untilCancelled()
        // A task of its own: this one is cancelled by now, and in a cancelled task nothing waits for anything.
        await Task {
            // After a change of the configuration that may be under way, and no other one follows.
            try? await changing.run { [self] in
                await stop(
                    fleet.withLock { fleet in
                        fleet.isEnding = true
                        return Array(fleet.watchers.values)
                    })
            }
            let now = clock.wall()
            record(lossWatch.withLock { $0.close(wall: now) })
            await states.finish()
            await clips.finish()
            await timelapses.finish()
            await recordings.finish()
            recorder.finish()
            await recording.value
            reporting.cancel()
            learning.cancel()
            tidying.cancel()
            await learning.value
            await training.finish()
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

    public func statuses() -> [CameraStatus] {
        let now = clock.wall()
        return fleet.withLock { $0.statuses(at: now) }
    }

    /// The zones of every configured camera, by their ids.
    public var zones: [CameraID: [String]] {
        fleet.withLock { fleet in
            Dictionary(uniqueKeysWithValues: fleet.settings.map { ($0.id, $0.zones.map(\.id)) })
        }
    }

    /// A JPEG of what the camera sees now; `nil` for an unknown camera or one that has never given a picture.
    public func latestPicture(of camera: CameraID) async -> CameraSnapshot? {
        await fleet.withLock { $0.watchers[camera] }?.latestPicture()
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

    /// Every hour, and not at once: right after a start the host's clock may still be years off.
    private func removeExpiredDecisions() async {
        var pause = EvidenceRetention.firstPause
        while (try? await Task.sleep(for: pause)) != nil {
            pause = .seconds(3_600)
            guard retention.trustsAges else { continue }
            _ = await coverage.removeExpired(keepDays: keepDays, now: clock.wall())
            let days = await decisions.removeExpired(keepDays: keepDays, now: clock.wall())
            if !days.isEmpty { logger.info("decisions removed by retention: \(days.joined(separator: ", "))") }
        }
    }

    /// At the start, what a crash left; then every day.
    private func repairEvidence() async {
        // File times come from a coarser clock.
        let start = clock.wall() - .seconds(1)
        await repair.pass(now: start, settled: start)
        while (try? await Task.sleep(for: .seconds(86_400))) != nil {
            // What the journal does not take at present is still on its way into it.
            guard recorder.trouble == nil else { continue }
            let now = clock.wall()
            await repair.pass(now: now, settled: now - .seconds(3_600))
        }
    }

    /// Why clips cannot be written at present; `nil` while they can.
    public var evidenceTrouble: (problem: String, remedy: String)? {
        let wanting = retention.wantingBytes
        if wanting > 0 {
            let locked = retention.locked.bytes
            let remark = locked > 0 ? " but \(locked >> 20) MiB that are locked" : ""
            let unlocking = locked > 0 ? ", or export and unlock incidents ('lookout incidents list --locked')" : ""
            return (
                "the disk is short of \(wanting >> 20) MiB, and no old evidence is left to give up\(remark): "
                    + "neither clips nor recordings are written",
                "Free space on the disk of '\(evidence.directory)', or give it a larger one\(unlocking)"
            )
        }
        return clips.trouble.map { ($0.problem, $0.remedy) }
    }

    /// What to tell people while what is locked takes more room than there is for everything; `nil` while it does not.
    public var lockTrouble: (problem: String, remedy: String)? { retention.lockTrouble }

    /// Bytes that may still be written on the disk of the evidence, and how many of them must stay free. Blocks on the disk
    /// for a moment.
    public var freeBytes: (now: Int64, minimum: Int64) { retention.freeBytes }

    /// Incidents whose evidence is locked, and what it takes.
    public var lockedEvidence: (incidents: Int, bytes: Int64) {
        let locked = retention.locked
        return (locked.incidents, locked.bytes)
    }

    /// Clips stored, recovered after a crash or a full disk, and failed; packets that a slow disk cost.
    public var clipCounts: (stored: Int64, recovered: Int64, failed: Int64, packetsLost: Int64) {
        let counters = clips.counters
        return (counters.stored, counters.recovered, counters.failed, counters.packetsLost)
    }

    /// What the danger of fire asks for, from the next picture on.
    public func follow(_ demand: FireDemand) { self.demand.replace(with: demand) }

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

    func record(_ revisions: [IncidentRevision]) {
        guard !revisions.isEmpty else { return }
        recorder.submit(IncidentRecorder.Request(revisions: revisions, snapshot: nil))
        let losses = revisions.filter { $0.incident.kind == .streamLost }
        for (camera, ofCamera) in Dictionary(grouping: losses, by: \.incident.camera) {
            fleet.withLock { $0.watchers[camera] }?.follow(loss: ofCamera) { [recorder] picture in
                recorder.submit(IncidentRecorder.Request(revisions: [], best: picture))
            }
        }
    }

    func publishStatuses() async {
        let statuses = statuses()
        coverage.tick(statuses, unrecorded: recordings.recorder.faults)
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
