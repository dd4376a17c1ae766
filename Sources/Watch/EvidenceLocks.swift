public import Domain
import Journal

/// What people have locked: neither age nor size nor a full disk takes it until they unlock it. Besides an incident's own
/// files that is the recording of its time.
public final class EvidenceLocks: Sendable {
    /// So much of the recording before an incident began and after it was last seen is kept with it.
    static let margin = Duration.seconds(60)

    private let journal: IncidentJournal
    private let turns = Turns()

    init(journal: IncidentJournal) { self.journal = journal }

    /// Locks the evidence of an incident, once what is being given up at present is gone, and returns the revision that
    /// stands after it.
    ///
    /// - Parameter reason: not empty.
    /// - Throws: as `IncidentJournal.handle`: `conflict` where it is locked already, or where it comes too late.
    public func lock(_ id: IncidentID, actor: String, reason: String?) async throws -> StoredRevision {
        try await turns.run { [journal] in try await journal.handle(id, .lock, actor: actor, note: reason) }
    }

    /// The incidents that are locked now.
    func incidents() async throws(JournalError) -> [Incident] { try await journal.lockedIncidents() }

    /// Runs what gives recordings up. Meanwhile nothing is locked, so that nobody is promised what is about to go.
    ///
    /// - Parameter work: is told of which times nothing may go.
    func givingUp<T: Sendable>(_ work: @escaping @Sendable (_ spared: [CameraSpan]) async throws -> T) async throws -> T
    {
        try await turns.run { [self] in try await work(try await incidents().map(Self.span)) }
    }

    /// The time whose recording belongs to an incident.
    static func span(of incident: Incident) -> CameraSpan {
        let end = incident.state == .open ? MediaTime(microseconds: .max) : incident.lastSeen + margin
        return CameraSpan(camera: incident.camera, start: incident.start - margin, end: end)
    }
}
