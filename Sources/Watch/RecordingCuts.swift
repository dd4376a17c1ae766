import Dispatch
public import Domain
public import Evidence
import Foundation
import Glibc
import Journal
import Media
import Synchronization

/// One piece of a camera's recording as one file.
public struct RecordingCut: Sendable {
    public var file: OpenEvidence
    /// Capture times of its first and its last picture.
    public var start: MediaTime
    public var end: MediaTime
    /// Whether it was encoded anew so that browsers play it.
    public var isDerived: Bool
}

/// Makes files of recordings, a time at a time, one after the other, and keeps the last ones for whoever seeks in them.
final class RecordingCuts: Sendable {
    private struct Made: Sendable {
        let name: String
        let outcome: ClipJoin.Outcome
        let isDerived: Bool
    }

    /// A copy of so long a time that is encoded anew takes about as long to be made.
    static let longestDerived = Duration.seconds(120)
    private static let prefix = "cut-"
    private static let mostKept = 12

    private let store: RecordingStore
    private let log: RecordingLog
    private let evidence: EvidenceStore
    private let queue = DispatchQueue(label: "lookout.cuts", qos: .utility)
    private let stop = StopFlag()
    /// Those asked for last stand last.
    private let made = Mutex<[Made]>([])

    init(store: RecordingStore, log: RecordingLog, evidence: EvidenceStore) {
        self.store = store
        self.log = log
        self.evidence = evidence
    }

    /// Removes what an earlier run kept.
    func start() {
        queue.async { [evidence] in
            for name in evidence.copies(beginningWith: Self.prefix) { evidence.removeCopy(of: name) }
        }
    }

    /// Ends what is under way.
    func end() { stop.raise() }

    /// The recording from the keyframe at or before `since` on until `until`, or until it has a gap or changes its coding.
    ///
    /// - Parameter isOriginal: as it was recorded, whether browsers play it or not.
    /// - Returns: `nil` where nothing is recorded of that time.
    /// - Throws: `JournalError`, `EvidenceError`, `MediaError`.
    func cut(of camera: CameraID, since: MediaTime, until: MediaTime, isOriginal: Bool) async throws -> RecordingCut? {
        let segments = try await log.segments(of: camera, from: since, until: until, limit: 1_000)
        guard let first = segments.first else { return nil }
        let isDerived = !isOriginal && !first.isWebReady
        let limit = isDerived ? min(until, max(since, first.start) + Self.longestDerived) : until
        let name = Self.name(of: segments, since: since, until: limit, isDerived: isDerived)
        if let known = take(name), let file = try? await evidence.openCopy(of: name) {
            return RecordingCut(
                file: file, start: known.outcome.start, end: known.outcome.end, isDerived: known.isDerived)
        }
        do {
            let outcome = try await make(name, of: segments, since: since, until: limit, isDerived: isDerived)
            remember(Made(name: name, outcome: outcome, isDerived: isDerived))
            return RecordingCut(
                file: try await evidence.openCopy(of: name), start: outcome.start, end: outcome.end,
                isDerived: isDerived)
        } catch let error as MediaError where error.code == .unreadable {
            return nil
        }
    }

    /// The same request over other segments is another file: players seek in what they have begun to read.
    private static func name(
        of segments: [RecordedSegment], since: MediaTime, until: MediaTime, isDerived: Bool
    ) -> String {
        let text = segments.map(\.path).joined(separator: "\n")
        return prefix
            + ContentHash.sha256Hexadecimal(
                Array("\(since.microseconds) \(until.microseconds) \(isDerived)\n\(text)".utf8))
    }

    private func take(_ name: String) -> Made? {
        made.withLock { made in
            guard let index = made.firstIndex(where: { $0.name == name }) else { return nil }
            let found = made.remove(at: index)
            made.append(found)
            return found
        }
    }

    private func remember(_ new: Made) {
        let doomed = made.withLock { made in
            made.removeAll { $0.name == new.name }
            made.append(new)
            defer { made.removeFirst(max(0, made.count - Self.mostKept)) }
            return made.prefix(max(0, made.count - Self.mostKept))
        }
        for old in doomed { evidence.removeCopy(of: old.name) }
    }

    private func make(
        _ name: String, of segments: [RecordedSegment], since: MediaTime, until: MediaTime, isDerived: Bool
    ) async throws -> ClipJoin.Outcome {
        let parts = try segments.map { ClipJoin.Part(path: try store.path(of: $0), start: $0.start) }
        let target = evidence.path(ofCopyOf: name)
        let result: Result<ClipJoin.Outcome, any Error> = await withCheckedContinuation { done in
            queue.async { [stop] in
                done.resume(
                    returning: Result {
                        try Self.make(parts, since, until, to: target, isDerived: isDerived, stop: stop)
                    })
            }
        }
        return try result.get()
    }

    private static func make(
        _ parts: [ClipJoin.Part], _ since: MediaTime, _ until: MediaTime, to target: String, isDerived: Bool,
        stop: StopFlag
    ) throws -> ClipJoin.Outcome {
        let unfinished = target + ".part"
        let joined = isDerived ? target + ".joined" : unfinished
        let outcome = try ClipJoin.make(of: parts, from: since, until: until, to: joined, stop: stop)
        if isDerived {
            defer { _ = unsafe unlink(joined) }
            try ClipProxy.make(of: joined, to: unfinished, stop: stop)
        }
        guard unsafe rename(unfinished, target) == 0 else {
            throw EvidenceError(
                .inputOutput, problem: "a piece of a recording cannot be kept",
                remedy: "Look for disk errors in the system's log")
        }
        return outcome
    }
}
