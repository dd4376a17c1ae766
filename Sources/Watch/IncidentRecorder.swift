import Domain
import EventBus
import Evidence
import Journal
import Logging
import Synchronization

/// Takes what the strands found and gets it onto disk and onto the bus, in order, without ever holding a strand up.
///
/// A request waits in memory until it is stored: while the disk is full or the journal locked it is tried again and
/// again. Only `updated` revisions and snapshots are given up under pressure, and each is counted; that an incident
/// opened or closed never is.
final class IncidentRecorder: Sendable {
    struct Request: Sendable {
        var revisions: [IncidentRevision]
        /// The picture that opened an incident.
        var snapshot: CameraSnapshot?
        /// Evidence for an incident that was submitted before.
        var attachment: Attachment?
        /// A picture that shows an incident, submitted before, better than the one that opened it.
        var best: BestPicture?
    }

    struct BestPicture: Sendable {
        var incident: Incident
        var snapshot: CameraSnapshot
    }

    /// A file of the evidence store that an incident is to name.
    struct Attachment: Sendable {
        var item: EvidenceItem
        var incident: IncidentID
        /// Called once the journal names it, or never will.
        var settled: @Sendable () -> Void
    }

    /// Why nothing can be stored at present.
    struct Trouble: Sendable, Equatable {
        /// Monotonic.
        var since: Duration
        var problem: String
        var remedy: String
    }

    /// How long a stop waits for a disk that takes nothing.
    private static let patienceAtStop = Duration.seconds(10)

    /// What was given up.
    struct Losses: Sendable, Equatable {
        var updates: Int64 = 0
        var snapshots: Int64 = 0
        /// Revisions that the journal refused for good, or that a full disk had not taken when Lookout was stopped.
        var revisions: Int64 = 0
    }

    private struct State {
        var waiting: [Request] = []
        var snapshotBytes = 0
        var losses = Losses()
        var isClosed = false
        /// Monotonic; set by `finish`: what the disk has not taken by then is given up.
        var deadline: Duration?
        var trouble: Trouble?
    }

    private static let mostWaiting = 4_096
    private static let mostSnapshotBytes = 64 << 20

    private let state = Mutex(State())
    private let wake: AsyncStream<Void>.Continuation
    private let wakes: AsyncStream<Void>
    private let bus: any MessageBus
    private let evidence: EvidenceStore
    private let clock: any HostClock
    private let logger: Logger

