import Dispatch
import Domain
import Evidence
import Journal
import Logging
import SiteConfiguration
import Synchronization

/// Gives recordings up when they are too old or too much, each camera's by its own limits, or, the oldest of all cameras
/// first, when the disk runs short.
final class RecordingRetention: Sendable {
    private static let batch = 500

    private let store: RecordingStore
    private let log: RecordingLog
    private let locks: EvidenceLocks
    private let options: Mutex<[CameraID: RecordingOptions]>
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.recordings.retention", qos: .utility)

    /// - Parameter options: of the cameras that the configuration names; others count as `RecordingOptions.usual`.
    init(
        store: RecordingStore, log: RecordingLog, locks: EvidenceLocks, options: [CameraID: RecordingOptions],
        logger: Logger
    ) {
        self.store = store
        self.log = log
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
            var full: [CameraID] = []
            for (camera, total) in try await onQueue({ [log] in try log.totals() }) {
                let limits = options.withLock { $0[camera] } ?? .usual
                let before = now - .seconds(86_400 * limits.keepDays)
                var left = total.bytes
                while byAge, let freed = try await remove(of: camera, ending: before, because: "keepDays") {
                    left -= freed
                }
                let most = Int64(limits.maximumGigabytes * 1e9)
                while left > most, let freed = try await remove(of: camera, left - most, because: "maximumGigabytes") {
                    left -= freed
                }
                if left > most { full.append(camera) }
            }
            return full.sorted { $0.rawValue < $1.rawValue }
        }
    }

    /// Removes the oldest segments of all cameras until `bytes` are freed or nothing is left that is not locked.
    func free(_ bytes: Int64) async {
        await reporting { [self] in
            var wanting = bytes
            while wanting > 0, let freed = try await remove(of: nil, wanting, because: "minimumFreeGigabytes") {
                wanting -= freed
            }
        }
    }

    /// Removes some of the oldest segments.
    ///
    /// - Parameters:
    ///   - camera: `nil` for all.
    ///   - ending: only those that end before it.
    ///   - bytes: as many as make up so much.
    /// - Returns: how many bytes; `nil` where none was left.
    private func remove(
        of camera: CameraID?, _ bytes: Int64 = .max, ending: MediaTime? = nil, because reason: String
    ) async throws -> Int64? {
        try await locks.givingUp { [self] spared in
            try await onQueue { [self] in
                let old = try log.oldest(of: camera, ending: ending, sparing: spared, bytes: bytes, limit: Self.batch)
                guard !old.isEmpty else { return nil }
                // Files first: a crash between the two leaves entries without files, which the next start takes out.
                for segment in old { try store.remove(segment) }
                try log.remove(old)
                logger.info("\(old.count) recordings are removed by retention (\(reason))")
                return old.reduce(0) { $0 + Int64($1.bytes) }
            }
        }
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
