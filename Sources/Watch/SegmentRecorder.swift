import Dispatch
import Domain
import Evidence
import Foundation
import Journal
import Logging
import Media
import Synchronization

/// Records all cameras that are to be recorded all the time, on one thread of its own: neither a camera's reader nor a
/// detector ever waits for the disk. What the disk is too slow for waits in the cameras' rings, and is given up and
/// counted there when they are full.
final class SegmentRecorder: Sendable {
    typealias Counters = SiteRecordings.Counts

    private struct NewCamera {
        let camera: CameraID
        let ring: PacketRing
        let seconds: Double
    }

    private struct State {
        var added: [NewCamera] = []
        var ended: [PacketRing] = []
        var mustEnd = false
        var counters = Counters()
        var trouble: (problem: String, remedy: String)?
        /// Whether a segment was stored since the last trouble.
        var storesAgain = false
        var faults: [CameraID: RecordingFault] = [:]
    }

    private static let pace = DispatchTimeInterval.milliseconds(500)

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended: AsyncStream<Void>
    private let ends: AsyncStream<Void>.Continuation
    private let store: RecordingStore
    private let log: RecordingLog
    private let clock: any HostClock
    private let logger: Logger
    private let isShortOfSpace: @Sendable () -> Bool
    private let mostUnsavedBytes: Int
    private let noteMissing: @Sendable ([RecordedSegment]) async throws -> Void
    /// So long the journal may take to note what is missing; otherwise it is tried again another time.
    private static let patience = DispatchTimeInterval.seconds(30)

    /// - Parameters:
    ///   - mostUnsavedBytes: of segments that cannot be stored; the oldest beyond are given up.
    ///   - noteMissing: is told of segments that have no file before the list forgets them, which it does unless it throws.
    ///   - isShortOfSpace: while it is so, nothing is recorded.
    init(
        store: RecordingStore, log: RecordingLog, clock: any HostClock, logger: Logger,
        mostUnsavedBytes: Int = 5_000_000_000,
        noteMissing: @escaping @Sendable ([RecordedSegment]) async throws -> Void,
        isShortOfSpace: @escaping @Sendable () -> Bool
    ) {
        self.mostUnsavedBytes = mostUnsavedBytes
        self.noteMissing = noteMissing
        self.store = store
        self.log = log
        self.clock = clock
        self.logger = logger
        self.isShortOfSpace = isShortOfSpace
        (ended, ends) = AsyncStream.makeStream()
    }

    var counters: Counters { state.withLock { $0.counters } }
    /// Why recordings cannot be written at present; `nil` while they can.
    var trouble: (problem: String, remedy: String)? { state.withLock { $0.trouble } }

    /// Why cameras are not recorded at present that are to be; none of those that are.
    var faults: [CameraID: RecordingFault] { state.withLock { $0.faults } }

