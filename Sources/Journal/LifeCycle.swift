import Domain

/// Which step may follow which in an incident's life. Pure, so that it is tested without a database.
enum LifeCycle {
    /// - Parameter stored: the incident as the journal holds it; `nil` where it holds none of that id.
    /// - Throws: `invalid` where the revision makes no sense in itself, `conflict` or `notFound` where it contradicts
    ///   what is stored.
    static func check(_ revision: IncidentRevision, against stored: Incident?) throws(JournalError) {
        try checkContent(revision)
        let id = revision.incident.id
        guard let stored else {
            guard revision.change == .opened else {
                throw JournalError(
                    .notFound,
                    problem: "incident '\(id)' cannot be \(revision.change.rawValue): the journal does not hold it",
                    remedy: "Send its opening first")
            }
            return
        }
        guard stored.camera == revision.incident.camera, stored.kind == revision.incident.kind else {
            throw .conflict(
                "incident '\(id)' is stored as \(stored.kind.rawValue) at camera '\(stored.camera)', "
                    + "not as \(revision.incident.kind.rawValue) at '\(revision.incident.camera)'")
        }
        switch revision.change {
        case .opened:
            throw .conflict("incident '\(id)' was opened already")
        case .updated:
            // A clip is finished after its incident closed, so a closed incident still takes updates, but stays closed.
            guard revision.incident.state == stored.state else {
                throw .conflict("incident '\(id)' is \(stored.state.rawValue), and an update cannot change that")
            }
        case .closed:
            guard stored.state == .open else { throw .conflict("incident '\(id)' was closed already") }
        case .acknowledged, .confirmed, .dismissed, .assigned, .noted, .reported, .locked, .unlocked:
            throw .invalid(
                "incident '\(id)' cannot be \(revision.change.rawValue) by appending a revision",
                remedy: "Take the step by the incident's id, so that the audit trail names who did")
        }
    }

    /// What must hold for a revision whatever the journal holds.
    private static func checkContent(_ revision: IncidentRevision) throws(JournalError) {
        let incident = revision.incident
        guard incident.id.isValid else {
            throw .invalid(
                "'\(incident.id.rawValue.prefix(80))' cannot name an incident",
                remedy: "Use 1 to 200 letters, digits, '-', '_' or '.', starting with a letter or digit")
        }
        guard !revision.actor.isEmpty else {
            throw .invalid("a revision of incident '\(incident.id)' names no actor", remedy: "Say who took the step")
        }
        guard incident.confidence >= 0, incident.confidence <= 1 else {
            throw .invalid(
                "incident '\(incident.id)' has confidence \(incident.confidence)", remedy: "Give a value of 0 to 1")
        }
        let expected: Incident.State? =
            switch revision.change {
            case .opened: .open
            case .closed: .closed
            case .updated, .acknowledged, .confirmed, .dismissed, .assigned, .noted, .reported, .locked, .unlocked: nil
            }
        guard expected == nil || expected == incident.state else {
            throw .invalid(
                "incident '\(incident.id)' is said to be \(revision.change.rawValue), but its state is "
                    + incident.state.rawValue,
                remedy: "Set the incident's state to what it is after the step")
        }
    }
}
