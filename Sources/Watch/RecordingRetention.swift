import Dispatch
import Domain
import Evidence
import Journal
import Logging
import SiteConfiguration
import Synchronization

/// Gives recordings up when they are too old or too much, each camera's by its own limits, or, the oldest of all cameras
/// first, when the disk runs short. The audit trail names what goes, with a hash, before it goes.
final class RecordingRetention: Sendable {
    /// So many segments are planned, noted in the audit trail and removed at a time: a pass of an hour is one entry.
    private static let batch = 2_000

    private struct Plan: Sendable {
        var doomed: [RecordedSegment] = []
        var reasons: Set<String> = []
        /// The cameras of which what is locked takes more than `maximumGigabytes`.
        var full: [CameraID] = []

        var room: Int { RecordingRetention.batch - doomed.count }

        mutating func add(_ segments: [RecordedSegment], because reason: String) {
            guard !segments.isEmpty else { return }
            doomed += segments
            reasons.insert(reason)
        }
    }

    private let store: RecordingStore
    private let log: RecordingLog
    private let journal: IncidentJournal
    private let locks: EvidenceLocks
    private let options: Mutex<[CameraID: RecordingOptions]>
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.recordings.retention", qos: .utility)

    /// - Parameter options: of the cameras that the configuration names; others count as `RecordingOptions.usual`.
    init(
        store: RecordingStore, log: RecordingLog, journal: IncidentJournal, locks: EvidenceLocks,
        options: [CameraID: RecordingOptions], logger: Logger
    ) {
        self.store = store
        self.log = log
        self.journal = journal
        self.locks = locks
        self.options = Mutex(options)
        self.logger = logger
    }

    /// From now on these limits count for a camera.
    func follow(_ settings: CameraSettings) { options.withLock { $0[settings.id] = settings.recording } }

    /// Removes what is older than its camera's `keepDays` and what is above its `maximumGigabytes`, oldest first, but for
    /// what is locked.
    ///
    /// - Parameters:
    ///   - now: host's wall clock.
    ///   - byAge: whether `keepDays` counts at present.
    /// - Returns: the cameras of which what is locked takes more than `maximumGigabytes`; `nil` where the disk failed.
    func removeExpired(now: MediaTime, byAge: Bool = true) async -> [CameraID]? {
        await reporting { [self] in
            while true {
                let plan = try await locks.givingUp { [self] spared in
                    let plan = try await onQueue { [self] in try expired(now: now, byAge: byAge, sparing: spared) }
                    try await remove(plan)
                    return plan
                }
                if plan.room > 0 { return plan.full.sorted { $0.rawValue < $1.rawValue } }
            }
        }
    }

    /// Removes the oldest segments of all cameras until `bytes` are freed or nothing is left that is not locked; and a
    /// little more, so that a disk that fills evenly is not freed, and the audit trail not written, every few seconds.
    func free(_ bytes: Int64) async {
        await reporting { [self] in
            let all = try await onQueue { [log] in try log.totals().values.reduce(0) { $0 + $1.bytes } }
            var wanting = bytes + all / 200
            while wanting > 0 {
                let plan = try await locks.givingUp { [self, wanting] spared in
                    let plan = try await onQueue { [log] in
                        var plan = Plan()
                        let old = try log.oldest(
                            of: nil, ending: nil, sparing: spared, bytes: wanting, limit: plan.room)
                        plan.add(old, because: "minimumFreeGigabytes")
                        return plan
                    }
                    try await remove(plan)
                    return plan
                }
                guard !plan.doomed.isEmpty else { return }
                wanting -= plan.doomed.reduce(0) { $0 + Int64($1.bytes) }
            }
        }
    }

    /// What is too old or too much, up to a batch. Blocks on the disk.
    private func expired(now: MediaTime, byAge: Bool, sparing spared: [CameraSpan]) throws -> Plan {
        var plan = Plan()
        for (camera, total) in try log.totals().sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let limits = options.withLock { $0[camera] } ?? .usual
            let before = now - .seconds(86_400 * limits.keepDays)
            let aged =
                byAge ? try log.oldest(of: camera, ending: before, sparing: spared, limit: plan.room) : []
            plan.add(aged, because: "keepDays")
            let most = Int64(limits.maximumGigabytes * 1e9)
            guard total.bytes > most, plan.room > 0 else { continue }
            let known = Set(aged.map(\.path))
            let oldest = try log.oldest(
                of: camera, ending: nil, sparing: spared, bytes: total.bytes - most, limit: plan.room + aged.count)
            let more = oldest.filter { !known.contains($0.path) }
            plan.add(more, because: "maximumGigabytes")
            let left = total.bytes - (aged + more).reduce(0) { $0 + Int64($1.bytes) }
            if left > most { plan.full.append(camera) }
        }
        return plan
    }

    private func remove(_ plan: Plan) async throws {
        guard !plan.doomed.isEmpty else { return }
        let reason = plan.reasons.sorted().joined(separator: ", ")
        let gone = RemovedRecordings.byCamera(plan.doomed, digest: ContentHash.sha256Hexadecimal)
        var isNoted = true
        do throws(JournalError) {
            try await journal.noteRemoval(of: gone, reason: reason)
        } catch {
            // Without room the trail is written right after: what is to make room must not wait for it.
            guard error.code == .diskFull else { throw error }
            isNoted = false
        }
        try await onQueue { [store, log] in
            // Files first: a crash between the two leaves entries without files, which the next start takes out.
            for segment in plan.doomed { try store.remove(segment) }
            try log.remove(plan.doomed)
        }
        if !isNoted { try await journal.noteRemoval(of: gone, reason: reason) }
        logger.info("\(plan.doomed.count) recordings are removed by retention (\(reason))")
    }

    private func reporting<T>(_ work: () async throws -> T) async -> T? {
        do {
            return try await work()
        } catch {
            logger.error("recordings could not be removed. \(error)")
            return nil
        }
    }

    private func onQueue<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedContinuation { done in
            queue.async { done.resume(returning: Result(catching: work)) }
        }.get()
    }
}
