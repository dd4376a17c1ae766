import Dispatch
import Domain
import Evidence
import Foundation
import Logging
import Media
import SiteConfiguration
import Synchronization

/// Writes the clips of all cameras' incidents, on one thread of its own: neither a camera's reader nor a detector ever
/// waits for the disk. What the disk is too slow for waits in the cameras' rings, and is given up there when they are full.
final class ClipRecorder: Sendable {
    /// What happened to clips since the start.
    struct Counters: Sendable, Equatable {
        var stored: Int64 = 0
        /// Of a crash or a full disk, stored up to where they were cut off.
        var recovered: Int64 = 0
        /// Clips of which nothing could be stored.
        var failed: Int64 = 0
        /// Packets that were given up because the disk was too slow.
        var packetsLost: Int64 = 0
    }

    private enum Message: Sendable {
        case revision(Incident, PacketRing, ClipOptions)
        case end
    }

    /// An incident that opened while there was no room for its clip.
    private struct Waiting {
        var incident: Incident
        let ring: PacketRing
        let options: ClipOptions
    }

    /// What is under way, on the thread.
    private struct Work {
        var jobs: [ClipJob] = []
        var waiting: [Waiting] = []
        var unsaved: [UnfinishedClip] = []
    }

    private struct State {
        var messages: [Message] = []
        var counters = Counters()
        var trouble: MediaError?
    }

    private static let pace = DispatchTimeInterval.milliseconds(200)
    /// What could not be completed is tried again after this time.
    private static let salvagePause = Duration.seconds(30)

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended: AsyncStream<Void>
    private let ends: AsyncStream<Void>.Continuation
    private let evidence: EvidenceStore
    private let clock: any HostClock
    private let logger: Logger
    private let isShortOfSpace: @Sendable () -> Bool
    private let attach: @Sendable (IncidentRecorder.Attachment) -> Void

    /// - Parameters:
    ///   - isShortOfSpace: while it is so, no clip is begun, and none goes on beyond its first part. Incidents that are still
    ///     open when it is over get a clip from then on, which says so.
    ///   - attach: is told of each clip that is on disk, on the recorder's thread.
    init(
        evidence: EvidenceStore, clock: any HostClock, logger: Logger, isShortOfSpace: @escaping @Sendable () -> Bool,
        attach: @escaping @Sendable (IncidentRecorder.Attachment) -> Void
    ) {
        self.evidence = evidence
        self.clock = clock
        self.logger = logger
        self.isShortOfSpace = isShortOfSpace
        self.attach = attach
        (ended, ends) = AsyncStream.makeStream()
    }

    var counters: Counters { state.withLock { $0.counters } }
    /// Why clips cannot be written at present; `nil` while they can.
    var trouble: MediaError? { state.withLock { $0.trouble } }