    init(bus: any MessageBus, evidence: EvidenceStore, clock: any HostClock, logger: Logger) {
        self.clock = clock
        self.bus = bus
        self.evidence = evidence
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var losses: Losses { state.withLock { $0.losses } }
    /// Since when and why the disk takes nothing; `nil` while it does.
    var trouble: Trouble? { state.withLock { $0.trouble } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Never blocks.
    func submit(_ request: Request) {
        guard !request.revisions.isEmpty || request.attachment != nil || request.best != nil else { return }
        state.withLock { state in
            var request = request
            if request.attachment == nil, request.best == nil, state.waiting.count >= Self.mostWaiting {
                let kept = request.revisions.filter { $0.change != .updated }
                state.losses.updates += Int64(request.revisions.count - kept.count)
                request.revisions = kept
                if kept.isEmpty { return }
            }
            // Half of the room is for those on which incidents open.
            let room = request.best == nil ? Self.mostSnapshotBytes : Self.mostSnapshotBytes / 2
            if state.snapshotBytes + request.snapshotBytes > room, request.snapshotBytes > 0 {
                request.snapshot = nil
                state.losses.snapshots += 1
                if request.best != nil { return }
            }
            state.snapshotBytes += request.snapshotBytes
            state.waiting.append(request)
        }
        wake.yield()
    }

    /// Lets `run` return once everything that was submitted is stored.
    func finish() {
        let deadline = clock.monotonic() + Self.patienceAtStop
        state.withLock { state in
            state.isClosed = true
            state.deadline = deadline
        }
        wake.yield()
    }

    /// Stores requests until `finish` was called and nothing is left.
    func run() async {
        for await _ in wakes {
            while let request = takeNext() { await store(request) }
            if state.withLock({ $0.isClosed && $0.waiting.isEmpty }) { return }
        }
    }

    private func takeNext() -> Request? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return nil }
            let request = state.waiting.removeFirst()
            state.snapshotBytes -= request.snapshotBytes
            return request
        }
    }

    private func store(_ request: Request) async {
        var revisions = request.revisions
        if let snapshot = request.snapshot {
            // The journal keeps an incident's evidence, whatever the judge's later revisions know of it.
            for index in revisions.indices where revisions[index].change == .opened {
                revisions[index].incident.evidence += await keep(snapshot, of: revisions[index].incident)
            }
        }
        if !revisions.isEmpty { await publish(revisions) }
        if let attachment = request.attachment {
            await attach([attachment.item], to: attachment.incident, settled: attachment.settled)
        }
        if let best = request.best {
            await attach(await keep(best.snapshot, of: best.incident), to: best.incident.id) {}
        }
    }

    private func keep(_ snapshot: CameraSnapshot, of incident: Incident) async -> [EvidenceItem] {
        var items: [EvidenceItem] = []
        do {
            for (kind, jpeg, time) in snapshot.files where !jpeg.isEmpty {
                items.append(
                    try await evidence.storeSnapshot(
                        jpeg, of: incident.id, startingAt: incident.start, time: time, as: kind))
            }
        } catch {
            state.withLock { $0.losses.snapshots += 1 }
            logger.error("camera '\(incident.camera)': a picture of \(incident.id) is lost. \(error)")
        }
        return items
    }

    private func publish(_ revisions: [IncidentRevision]) async {
        let outcome = await persist { _ = try await bus.publish(revisions) }
        switch outcome {
        case .stored: break
        case .refused(let error): await giveUp(revisions, because: error)
        case .outOfTime(let error):
            state.withLock { $0.losses.revisions += Int64(revisions.count) }
            let names = revisions.map(\.incident.id.rawValue).joined(separator: ", ")
            logger.critical("not stored when Lookout was stopped: \(names). \(error)")
        }
    }

    private func attach(_ items: [EvidenceItem], to id: IncidentID, settled: () -> Void) async {
        guard !items.isEmpty else { return }
        let names = items.map { "'\($0.path)'" }.joined(separator: ", ")
        switch await persist({ _ = try await bus.attach(items, to: id) }) {
        case .stored: settled()
        case .refused(let error):
            logger.error("of no incident of the journal: \(names). \(error)")
            settled()
        // Not settled: what was written is found at the next start.
        case .outOfTime(let error): logger.error("not yet in the journal: \(names). \(error)")
        }
    }

    private enum Persistence {
        case stored
        /// For good.
        case refused(any Error)
        /// Lookout is being stopped and the disk still takes nothing.
        case outOfTime(any Error)
    }

    /// Tries again and again while the disk takes nothing.
    private func persist(_ write: () async throws -> Void) async -> Persistence {
        var delay = Duration.milliseconds(200)
        while true {
            do {
                try await write()
                state.withLock { $0.trouble = nil }
                return .stored
            } catch {
                // What the journal holds to be impossible will not become possible by trying again.
                guard (error as? JournalError)?.isTransient ?? true else { return .refused(error) }
                note(error)
                let now = clock.monotonic()
                if let deadline = state.withLock({ $0.deadline }), now > deadline { return .outOfTime(error) }
                try? await Task.sleep(for: delay)
                delay = min(delay * 2, .seconds(10))
            }
        }
    }
}

extension IncidentRecorder.Request {
    fileprivate var snapshotBytes: Int { (snapshot?.byteCount ?? 0) + (best?.snapshot.byteCount ?? 0) }
}

extension IncidentRecorder {
    /// One revision that can never be stored must not take the others of its picture with it.
    private func giveUp(_ revisions: [IncidentRevision], because error: any Error) async {
        guard revisions.count == 1 else {
            for revision in revisions { await publish([revision]) }
            return
        }
        state.withLock { $0.losses.revisions += 1 }
        logger.critical("an incident cannot be stored and is given up: \(error)")
    }

    private func note(_ error: any Error) {
        let known = error as? any ActionableError
        let trouble = Trouble(
            since: clock.monotonic(), problem: known?.problem ?? "\(error)",
            remedy: known?.remedy ?? "Look at the storage directory's disk")
        let isNews = state.withLock { state in
            guard state.trouble == nil else { return false }
            state.trouble = trouble
            return true
        }
        if isNews { logger.error("incidents wait in memory: \(error)") }
    }
}

extension JournalError {
    /// Whether the same revisions may be stored later.
    var isTransient: Bool {
        switch code {
        case .conflict, .invalid, .notFound, .closed: false
        default: true
        }
    }
}
