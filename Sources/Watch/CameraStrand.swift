import Detection
import Domain
import Journal
import Logging
import Media
import SiteConfiguration
import Synchronization

/// Decodes one camera's packets and judges its pictures: the part of a camera's life that runs on the worker pool, one
/// slice at a time.
///
/// Unchecked: `drain` is only ever called by the camera's strand, which runs on one thread at a time, and nothing else
/// touches the variables.
final class CameraStrand: @unchecked Sendable {
    /// Packets that a slice may take before another camera gets its turn.
    private static let packetsPerSlice = 8
    /// What detectors have learned is kept so often.
    private static let keepsStateEvery = Duration.seconds(300)
    /// A camera whose packets give no whole picture for so long is blind.
    private static let longestWithoutPicture = Duration.seconds(5)
    /// Pictures that refer to a broken one are broken, too, but only the broken one is marked; without a keyframe for so
    /// long, the stream has none, and mends itself otherwise.
    private static let longestDamage = 3.0

    private let camera: CameraID
    private let line: SessionLine
    private let meter: StreamMeter
    private let health: CameraHealth
    private let requests: PictureRequests
    private let recorder: IncidentRecorder
    private let decisions: DecisionLog
    private let clips: CameraClips?
    private let states: DetectorStates?
    private let habits: HabitKeeper?
    private let clock: any HostClock
    private let logger: Logger

    private var pipeline: CameraPipeline
    private var session: StreamSession?
    private var decoder: Decoder?
    private var outlook: DecodeOutlook
    private let overload: OverloadGovernor
    private var budget = DecodeBudget()
    /// Whether a detector looked at what the packet in hand gave.
    private var hasLooked = false
    /// Set while the camera is held back.
    private var leftOut: LookCount?
    /// Whether the decoder has handed over all that it held, since the rest up to the next keyframe is left out.
    private var isFlushed = false
    /// Monotonic; when no packet waited any more.
    private var caughtUp = Duration.zero
    private let streamOptions: StreamOptions
    private var snapshots = SnapshotMaker()
    private var bestPictures = BestPictures<HeldPicture>()
    private var footage: SmokeFootage
    private var countedErrors = 0
    private var pictureSize = (width: 0, height: 0)
    private var quality = StreamQuality()
    private var lastSeen = MediaTime.zero
    /// Monotonic; when a whole picture was last seen, or the session began.
    private var lastWhole = Duration.zero
    /// Capture time of the first broken picture since the last keyframe that was whole.
    private var damagedSince: MediaTime?
    private var isEnded = false
    /// Monotonic; `nil` before the first connection.
    private var stateKeptAt: Duration?
    /// Set by `stop`: the next slice closes what is open, and nothing is decoded after it.
    private let mustEnd = Atomic<Bool>(false)
    private let looksForFire: Bool
    private let isArmed = Atomic<Bool>(false)
    private let ended: @Sendable () -> Void

    init(
        settings: CameraSettings, pipeline: consuming CameraPipeline, line: SessionLine, meter: StreamMeter,
        health: CameraHealth, requests: PictureRequests, recorder: IncidentRecorder, decisions: DecisionLog,
        clips: CameraClips?, timelapses: TimelapseRecorder?, states: DetectorStates?, habits: HabitKeeper?,
        overload: OverloadGovernor, clock: any HostClock, logger: Logger, ended: @escaping @Sendable () -> Void
    ) {
        camera = settings.id
        outlook = DecodeOutlook(settings.decode)
        looksForFire = settings.detect.contains(.smoke) || settings.detect.contains(.flame)
        streamOptions = settings.streamOptions
        self.pipeline = pipeline
        footage = SmokeFootage(camera: settings.id, options: settings.smoke, recorder: timelapses, logger: logger)
        self.line = line
        self.meter = meter
        self.health = health
        self.requests = requests
        self.recorder = recorder
        self.decisions = decisions
        self.clips = clips
        self.states = states
        self.habits = habits
        self.overload = overload
        self.clock = clock
        self.logger = logger
        self.ended = ended
    }