    /// Recovers what a crash left, then writes clips until `finish`.
    func start() {
        let thread = Thread { [self] in
            work()
            ends.finish()
        }
        thread.name = "clips"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// An incident opened, went on or closed. Never blocks.
    func follow(_ incident: Incident, ring: PacketRing, options: ClipOptions) {
        state.withLock { $0.messages.append(.revision(incident, ring, options)) }
        wake.signal()
    }

    /// Completes what is under way with what has come, and ends the thread. To be called after the last `follow`.
    func finish() async {
        state.withLock { $0.messages.append(.end) }
        wake.signal()
        for await _ in ended {}
    }

    // MARK: - On the thread

    private func work() {
        var work = Work()
        work.unsaved = evidence.unfinishedClips().filter { $0.kind == .clip }
        salvage(&work.unsaved)
        var lastSalvage = clock.monotonic()
        var mustEnd = false
        while !mustEnd {
            let isIdle = work.jobs.isEmpty && work.unsaved.isEmpty && work.waiting.isEmpty
            _ = wake.wait(timeout: isIdle ? .distantFuture : .now() + Self.pace)
            let now = clock.monotonic()
            for message in takeMessages() {
                switch message {
                case .revision(let incident, let ring, let options):
                    note(incident, ring, options, &work, now: now)
                case .end:
                    mustEnd = true
                }
            }
            let isShort = isShortOfSpace()
            if !isShort { begin(&work, now: now) }
            work.jobs.removeAll { job in
                job.advance(now: now, isShortOfSpace: isShort, mustEnd: mustEnd) {
                    settle($0, of: job.incident, &work.unsaved)
                }
            }
            if !work.unsaved.isEmpty, mustEnd || now - lastSalvage > Self.salvagePause {
                salvage(&work.unsaved)
                lastSalvage = now
            }
        }
        for waiting in work.waiting { giveUp(waiting.incident) }
    }

    private func takeMessages() -> [Message] {
        state.withLock { state in
            defer { state.messages = [] }
            return state.messages
        }
    }

    private func note(
        _ incident: Incident, _ ring: PacketRing, _ options: ClipOptions, _ work: inout Work, now: Duration
    ) {
        if let job = work.jobs.first(where: { $0.incident == incident.id }) {
            job.follow(incident, now: now)
        } else if let index = work.waiting.firstIndex(where: { $0.incident.id == incident.id }) {
            work.waiting[index].incident = incident
            guard incident.state != .open else { return }
            work.waiting.remove(at: index)
            giveUp(incident)
        } else if incident.state == .open {
            guard !isShortOfSpace() else {
                work.waiting.append(Waiting(incident: incident, ring: ring, options: options))
                return
            }
            work.jobs.append(ClipJob(for: incident, ring: ring, options: options, evidence: evidence, now: now))
        }
    }

    /// Begins the clips of those that had to wait.
    private func begin(_ work: inout Work, now: Duration) {
        work.jobs += work.waiting.map {
            ClipJob(
                for: $0.incident, ring: $0.ring, options: $0.options, evidence: evidence, now: now, hadToWait: true)
        }
        work.waiting = []
    }

    private func giveUp(_ incident: Incident) {
        state.withLock { $0.counters.failed += 1 }
        logger.warning("\(incident.id) has no clip: as long as it was open, the disk was short of space")
    }

    private func settle(_ outcome: ClipJob.Outcome, of incident: IncidentID, _ unsaved: inout [UnfinishedClip]) {
        switch outcome {
        case .finished(let clip, let details):
            if !store(clip, details) { unsaved.append(clip) }
        case .interrupted(let clip, let error):
            unsaved.append(clip)
            raise(error, "a clip of \(incident) was cut off")
        case .failed(let error):
            state.withLock { $0.counters.failed += 1 }
            raise(error, "\(incident) has no clip")
        case .lost(let count):
            state.withLock { $0.counters.packetsLost += Int64(count) }
            logger.warning("a clip of \(incident) lacks \(count) packets: the disk did not keep up")
        }
    }

    /// - Returns: whether it is in the evidence.
    private func store(_ clip: UnfinishedClip, _ details: ClipDetails) -> Bool {
        do {
            let item = try evidence.adopt(clip, details: details)
            // What was written is kept until the journal names the clip: a crash before that makes it once more.
            attach(.init(item: item, incident: clip.incident) { [evidence] in evidence.forget(clip) })
            state.withLock { state in
                if details.truncation == .interrupted {
                    state.counters.recovered += 1
                } else {
                    state.counters.stored += 1
                }
                state.trouble = nil
            }
            return true
        } catch {
            raise(
                MediaError(
                    code: .storage, problem: error.problem, remedy: error.remedy,
                    status: error.code == .diskFull ? -ENOSPC : 0), "a clip of \(clip.incident) waits")
            return false
        }
    }

    /// Stores of each what can be read of it; what cannot be stored now stays for the next time.
    private func salvage(_ clips: inout [UnfinishedClip]) {
        clips = clips.filter { clip in
            do throws(MediaError) {
                let details = try ClipJob.finish(clip, in: evidence)
                return !store(clip, details)
            } catch {
                guard error.code == .unreadable else {
                    raise(error, "a clip of \(clip.incident) waits")
                    return true
                }
                state.withLock { $0.counters.failed += 1 }
                logger.warning("nothing of a clip of \(clip.incident) could be recovered. \(error)")
                evidence.forget(clip)
                return false
            }
        }
    }

    private func raise(_ error: MediaError, _ what: String) {
        let isNews = state.withLock { state in
            defer { state.trouble = error }
            return state.trouble?.problem != error.problem
        }
        if isNews { logger.error("\(what). \(error)") }
    }
}
