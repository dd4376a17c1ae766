public import Domain
import Evidence
public import Journal
import Logging
import SiteConfiguration

/// The continuous recordings of a site: written, listed, played back and given up.
public final class SiteRecordings: Sendable {
    /// What happened to segments since the start.
    public struct Counts: Sendable, Equatable {
        public var stored: Int64 = 0
        /// Of a crash or a full disk, stored up to where they were cut off.
        public var recovered: Int64 = 0
        /// Of which nothing could be stored.
        public var failed: Int64 = 0
        /// Now: those that could not be stored and are tried again.
        public var waiting = 0
        /// Of those that were stored.
        public var bytes: Int64 = 0
        /// Given up because the disk was too slow.
        public var packetsLost: Int64 = 0
    }

    let recorder: SegmentRecorder
    let retention: RecordingRetention
    private let log: RecordingLog
    private let cuts: RecordingCuts

    /// Blocks on the disk: for before the traffic starts.
    ///
    /// - Parameters:
    ///   - journal: is told what is given up.
    ///   - locks: of what nothing is given up.
    ///   - isShortOfSpace: while it is so, nothing is recorded.
    /// - Throws: `EvidenceError` where the folder of recordings cannot be used.
    init(
        site: SiteSettings, evidence: EvidenceStore, journal: IncidentJournal, locks: EvidenceLocks,
        clock: any HostClock, logger: Logger,
        isShortOfSpace: @escaping @Sendable () -> Bool
    ) throws(EvidenceError) {
        let store = try RecordingStore(directory: site.storage.directory + "/recordings")
        log = RecordingLog(directory: site.storage.directory)
        recorder = SegmentRecorder(
            store: store, log: log, clock: clock, logger: logger,
            noteMissing: MissingRecordings(journal: journal).note, isShortOfSpace: isShortOfSpace)
        retention = RecordingRetention(
            store: store, log: log, journal: journal, locks: locks,
            options: Dictionary(site.cameras.map { ($0.id, $0.recording) }) { first, _ in first }, logger: logger)
        cuts = RecordingCuts(store: store, log: log, evidence: evidence)
    }

    /// Recovers what a crash left, then records.
    func start() {
        cuts.start()
        recorder.start()
    }

    /// Completes what is under way. To be called when the cameras have stopped.
    func finish() async {
        cuts.end()
        await recorder.finish()
    }

    public var counts: Counts { recorder.counters }

    /// Why recordings cannot be written at present; `nil` while they can.
    public var trouble: (problem: String, remedy: String)? { recorder.trouble }

    /// Segments of a camera of which any part lies in a time, oldest first. The one that is being written is not among them.
    ///
    /// - Parameters:
    ///   - until: not included.
    ///   - limit: 1 to 10,000.
    /// - Throws: `invalid` for another limit, and what reading the index throws.
    public func segments(of camera: CameraID, since: MediaTime, until: MediaTime, limit: Int) async throws(JournalError)
        -> [RecordedSegment]
    {
        try await log.segments(of: camera, from: since, until: until, limit: limit)
    }

    /// One file of what was recorded from the keyframe at or before `since` on, until `until` or the next gap or change of
    /// the coding; two minutes at most where it has to be encoded anew for browsers.
    ///
    /// - Parameter isOriginal: as it was recorded, whether browsers play it or not.
    /// - Returns: `nil` where nothing is recorded of that time.
    /// - Throws: `JournalError`, `EvidenceError`, `MediaError`.
    public func cut(
        of camera: CameraID, since: MediaTime, until: MediaTime, isOriginal: Bool
    ) async throws -> RecordingCut? {
        try await cuts.cut(of: camera, since: since, until: until, isOriginal: isOriginal)
    }
}