    /// Whether others go short before it where there is more work than time: it looks for fire, or has a zone that is armed.
    var isUrgent: Bool { looksForFire || isArmed.load(ordering: .relaxed) }

    /// Asks for the end; `ended` is called once what was open is handed to the recorder. Schedule the strand after it.
    func stop() { mustEnd.store(true, ordering: .releasing) }

    /// Works through a few packets. Says whether more of them wait.
    func drain() -> Bool {
        if mustEnd.load(ordering: .acquiring) {
            end()
            return false
        }
        for _ in 0..<Self.packetsPerSlice {
            guard let current = line.current else {
                record(pipeline.streamStillLost(at: clock.wall()))
                return false
            }
            if session !== current { begin(current) }
            followCeiling(waiting: current.queue.duration)
            if let packet = current.queue.pop() {
                decode(packet)
            } else if current.queue.isFinished {
                finish(current)
            } else {
                caughtUp = clock.monotonic()
                return false
            }
        }
        return true
    }

    private func begin(_ next: StreamSession) {
        session = next
        countedErrors = 0
        pictureSize = (0, 0)
        lastWhole = clock.monotonic()
        caughtUp = lastWhole
        budget.restart()
        if leftOut != nil { leftOut = LookCount(pipeline.schedules) }
        if stateKeptAt == nil { restoreState() }
        record(pipeline.streamRestarted(at: clock.wall()))
        do {
            decoder = try Decoder(next.info.parameters, options: streamOptions)
        } catch {
            decoder = nil
            logger.error("camera '\(camera)': \(error)")
            health.became(.refused, because: error.cameraFault, error.description)
        }
    }

    private func finish(_ old: StreamSession) {
        decoder?.flush { frame in see(frame) }
        countErrors()
        decoder = nil
        session = nil
        outlook.forgetAll()
        damagedSince = nil
        line.finish(old)
        record(pipeline.streamLost(at: clock.wall()))
        keepDecisions()
    }

    private func decode(_ packet: consuming Packet) {
        guard decoder != nil else { return }
        let time = packet.captureTime.time + (session?.timeOffset ?? .zero)
        let verdict = verdict(on: packet, at: time)
        guard verdict == .decode else {
            // Nothing follows before the next keyframe that would push out what the decoder holds.
            if budget.leavesOutRest, !isFlushed {
                decoder?.flush { frame in see(frame) }
                isFlushed = true
            }
            if verdict == .shed, clock.monotonic() - lastWhole > Self.longestWithoutPicture {
                became(.degraded, because: .overloaded)
            }
            return
        }
        isFlushed = false
        guard outlook.admits(packet, at: time, for: pipeline.schedules, isAskedFor: requests.isWanted) else {
            meter.update { $0.packetsPassedOver += 1 }
            return
        }
        hasLooked = false
        let begun = ProcessorTime.ofThisThread()
        if outlook.isOneByOne {
            decoder?.decodeAlone(packet) { frame in see(frame) }
        } else {
            decoder?.decode(packet) { frame in see(frame) }
        }
        budget.spent((ProcessorTime.ofThisThread() - begun).inSeconds, looked: hasLooked)
        countErrors()
        if clock.monotonic() - lastWhole > Self.longestWithoutPicture { seesNothing() }
    }

    /// Tells the others what this camera takes, and hears what it may.
    private func followCeiling(waiting: Duration) {
        let now = clock.monotonic()
        // A burst that is worked off at once is no backlog.
        let lag = min(waiting, now - caughtUp)
        let report = OverloadPolicy.Report(rank: isUrgent ? .urgent : .usual, lag: lag, wanted: budget.wanted)
        budget.follow(ceiling: overload.take(report, at: now), at: now)
        if budget.isHeldBack != pipeline.looksHalfAsOften {
            leftOut = budget.isHeldBack ? LookCount(pipeline.schedules) : nil
        }
        pipeline.looksHalfAsOften = budget.isHeldBack
    }

