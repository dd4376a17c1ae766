import Domain

/// What people made of an incident, each under the name of the step; the texts of earlier steps stand in earlier
/// revisions.
struct HandlingDocument: Encodable {
    struct Entry: Encodable {
        var actor: String
        var time: String
        var timeMicroseconds: Int64
        var note: String?
        /// Of a dismissal.
        var reason: DismissalReason?
        /// Whom the incident is assigned to.
        var to: String?
        /// What was found on the ground.
        var stage: FireStage?

        init(_ actor: String, _ time: MediaTime, _ note: String?) {
            self.actor = actor
            self.time = Timestamp.text(time)
            timeMicroseconds = time.microseconds
            self.note = note
        }
    }

    var confirmed: Entry?
    var dismissed: Entry?
    var assigned: Entry?
    var reported: Entry?
    var noted: Entry?
    /// Absent while the evidence is not locked; its note says why it is.
    var locked: Entry?

    init(_ handling: IncidentHandling) {
        if let judgement = handling.judgement {
            var entry = Entry(judgement.actor, judgement.time, judgement.note)
            entry.reason = judgement.reason
            if judgement.reason == nil { confirmed = entry } else if handling.isDismissed { dismissed = entry }
        }
        if let assignment = handling.assignment {
            assigned = Entry(assignment.actor, assignment.time, assignment.note)
            assigned?.to = assignment.to
        }
        if let report = handling.report {
            reported = Entry(report.actor, report.time, report.note)
            reported?.stage = report.stage
        }
        if let lock = handling.lock { locked = Entry(lock.actor, lock.time, lock.reason) }
        if let note = handling.note { noted = Entry(note.actor, note.time, note.text) }
    }
}

/// The fire that an incident belongs to.
struct FireDocument: Encodable {
    var id: String
    var stage: FireStage
    var incidents: [String]

    init(_ fire: FireOutline) {
        id = fire.id
        stage = fire.stage
        incidents = fire.incidents.map(\.rawValue)
    }
}
