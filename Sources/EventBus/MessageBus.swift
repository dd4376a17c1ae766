public import Domain

/// What publishers and subscribers of incidents and camera statuses need of a bus, embedded or between machines.
///
/// Errors of the incident topic conform to `ActionableError`; those of the embedded bus are `JournalError`.
public protocol MessageBus: Sendable {
    /// Topic `incidents`: stores the revisions, all or none, then wakes the subscribers. They are durable when it returns.
    func publish(_ revisions: [IncidentRevision]) async throws -> [StoredRevision]

    /// Topic `incidents`: notes who took an incident. The first acknowledgement stands and is what is returned.
    func acknowledge(_ id: IncidentID, actor: String, note: String?) async throws -> StoredRevision

    /// Topic `incidents`: adds evidence to an incident that is stored, whatever became of it meanwhile.
    func attach(_ items: [EvidenceItem], to id: IncidentID) async throws -> StoredRevision

    /// Topic `incidents`: every revision after `sequence`, once and in order, then each new one as it comes.
    ///
    /// - Parameter sequence: the last one that the subscriber has dealt with, 0 for all of them, `nil` for only those
    ///   that come from now on. One that the journal has not reached belongs to another journal, and starts from 0.
    func subscribe(after sequence: Int64?) -> RevisionStream

    /// Topic `cameras`: replaces what was known of the camera. Never waits.
    func publish(status: CameraStatus)

    /// Topic `cameras`: what is known now, then every change; a slow subscriber gets only the newest of each camera.
    func statuses() -> StatusStream

    /// Topic `cameras`: the newest status of every camera, by camera.
    func currentStatuses() -> [CameraStatus]
}