    /// What there is time for; counts what there is none for.
    private func verdict(on packet: borrowing Packet, at time: MediaTime) -> DecodeBudget.Verdict {
        // Where only keyframes are decoded, nobody misses the others.
        if outlook.isOneByOne, !packet.isKeyframe { return .decode }
        leftOut?.passes(time)
        let (outlook, schedules) = (outlook, pipeline.schedules)
        let verdict = budget.judge(
            isKeyframe: packet.isKeyframe, isDisposable: packet.isDisposable, at: time
        ) { outlook.isAwaited($0, by: schedules) }
        let looksLeftOut = Int64(leftOut?.take() ?? 0)
        guard verdict != .decode || looksLeftOut > 0 else { return verdict }
        meter.update { counters in
            if verdict == .shed { counters.packetsShed += 1 }
            if verdict == .passOver { counters.packetsPassedOver += 1 }
            if looksLeftOut > 0 { counters.framesLeftOut = (counters.framesLeftOut ?? 0) + looksLeftOut }
        }
        return verdict
    }

    /// Packets come, but nothing that can be looked at: as blind as without a connection.
    private func seesNothing() {
        let now = clock.wall()
        became(.blind, because: .noWholePicture)
        record(pipeline.streamLost(at: now) + pipeline.streamStillLost(at: now))
        keepDecisions()
    }

    /// What the strand still works off after the connection was lost says nothing about the camera now.
    private func became(_ state: CameraStatus.State, because fault: CameraFault? = nil) {
        guard let session, !session.isLost else { return }
        health.became(state, because: fault)
    }

    /// A whole picture came.
    private func becameWatching(isLearning: Bool = false, tampering: IncidentKind? = nil) {
        let impairment = quality.judge(meter.counters, at: clock.monotonic())
        let now = WatchedCondition(isLearning: isLearning, tampering: tampering, impairment: impairment)
        became(now.state, because: now.fault)
    }

    /// Adds to the meter what the decoder of this session has counted since the last time.
    private func countErrors() {
        guard let counters = decoder?.counters else { return }
        let errors = counters.errors + counters.corruptFrames
        guard errors != countedErrors else { return }
        meter.update { $0.decodeErrors += Int64(errors - countedErrors) }
        countedErrors = errors
    }

    private func see(_ frame: borrowing VideoFrame) {
        meter.update { $0.framesDecoded += 1 }
        var time = frame.captureTime
        time.time = time.time + (session?.timeOffset ?? .zero)
        lastSeen = max(lastSeen, time.time)
        outlook.leaves(time.time)
        note(size: (frame.width, frame.height))
        if requests.isWanted {
            do {
                requests.fulfil(with: try snapshots.view(of: frame, at: time.time))
            } catch {
                logger.warning("camera '\(camera)': no picture for the live view. \(error)")
            }
        }
        // A broken picture would be learned as background and reported as motion.
        guard isWhole(frame, at: time.time) else { return }
        lastWhole = clock.monotonic()
        guard pipeline.isDue(at: time.time) else {
            if !pipeline.detectsAnything { becameWatching() }
            return
        }
        leftOut?.looked()
        hasLooked = true
        let step = frame.withPicture { picture in
            let step = pipeline.analyse(picture, at: time)
            bestPictures.consider(step.sightings, in: picture, at: time.time) { HeldPicture(frame) }
            return step
        }
        isArmed.store(pipeline.hasArmedZone, ordering: .relaxed)
        keepDecisions()
        if let kept = stateKeptAt, clock.monotonic() - kept >= Self.keepsStateEvery { keepState() }
        meter.analysed(after: clock.wall() - time.time)
        becameWatching(isLearning: step.isLearning, tampering: step.tampering)
        if let regime = step.smokeRegime { footage.keep(frame, at: time.time, fromTower: regime == .tower) }
        keepBest(closedBy: [], at: time.time)
        guard !step.revisions.isEmpty else { return }
        let opens = step.revisions.contains { $0.change == .opened }
        record(step.revisions, opens ? snapshot(of: frame, at: time.time, showing: step.revisions) : nil)
    }

