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
    private let options: Mutex<[CameraID: RecordingOptions]>
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.recordings.retention", qos: .utility)

    /// - Parameter options: of the cameras that the configuration names; others count as `RecordingOptions.usual`.
    init(store: RecordingStore, log: RecordingLog, options: [CameraID: RecordingOptions], logger: Logger) {
        self.store = store
        self.log = log
        self.options = Mutex(options)
        self.logger = logger
    }

    /// From now on these limits count for a camera.
    func follow(_ settings: CameraSettings) { options.withLock { $0[settings.id] = settings.recording } }

    /// Removes what is older than its camera's `keepDays` and what is above its `maximumGigabytes`, oldest first.
    ///
    /// - Parameters:
    ///   - now: host's wall clock.
    ///   - spared: of which no segment is removed.
    func removeExpired(now: MediaTime, sparing spared: [CameraSpan]) async {
        await onQueue { [self] in
            for (camera, total) in try log.totals() {
                let limits = options.withLock { $0[camera] } ?? .usual
                let before = now - .seconds(86_400 * limits.keepDays)
                var left = total.bytes
                while case let old = try log.oldest(of: camera, ending: before, sparing: spared, limit: Self.batch),
                    !old.isEmpty
                {
                    left -= try remove(old, because: "keepDays")
                }
                let most = Int64(limits.maximumGigabytes * 1e9)
                while left > most {
                    let old = try log.oldest(
                        of: camera, ending: nil, sparing: spared, bytes: left - most, limit: Self.batch)
                    guard !old.isEmpty else { break }
                    left -= try remove(old, because: "maximumGigabytes")
                }
            }
        }
    }

    /// Removes the oldest segments of all cameras until `bytes` are freed or nothing is left.
    func free(_ bytes: Int64, sparing spared: [CameraSpan]) async {
        await onQueue { [self] in
            var wanting = bytes
            while wanting > 0 {
                let old = try log.oldest(of: nil, ending: nil, sparing: spared, bytes: wanting, limit: Self.batch)
                guard !old.isEmpty else { return }
                wanting -= try remove(old, because: "minimumFreeGigabytes")
            }
        }
    }

    /// Files first: a crash between the two leaves entries without files, which the next start takes out.
    ///
    /// - Returns: how many bytes.
    private func remove(_ segments: [RecordedSegment], because reason: String) throws -> Int64 {
        for segment in segments { try store.remove(segment) }
        try log.remove(segments)
        logger.info("\(segments.count) recordings are removed by retention (\(reason))")
        return segments.reduce(0) { $0 + Int64($1.bytes) }
    }

    private func onQueue(_ work: @escaping @Sendable () throws -> Void) async {
        await withCheckedContinuation { done in
            queue.async { [logger] in
                do {
                    try work()
                } catch {
                    logger.error("recordings could not be removed. \(error)")
                }
                done.resume()
            }
        }
    }
}
