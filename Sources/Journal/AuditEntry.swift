public import Domain

/// Who did what, and when. The audit trail only grows, and is chained like the revisions.
public struct AuditEntry: Sendable, Equatable {
    public enum Action: String, Sendable, Codable, CaseIterable {
        /// The first to take an incident.
        case acknowledged
        /// Took an incident that was taken already; the first acknowledgement stands.
        case acknowledgedAgain = "acknowledged-again"
        /// Gave an order about rules; `order` is it.
        case armed, disarmed, snoozed
        /// Steps of people with an incident; `detail` is the reason, the person or the stage.
        case confirmed, dismissed, assigned, noted, reported
        /// Evidence of an incident was locked or unlocked; `note` says why.
        case locked, unlocked
        /// Nobody acknowledged in time: the channels of `detail` were told.
        case escalated
        /// The forest fire danger is another; `detail` is the level, `note` where it comes from.
        case dangerChanged = "danger-changed"
        /// A day's weather was given or corrected; `detail` is it.
        case weatherGiven = "weather-given"
        /// An exercise was sent; `detail` says how it went.
        case drilled
        /// Files of an incident were given up; `removed` are they.
        case evidenceRemoved = "evidence-removed"
        /// Files of an incident are gone though nobody gave them up; `removed` are they.
        case evidenceMissing = "evidence-missing"
        /// Segments of continuous recordings were given up; `recordings` says of which times.
        case recordingsRemoved = "recordings-removed"
        /// Segments of continuous recordings are gone though nobody gave them up; `recordings` says of which times.
        case recordingsMissing = "recordings-missing"
    }

    /// A file that is gone: what it was stays known.
    public struct RemovedFile: Sendable, Equatable, Codable {
        /// Relative to the evidence directory.
        public var path: String
        /// Lower-case hexadecimal.
        public var sha256: String

        public init(path: String, sha256: String) {
            self.path = path
            self.sha256 = sha256
        }
    }

    /// Position in the trail, from 1, without gaps.
    public var sequence: Int64
    /// Host's wall clock.
    public var time: MediaTime
    /// The name of the bearer token.
    public var actor: String
    public var action: Action
    public var incident: IncidentID?
    public var note: String?
    /// SHA-256 over the previous entry's hash and this entry's canonical bytes, lower-case hexadecimal.
    public var hash: String
    public var order: ArmingOrder?
    /// Empty but for removals.
    public var removed: [RemovedFile]
    public var detail: String?
    /// Empty but for recordings that were given up or are missing.
    public var recordings: [RemovedRecordings]

    public init(
        sequence: Int64, time: MediaTime, actor: String, action: Action, incident: IncidentID?, note: String?,
        hash: String, order: ArmingOrder? = nil, removed: [RemovedFile] = [], detail: String? = nil,
        recordings: [RemovedRecordings] = []
    ) {
        self.sequence = sequence
        self.time = time
        self.actor = actor
        self.action = action
        self.incident = incident
        self.note = note
        self.hash = hash
        self.order = order
        self.removed = removed
        self.detail = detail
        self.recordings = recordings
    }
}
