import Dispatch
import Domain
import EventBus
import Evidence
import Foundation
import Journal
import Logging
import Media

/// Finds what a crash between two steps leaves, on either side, and puts it right: a file that no incident names is given
/// to its incident, or put aside where there is none; an item whose file is gone is noted in the audit trail.
final class EvidenceRepair: Sendable {
    /// What a pass did.
    struct Outcome: Sendable, Equatable {
        var adopted = 0
        var setAside = 0
        var missing = 0
    }

    private static let pageSize = 500

    private let evidence: EvidenceStore
    private let journal: IncidentJournal
    private let bus: any MessageBus
    private let keepDays: Int
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.repair", qos: .utility)

    init(evidence: EvidenceStore, journal: IncidentJournal, bus: any MessageBus, keepDays: Int, logger: Logger) {
        self.evidence = evidence
        self.journal = journal
        self.bus = bus
        self.keepDays = keepDays
        self.logger = logger
    }

    /// Looks at every day that may have evidence.
    ///
    /// - Parameters:
    ///   - now: host's wall clock.
    ///   - settled: files that were last written before it can no longer be on their way into the journal.
    @discardableResult
    func pass(now: MediaTime, settled: MediaTime) async -> Outcome {
        var outcome = Outcome()
        do {
            // Recent days have incidents even where nothing is left of their folders.
            let recent = (0...keepDays + 1).map { CivilTime(now - .seconds(86_400 * $0)).date }
            for day in Set(try await evidence.days() + recent).sorted() {
                guard !Task.isCancelled else { break }
                try await look(at: day, settled: settled, &outcome)
            }
        } catch {
            logger.error("evidence could not be held against the journal. \(error)")
        }
        if outcome != Outcome() {
            logger.warning(
                """
                evidence put right: \(outcome.adopted) files given to their incidents, \(outcome.setAside) put aside, \
                \(outcome.missing) found missing
                """)
        }
        return outcome
    }

    private func look(at day: String, settled: MediaTime, _ outcome: inout Outcome) async throws {
        guard let midnight = try? Date("\(day)T00:00:00Z", strategy: .iso8601) else { return }
        let start = MediaTime(seconds: midnight.timeIntervalSince1970)
        // Parts of clips that a crash left are still to be told to the journal by whoever recovers them.
        let unfinished = Set(await onQueue { [evidence] in evidence.unfinishedClips() }.map(\.incident))
        var unknown = Set(try await evidence.incidents(of: day))
        var query = IncidentQuery(since: start, until: start + .seconds(86_400), limit: Self.pageSize)
        while true {
            let page = try await journal.incidents(matching: query)
            for incident in page where incident.start >= start {
                unknown.remove(incident.id)
                guard !unfinished.contains(incident.id) else { continue }
                try await look(at: incident, day, settled: settled, &outcome)
            }
            guard page.count == Self.pageSize, let last = page.last else { break }
            query.after = last.id
        }
        for id in unknown.sorted(by: { $0.rawValue < $1.rawValue }) where !unfinished.contains(id) {
            for file in try await evidence.files(of: id, on: day) where file.modified < settled {
                try await setAside(file, &outcome)
            }
        }
    }

    private func look(
        at incident: Incident, _ day: String, settled: MediaTime, _ outcome: inout Outcome
    ) async throws {
        let named = Set(incident.evidence.map(\.path))
        for file in try await evidence.files(of: incident.id, on: day)
        where !named.contains(file.path) && file.modified < settled {
            if let item = await item(for: file, of: incident) {
                _ = try await bus.attach([item], to: incident.id)
                outcome.adopted += 1
                logger.warning("'\(file.path)' was named by no incident: \(incident.id) has it now")
            } else {
                try await setAside(file, &outcome)
            }
        }
        let gone = try await evidence.missing(of: incident.evidence)
        guard !gone.isEmpty else { return }
        let tombstones = try await journal.tombstones(of: incident.id)
        let known = Set((tombstones.removed + tombstones.missing).map(\.path))
        let news = gone.filter { !known.contains($0.path) }
        guard !news.isEmpty else { return }
        try await journal.noteMissing(news, of: incident.id)
        outcome.missing += news.count
        let names = news.map(\.path).joined(separator: ", ")
        logger.error("evidence of \(incident.id) is missing: \(names). The audit trail says so from now on")
    }

    private func setAside(_ file: EvidenceStore.StoredFile, _ outcome: inout Outcome) async throws {
        try await evidence.setAside(file.path)
        outcome.setAside += 1
        logger.warning("'\(file.path)' belongs to no incident: it lies in '.orphans' now")
    }

    /// What an incident would call a file of its folder; `nil` for what Lookout does not name like that.
    private func item(for file: EvidenceStore.StoredFile, of incident: Incident) async -> EvidenceItem? {
        let stem = file.name.prefix { $0 != "." && $0 != "-" }
        guard let kind = EvidenceItem.Kind(rawValue: String(stem)),
            file.name.hasSuffix("." + kind.fileExtension),
            let (bytes, sha256) = try? await evidence.fingerprint(of: file.path), bytes > 0
        else { return nil }
        let isFilm = kind.fileExtension == "mp4"
        var item = EvidenceItem(
            kind: kind, path: file.path, mediaType: isFilm ? "video/mp4" : "image/jpeg", bytes: bytes,
            sha256: sha256, time: incident.start)
        if isFilm {
            guard let part = Int(file.name.dropFirst(kind.rawValue.count + 1).dropLast(4)),
                let details = await details(ofClip: file.path, part: part)
            else { return nil }
            item.clip = details
        }
        return item
    }

    private func details(ofClip path: String, part: Int) async -> ClipDetails? {
        let whole = "\(evidence.directory)/\(path)"
        let facts = await onQueue { try? ClipFile.facts(of: whole) }
        return facts.map {
            ClipDetails(
                part: part, durationMicroseconds: $0.duration.inMicroseconds, codec: $0.codec, width: $0.width,
                height: $0.height, isWebReady: $0.isWebReady, soundCodec: $0.soundCodec)
        }
    }

    private func onQueue<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { done in
            queue.async { done.resume(returning: work()) }
        }
    }
}