    private func isWhole(_ frame: borrowing VideoFrame, at time: MediaTime) -> Bool {
        if frame.isCorrupt {
            damagedSince = damagedSince ?? time
            return false
        }
        guard let since = damagedSince else { return true }
        guard frame.isKeyframe || (time - since).inSeconds > Self.longestDamage else { return false }
        damagedSince = nil
        return true
    }

    /// A stream tells its size with its first picture, and may change it with a later one.
    private func note(size: (width: Int, height: Int)) {
        guard size != pictureSize else { return }
        pictureSize = size
        let codec = session?.info.codec ?? ""
        health.carries(codec: codec, width: size.width, height: size.height)
        logger.info("camera '\(camera)': \(codec) \(size.width)x\(size.height)")
    }

    private func record(_ revisions: [IncidentRevision], _ snapshot: CameraSnapshot? = nil) {
        guard !revisions.isEmpty else { return }
        clips?.follow(revisions)
        footage.follow(revisions)
        recorder.submit(IncidentRecorder.Request(revisions: stamped(revisions), snapshot: snapshot))
        keepBest(closedBy: revisions, at: lastSeen)
    }

    /// Makes files of the pictures that show incidents best.
    private func keepBest(closedBy revisions: [IncidentRevision], at time: MediaTime) {
        for found in bestPictures.take(closedBy: revisions, at: time) {
            do throws(MediaError) {
                var snapshot = try snapshots.snapshot(of: found.picture.frame, at: found.time, marking: found.box)
                snapshot.isBest = true
                recorder.submit(.init(revisions: [], best: .init(incident: found.incident, snapshot: snapshot)))
            } catch {
                logger.warning("camera '\(camera)': \(found.incident.id) lacks its best picture. \(error)")
            }
        }
    }

    private func restoreState() {
        stateKeptAt = clock.monotonic()
        habits?.load()
        guard let state = states?.load(camera) else { return }
        do throws(SmokeStateError) {
            try pipeline.restore(state, at: clock.wall())
            logger.info("camera '\(camera)': its detector goes on with what it had learned before the restart")
        } catch {
            logger.info("camera '\(camera)': \(error)")
        }
    }

    private func keepState() {
        stateKeptAt = clock.monotonic()
        if let state = pipeline.savedState() { states?.keep(state, of: camera) }
    }

    private func keepDecisions() {
        let (made, dropped) = pipeline.takeDecisions()
        if !made.isEmpty || dropped > 0 { decisions.record(made, dropped: dropped) }
    }

    /// Revisions carry the wall clock of the moment they were made; the judge knows capture times only.
    private func stamped(_ revisions: [IncidentRevision]) -> [IncidentRevision] {
        let now = clock.wall()
        return revisions.map { revision in
            var revision = revision
            revision.time = now
            return revision
        }
    }

    /// The whole picture as it is, and copies with the place of what opened drawn on it.
    private func snapshot(
        of frame: borrowing VideoFrame, at time: MediaTime, showing revisions: [IncidentRevision]
    ) -> CameraSnapshot? {
        do {
            let opened = revisions.first { $0.change == .opened }?.incident
            var snapshot = try snapshots.snapshot(of: frame, at: time, marking: opened?.box)
            if let opened, opened.kind == .smoke { snapshot.crops = footage.crops(of: opened, in: frame, at: time) }
            return snapshot
        } catch {
            logger.warning("camera '\(camera)': an incident has no snapshot. \(error)")
            return nil
        }
    }

    private func end() {
        guard !isEnded else { return }
        isEnded = true
        decoder = nil
        session = nil
        record(pipeline.close(at: lastSeen, interrupted: true))
        if stateKeptAt != nil { keepState() }
        keepDecisions()
        health.became(.off)
        ended()
    }
}
