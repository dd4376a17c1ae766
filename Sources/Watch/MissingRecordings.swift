import Domain
import Evidence
import Journal

/// Writes into the audit trail which recordings are gone though nobody gave them up, before the list forgets them and their
/// hashes.
struct MissingRecordings: Sendable {
    /// What a crash left listed after it was given up stands near the end of the trail.
    private static let entriesLookedAt = 1_000

    let journal: IncidentJournal

    /// - Parameter segments: listed, and without a file.
    /// - Throws: `JournalError`; nothing may be forgotten then.
    func note(_ segments: [RecordedSegment]) async throws(JournalError) {
        let givenUp = try await journal.audit(limit: Self.entriesLookedAt)
            .filter { $0.action == .recordingsRemoved }.flatMap(\.recordings)
        let news = segments.filter { segment in !givenUp.contains { $0.cover(segment) } }
        try await journal.noteMissing(RemovedRecordings.byCamera(news, digest: ContentHash.sha256Hexadecimal))
    }
}