    /// Recovers what a crash left, then records until `finish`.
    func start() {
        let thread = Thread { [self] in
            work()
            ends.finish()
        }
        thread.name = "recordings"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Records a camera from now on. Never blocks.
    ///
    /// - Parameter seconds: how long a segment is.
    func record(_ camera: CameraID, ring: PacketRing, seconds: Double) {
        state.withLock { $0.added.append(NewCamera(camera: camera, ring: ring, seconds: seconds)) }
        wake.signal()
    }

    /// Nothing more comes into a ring: its camera is stopped or began anew with other settings. Never blocks.
    func end(_ ring: PacketRing) {
        state.withLock { $0.ended.append(ring) }
        wake.signal()
    }

    /// Completes what is under way with what has come, and ends the thread.
    func finish() async {
        state.withLock { $0.mustEnd = true }
        wake.signal()
        for await _ in ended {}
    }

    // MARK: - On the thread

    private func work() {
        var jobs: [SegmentJob] = []
        var unsaved = UnsavedSegments()
        for segment in store.unfinishedSegments() { unsaved.add(segment, at: clock.monotonic()) }
        salvage(&unsaved)
        reconcile(allDays().suffix(2))
        var lastDay = clock.monotonic()
        var mustEnd = false
        while !mustEnd {
            _ = wake.wait(timeout: jobs.isEmpty && unsaved.isEmpty ? .distantFuture : .now() + Self.pace)
            let now = clock.monotonic()
            let (added, gone) = state.withLock { state in
                defer { (state.added, state.ended) = ([], []) }
                mustEnd = state.mustEnd
                return (state.added, state.ended)
            }
            jobs += added.map {
                SegmentJob(camera: $0.camera, ring: $0.ring, seconds: $0.seconds, store: store, now: now)
            }
            let isPaused = isShortOfSpace()
            jobs.removeAll { job in
                let isOver = mustEnd || gone.contains { job.reads($0) }
                job.advance(now: now, isPaused: isPaused, mustEnd: isOver) { settle($0, &unsaved) }
                return isOver
            }
            let faults = jobs.compactMap { job in job.fault.map { (job.camera, $0) } }
            state.withLock { $0.faults = Dictionary(faults) { $1 } }
            salvage(&unsaved, isLast: mustEnd)
            if now - lastDay > .seconds(86_400) {
                reconcile(allDays())
                lastDay = now
            }
        }
        log.close()
    }

    private func settle(_ outcome: SegmentJob.Outcome, _ unsaved: inout UnsavedSegments) {
        switch outcome {
        case .ended(let segment):
            unsaved.add(segment, at: clock.monotonic())
        case .interrupted(let segment, let error):
            // What made it fail will not be over at once.
            unsaved.add(segment, at: clock.monotonic() + UnsavedSegments.firstPause)
            raise(error, "a recording of camera '\(segment.camera)' waits")
        case .refused(let segment, let error):
            store.forget(segment)
            guard error.code != .badStream else { return }
            state.withLock { $0.counters.failed += 1 }
            raise(error, "camera '\(segment.camera)' is not recorded")
        case .lost(let count):
            state.withLock { $0.counters.packetsLost += Int64(count) }
            logger.warning("a recording lacks \(count) packets: the disk did not keep up")
        }
    }

    /// Makes the ordinary file of a segment and puts it into the index; what was written is kept until both are done.
    ///
    /// - Returns: whether nothing is left to be done.
    private func complete(_ segment: UnfinishedSegment) -> Bool {
        do {
            let facts = try ClipFile.finish(store.path(of: segment), to: store.path(finishing: segment))
            let file = try store.adopt(segment)
            try log.add(RecordedSegment(segment, facts, path: file.path, bytes: file.bytes, sha256: file.sha256))
            store.forget(segment)
            state.withLock { state in
                if facts.isComplete { state.counters.stored += 1 } else { state.counters.recovered += 1 }
                state.counters.bytes += Int64(file.bytes)
                state.storesAgain = true
            }
            return true
        } catch let error as MediaError where error.code == .unreadable {
            state.withLock { $0.counters.failed += 1 }
            logger.warning("nothing of a recording of camera '\(segment.camera)' could be recovered. \(error)")
            store.forget(segment)
            return true
        } catch {
            raise(error, "a recording of camera '\(segment.camera)' waits")
            return false
        }
    }

    /// Completes what has ended or was interrupted; what cannot be stored now stays for another time, the oldest of it only
    /// for as long as there is room.
    private func salvage(_ unsaved: inout UnsavedSegments, isLast: Bool = false) {
        for segment in unsaved.due(at: clock.monotonic(), isLast: isLast) {
            if complete(segment) {
                unsaved.stored(segment)
            } else {
                unsaved.failed(segment, bytes: store.bytes(of: segment), at: clock.monotonic())
            }
        }
        let given = unsaved.giveUp(above: mostUnsavedBytes)
        for segment in given {
            store.forget(segment)
            logger.error(
                "a recording of camera '\(segment.camera)' of \(CivilTime(segment.start).compact) is given up: too many wait"
            )
        }
        let waiting = unsaved.failedCount
        state.withLock { state in
            state.counters.failed += Int64(given.count)
            state.counters.waiting = waiting
            if state.storesAgain, waiting == 0 { state.trouble = nil }
        }
    }

    /// Those that have files, and those that are listed, oldest first.
    private func allDays() -> [String] { Set(store.days()).union(log.days()).sorted() }

    /// Puts files into the index that it does not name, as after a power cut, and takes out what has no file.
    private func reconcile(_ days: some Sequence<String>) {
        for day in days {
            do {
                let known = try log.segments(of: day)
                let names = Set(known.map(\.path))
                let gone = known.filter { !store.contains($0) }
                if !gone.isEmpty {
                    try tell(ofMissing: gone)
                    try log.remove(gone)
                    logger.warning("\(gone.count) recordings of \(day) are gone: they are no longer listed")
                }
                for file in store.files(of: day) where !names.contains(file.path) {
                    guard let facts = try? ClipFile.facts(of: "\(store.directory)/\(file.path)") else { continue }
                    let (bytes, sha256) = try store.fingerprint(of: file.path)
                    try log.add(RecordedSegment(file.segment, facts, path: file.path, bytes: bytes, sha256: sha256))
                    logger.info("the recording '\(file.path)' was missing in the list: it is there again")
                }
            } catch {
                logger.error("the recordings of \(day) could not be held against their list. \(error)")
            }
        }
    }

    /// Waits for the journal; this thread may.
    private func tell(ofMissing gone: [RecordedSegment]) throws {
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let done = DispatchSemaphore(value: 0)
        Task { [noteMissing] in
            let result: Result<Void, any Error>
            do { result = .success(try await noteMissing(gone)) } catch { result = .failure(error) }
            outcome.withLock { $0 = result }
            done.signal()
        }
        guard done.wait(timeout: .now() + Self.patience) == .success, let result = outcome.withLock({ $0 }) else {
            throw EvidenceError(
                .inputOutput, problem: "the journal does not note that recordings are missing",
                remedy: "They stay listed until it does")
        }
        try result.get()
    }

    private func raise(_ error: any Error, _ what: String) {
        var trouble =
            (error as? any ActionableError).map { (problem: $0.problem, remedy: $0.remedy) }
            ?? (problem: "\(error)", remedy: "Look at the folder '\(store.directory)'")
        if (error as? EvidenceError)?.code == .refused {
            trouble.remedy = "Move away what stands there: a folder belongs in its place"
        }
        let isNews = state.withLock { [trouble] state in
            defer { (state.trouble, state.storesAgain) = (trouble, false) }
            return state.trouble?.problem != trouble.problem
        }
        if isNews { logger.error("\(what). \(error)") }
    }
}

extension RecordedSegment {
    fileprivate init(_ segment: UnfinishedSegment, _ facts: ClipFile.Facts, path: String, bytes: Int, sha256: String) {
        self.init(
            camera: segment.camera, start: segment.start, durationMicroseconds: facts.duration.inMicroseconds,
            path: path, bytes: bytes, codec: facts.codec, width: facts.width, height: facts.height,
            isWebReady: facts.isWebReady, isTruncated: !facts.isComplete, soundCodec: facts.soundCodec, sha256: sha256)
    }
}
