public import Domain
import Evidence
public import Journal

/// The journal in `directory` with SHA-256 and, unless told otherwise, a clock of its own.
public func openJournal(
    _ directory: String, clock: any HostClock = TestClock(), readOnly: Bool = false
) throws(JournalError) -> IncidentJournal {
    try IncidentJournal.open(directory: directory, clock: clock, digest: ContentHash.sha256, readOnly: readOnly)
}

/// As `openJournal`, with another durability, and with as many pages in the write-ahead log at most.
package func openJournal(
    _ directory: String, durability: Durability, checkpointPages: Int
) throws(JournalError) -> IncidentJournal {
    try IncidentJournal.open(
        directory: directory, clock: TestClock(), digest: ContentHash.sha256, durability: durability,
        checkpointPages: checkpointPages)
}

/// An incident that has just been opened.
public func sampleIncident(_ id: String = "gate-motion-1", at seconds: Double = 1_769_904_000) -> Incident {
    Incident(
        id: IncidentID(id), kind: .motion, camera: CameraID("gate"), severity: .warning,
        start: MediaTime(seconds: seconds),
        confidence: 0.8, box: Box(x: 0.1, y: 0.2, width: 0.3, height: 0.4), rule: "yard-by-night")
}

extension Incident {
    /// The revision that opens this incident.
    public var opening: IncidentRevision { IncidentRevision(incident: self, change: .opened, time: start) }

    /// The revision that updates this incident, `seconds` after its start.
    public func update(after seconds: Double) -> IncidentRevision {
        var incident = self
        incident.lastSeen = start + .seconds(seconds)
        incident.frames += 1
        return IncidentRevision(incident: incident, change: .updated, time: incident.lastSeen)
    }

    /// The revision that closes this incident, `seconds` after its start.
    public func closing(after seconds: Double) -> IncidentRevision {
        var incident = self
        incident.state = .closed
        return IncidentRevision(incident: incident, change: .closed, time: start + .seconds(seconds))
    }
}
