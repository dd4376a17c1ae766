import Detection
import Dispatch
import Domain
import EventBus
import Geolocation
import Incidents
import Journal
import Logging
import Media
import SiteConfiguration

/// One camera's whole life: its reader thread, its strand on the worker pool, its health.
final class CameraWatcher: Sendable {
    /// One at a time: many cameras may be lost at once.
    private static let looking = DispatchQueue(label: "lookout.lastpictures", qos: .utility)

    let id: CameraID
    private let reader: CameraReader
    /// Where detectors look at a stream of their own.
    private let mainReader: EvidenceReader?
    private let clips: CameraClips?
    private let strand: Strand
    private let work: CameraStrand
    /// `nil` where smoke is not looked for.
    let habits: HabitKeeper?
    private let health: CameraHealth
    private let requests = PictureRequests()
    private let readerEnded: AsyncStream<Void>
    private let readerEnds: AsyncStream<Void>.Continuation
    private let strandEnded: AsyncStream<Void>

    init(
        settings: CameraSettings, site: SiteSettings, ground: Ground, pool: WorkerPool, recorder: IncidentRecorder,
        clipRecorder: ClipRecorder, timelapses: TimelapseRecorder, segments: SegmentRecorder,
        classifiers: ClassifierService, decisions: DecisionLog,
        orders: OrderBoard, demand: DemandBoard, states: DetectorStates, clock: any HostClock, logger: Logger,
        changed: @escaping @Sendable (CameraStatus) -> Void
    ) {
        id = settings.id
        let line = SessionLine()
        let meter = StreamMeter(clock: clock)
        let health = CameraHealth(
            camera: settings.id, name: settings.name, meter: meter, clock: clock, changed: changed)
        self.health = health
        let (strandEnded, strandEnds) = AsyncStream<Void>.makeStream()
        self.strandEnded = strandEnded
        (readerEnded, readerEnds) = AsyncStream<Void>.makeStream()
        let clips = CameraClips(for: settings, recorder: clipRecorder, segments: segments, clock: clock)
        self.clips = clips
        mainReader =
            settings.detectSource == nil
            ? nil
            : clips.map {
                EvidenceReader(settings: settings, clips: $0, health: health, clock: clock, logger: logger)
            }
        let verifier = ObjectVerifier(for: settings, asking: classifiers)
        let siteClock = SiteClock(site.site)
        let habits: HabitKeeper? =
            settings.detect.contains(.smoke)
            ? HabitKeeper(
                camera: settings.id, fingerprint: settings.fingerprint, states: states,
                localTime: { siteClock.localTime(at: $0) }, record: { decisions.record($0) }) : nil
        self.habits = habits
        let work = CameraStrand(
            settings: settings,
            pipeline: CameraPipeline(
                for: settings, of: site, on: ground, orders: { orders.standing }, demand: { demand.current },
                habits: habits
            ).verifying(verifier).verifyingSmoke(SmokeOpinion(for: settings, asking: classifiers)),
            line: line, meter: meter, health: health, requests: requests, recorder: recorder, decisions: decisions,
            clips: clips, timelapses: timelapses, states: states, habits: habits, overload: pool.overload,
            clock: clock, logger: logger
        ) { strandEnds.finish() }
        self.work = work
        strand = Strand(on: pool, isUrgent: { work.isUrgent }) { work.drain() }
        reader = CameraReader(
            settings: settings, line: line, strand: strand, meter: meter, health: health,
            clips: settings.detectSource == nil ? clips : nil,
            clock: clock, logger: logger)
    }

    func start() {
        reader.start { [readerEnds] in readerEnds.finish() }
        mainReader?.start()
    }

    /// Stops reading, closes what is open and returns once all of it is handed to the recorder.
    func stop() async {
        reader.stop()
        await mainReader?.stop()
        for await _ in readerEnded {}
        clips?.end()
        work.stop()
        strand.schedule()
        for await _ in strandEnded {}
    }

    /// The stream is lost, or is there again: what was seen last becomes the incident's clip and its picture.
    ///
    /// - Parameter attach: is handed the picture, on a thread that may wait.
    func follow(loss revisions: [IncidentRevision], attach: @escaping @Sendable (IncidentRecorder.BestPicture) -> Void)
    {
        guard let clips else { return }
        clips.follow(revisions)
        for revision in revisions where revision.change == .opened {
            Self.looking.async { [clips] in
                guard let snapshot = LastPicture.of(clips.ring) else { return }
                attach(IncidentRecorder.BestPicture(incident: revision.incident, snapshot: snapshot))
            }
        }
    }

    func status() -> CameraStatus { health.snapshot() }

    /// A JPEG of the next picture, or of the last one where none comes within two seconds.
    func latestPicture() async -> CameraSnapshot? { await requests.next(patience: .seconds(2)) }
}
