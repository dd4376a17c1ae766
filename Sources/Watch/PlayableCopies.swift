import Dispatch
import Domain
import Evidence
import Foundation
import Glibc
import Media

/// Copies of clips that browsers play, made one at a time when they are first asked for, and kept beside the evidence.
final class PlayableCopies: Sendable {
    private let evidence: EvidenceStore
    private let queue = DispatchQueue(label: "lookout.copies", qos: .utility)
    private let stop = StopFlag()

    init(evidence: EvidenceStore) { self.evidence = evidence }

    /// Ends what is under way.
    func end() { stop.raise() }

    /// - Returns: `nil` where the clip has been removed.
    /// - Throws: `EvidenceError`, `MediaError`.
    func copy(of clip: EvidenceItem) async throws -> OpenEvidence? {
        // It names a file.
        guard clip.sha256.utf8.count == 64, !clip.sha256.contains("/"), !clip.sha256.contains(".") else { return nil }
        if let made = try await ifThere({ () throws(EvidenceError) in try await evidence.openCopy(of: clip.sha256) }) {
            return made
        }
        // That it is there, and no link to anywhere else.
        let original = try await ifThere { () throws(EvidenceError) in try await evidence.open(clip.path) }
        guard original != nil else { return nil }
        if let failure = await failureOfMaking(clip) { throw failure }
        return try await evidence.openCopy(of: clip.sha256)
    }

    private func ifThere(_ open: () async throws(EvidenceError) -> OpenEvidence) async throws -> OpenEvidence? {
        do throws(EvidenceError) {
            return try await open()
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    private func failureOfMaking(_ clip: EvidenceItem) async -> (any Error)? {
        await withCheckedContinuation { done in
            queue.async { [self] in
                do {
                    try make(clip)
                    done.resume(returning: nil)
                } catch {
                    done.resume(returning: error)
                }
            }
        }
    }

    private func make(_ clip: EvidenceItem) throws {
        let target = evidence.path(ofCopyOf: clip.sha256)
        // Somebody who asked before may have had it made.
        guard !FileManager.default.fileExists(atPath: target) else { return }
        let unfinished = target + ".part"
        try ClipProxy.make(of: "\(evidence.directory)/\(clip.path)", to: unfinished, stop: stop)
        guard unsafe rename(unfinished, target) == 0 else {
            throw EvidenceError(
                .inputOutput, problem: "the copy of '\(clip.path)' cannot be kept",
                remedy: "Look for disk errors in the system's log")
        }
    }
}
