import Dispatch
import Domain
import Evidence
import Foundation
import Logging
import Media
import Synchronization

/// Makes the time-lapses of all cameras' smoke, on one thread of its own: no detector waits for an encoder or the disk.
///
/// Pictures wait in memory, bounded in bytes: what the disk or the encoder is too slow for is left out and counted.
final class TimelapseRecorder: Sendable {
    /// What happened to time-lapses since the start.
    struct Counters: Sendable, Equatable {
        var stored: Int64 = 0
        /// Of a crash, stored up to where they were cut off.
        var recovered: Int64 = 0
        /// Of which nothing could be stored.
        var failed: Int64 = 0
        var picturesLost: Int64 = 0
    }

    private enum Message: Sendable {
        case begin(Incident)
        case picture(AnalysedPictures.Picture, IncidentID)
        case end(IncidentID)
        case finish
    }

    private struct State {
        var messages: [Message] = []
        var bytes = 0
        var counters = Counters()
    }

    private static let mostWaitingBytes = 128_000_000

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let ended: AsyncStream<Void>
    private let ends: AsyncStream<Void>.Continuation
    private let evidence: EvidenceStore
    private let logger: Logger
    private let isShortOfSpace: @Sendable () -> Bool
    private let attach: @Sendable (IncidentRecorder.Attachment) -> Void

    /// - Parameters:
    ///   - isShortOfSpace: while it is so, no time-lapse is begun.
    ///   - attach: is told of each that is on disk, on the recorder's thread.
    init(
        evidence: EvidenceStore, logger: Logger, isShortOfSpace: @escaping @Sendable () -> Bool,
        attach: @escaping @Sendable (IncidentRecorder.Attachment) -> Void
    ) {
        self.evidence = evidence
        self.logger = logger
        self.isShortOfSpace = isShortOfSpace
        self.attach = attach
        (ended, ends) = AsyncStream.makeStream()
    }

    var counters: Counters { state.withLock { $0.counters } }

    /// Recovers what a crash left, then makes time-lapses until `finish`.
    func start() {
        let thread = Thread { [self] in
            work()
            ends.finish()
        }
        thread.name = "timelapse"
        thread.stackSize = 1 << 20
        thread.start()
    }

    /// Begins the time-lapse of an incident with the pictures from before it. Never blocks.
    func begin(_ incident: Incident, with pictures: [AnalysedPictures.Picture]) {
        post(.begin(incident))
        for picture in pictures { add(picture, to: incident.id) }
    }

    /// Adds a picture, in order of time. Never blocks.
    func add(_ picture: AnalysedPictures.Picture, to incident: IncidentID) {
        let hasRoom = state.withLock { state in
            guard state.bytes + picture.jpeg.count <= Self.mostWaitingBytes else {
                state.counters.picturesLost += 1
                return false
            }
            state.bytes += picture.jpeg.count
            return true
        }
        if hasRoom { post(.picture(picture, incident)) }
    }

    /// The incident has closed: its time-lapse becomes evidence. Never blocks.
    func end(_ incident: IncidentID) { post(.end(incident)) }

    /// Completes what is under way and ends the thread. To be called after the last `end`.
    func finish() async {
        post(.finish)
        for await _ in ended {}
    }

    private func post(_ message: Message) {
        state.withLock { $0.messages.append(message) }
        wake.signal()
    }

    // MARK: - On the thread

    private func work() {
        for left in evidence.unfinishedClips() where left.kind == .timelapse { recover(left) }
        var jobs: [IncidentID: TimelapseJob] = [:]
        while let message = next() {
            switch message {
            case .begin(let incident):
                if isShortOfSpace() {
                    state.withLock { $0.counters.failed += 1 }
                } else {
                    jobs[incident.id] = TimelapseJob(of: incident, evidence: evidence)
                }
            case .picture(let picture, let incident):
                guard let job = jobs[incident] else { break }
                do throws(MediaError) {
                    try job.add(picture)
                } catch {
                    state.withLock { $0.counters.picturesLost += 1 }
                    if job.isNews(error) { logger.error("the time-lapse of \(incident) lacks pictures. \(error)") }
                }
            case .end(let incident): complete(jobs.removeValue(forKey: incident))
            case .finish:
                for incident in jobs.keys.sorted(by: { $0.rawValue < $1.rawValue }) { complete(jobs[incident]) }
                return
            }
        }
    }

    private func next() -> Message? {
        while true {
            let message: Message? = state.withLock { state in
                guard !state.messages.isEmpty else { return nil }
                let message = state.messages.removeFirst()
                if case .picture(let picture, _) = message { state.bytes -= picture.jpeg.count }
                return message
            }
            if let message { return message }
            wake.wait()
        }
    }

    private func complete(_ job: TimelapseJob?) {
        // No picture, no film.
        guard let job, let clip = job.clip else { return }
        do {
            try job.close()
            try store(clip, pictures: job.pictures, last: job.last)
            state.withLock { $0.counters.stored += 1 }
        } catch {
            // What was written stays, and is tried again at the next start.
            state.withLock { $0.counters.failed += 1 }
            logger.error("the time-lapse of \(clip.incident) waits for the next start. \(error)")
        }
    }

    private func recover(_ clip: UnfinishedClip) {
        do {
            try store(clip, pictures: nil, last: nil)
            state.withLock { $0.counters.recovered += 1 }
        } catch let error as MediaError where error.code == .unreadable {
            state.withLock { $0.counters.failed += 1 }
            logger.warning("nothing of the time-lapse of \(clip.incident) could be recovered. \(error)")
            evidence.forget(clip)
        } catch {
            logger.error("the time-lapse of \(clip.incident) waits for the next start. \(error)")
        }
    }

    /// - Parameter last: capture time of the last picture; `nil` where a crash has taken the knowledge of it.
    private func store(_ clip: UnfinishedClip, pictures: Int?, last: MediaTime?) throws {
        var details = try ClipJob.finish(clip, in: evidence)
        let count = pictures ?? Int(details.durationMicroseconds) * TimelapseWriter.picturesPerSecond / 1_000_000 + 1
        details.timelapse = TimelapseDetails(
            pictures: count, first: clip.firstTime, last: last ?? max(clip.firstTime, clip.incidentStart))
        if last != nil { details.truncation = nil }
        let item = try evidence.adopt(clip, details: details)
        attach(.init(item: item, incident: clip.incident) { [evidence] in evidence.forget(clip) })
    }
}
