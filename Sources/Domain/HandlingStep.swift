/// What a person does with an incident besides acknowledging it.
public enum HandlingStep: Sendable, Equatable {
    /// It is what it seems.
    case confirm
    case dismiss(DismissalReason)
    case assign(to: String)
    case note
    /// What was found on the ground about a fire: one of `FireStage.reportable`.
    case report(FireStage)
    /// Its evidence is kept whatever becomes too old or too much, until somebody unlocks it. The note says why.
    case lock
    case unlock

    /// How the journal calls the step.
    public var change: IncidentRevision.Change {
        switch self {
        case .confirm: .confirmed
        case .dismiss: .dismissed
        case .assign: .assigned
        case .note: .noted
        case .report: .reported
        case .lock: .locked
        case .unlock: .unlocked
        }
    }

    /// The reason, the person or the stage.
    public var detail: String? {
        switch self {
        case .confirm, .note, .lock, .unlock: nil
        case .dismiss(let reason): reason.rawValue
        case .assign(let name): name
        case .report(let stage): stage.rawValue
        }
    }

    /// Whether whoever takes the step has taken the incident, too.
    public var takesIncident: Bool {
        switch self {
        case .confirm, .dismiss, .assign, .report: true
        case .note, .lock, .unlock: false
        }
    }

    /// Why a step cannot be taken with an incident as it stands.
    public struct Refusal: ActionableError, Equatable {
        public var problem: String
        public var remedy: String

        public init(problem: String, remedy: String) {
            self.problem = problem
            self.remedy = remedy
        }
    }

    /// - Throws: where the step makes no sense, or contradicts what people did before.
    public func check(_ incident: Incident, note: String?) throws(Refusal) {
        let handling = incident.handling
        switch self {
        case .confirm:
            if let judgement = handling?.judgement, judgement.reason == nil {
                throw Refusal(
                    problem: "'\(judgement.actor)' confirmed the incident '\(incident.id)' already",
                    remedy: "Add a note, or report what was found on the ground")
            }
        case .dismiss(let reason):
            if let report = handling?.report, report.stage != .cancelled, handling?.isDismissed == false {
                throw Refusal(
                    problem: "'\(report.actor)' reported from the ground that '\(incident.id)' burns",
                    remedy: "Report it as cancelled when it is over")
            }
            if handling?.isDismissed == true, handling?.judgement?.reason == reason {
                throw Refusal(
                    problem: "the incident '\(incident.id)' is dismissed for this reason already",
                    remedy: "Nothing needs to be done")
            }
        case .assign(let name):
            guard !name.isEmpty, name.utf8.count <= 200 else {
                throw Refusal(
                    problem: "an incident is assigned to somebody by a name of 1 to 200 bytes", remedy: "Name them")
            }
        case .note:
            guard let note, !note.isEmpty else {
                throw Refusal(problem: "the note is empty", remedy: "Write what is to be kept")
            }
        case .report(let stage): try checkReport(of: stage, on: incident)
        case .lock:
            if let lock = handling?.lock {
                throw Refusal(
                    problem: "'\(lock.actor)' locked the evidence of '\(incident.id)' already",
                    remedy: "Nothing needs to be done; add a note where there is another reason")
            }
            try Self.checkReason(note, remedy: "Say why it must be kept")
        case .unlock:
            guard handling?.lock != nil else {
                throw Refusal(
                    problem: "the evidence of '\(incident.id)' is not locked", remedy: "Nothing needs to be done")
            }
            try Self.checkReason(note, remedy: "Say why it need not be kept any more")
        }
    }

    private static func checkReason(_ note: String?, remedy: String) throws(Refusal) {
        guard note?.isEmpty == false else { throw Refusal(problem: "the reason is missing", remedy: remedy) }
    }

    private func checkReport(of stage: FireStage, on incident: Incident) throws(Refusal) {
        guard incident.kind.desk == .fire else {
            throw Refusal(
                problem: "'\(incident.id)' is no fire: nothing is reported of it from the ground",
                remedy: "Confirm or dismiss it")
        }
        guard FireStage.reportable.contains(stage) else {
            let known = FireStage.reportable.map(\.rawValue).joined(separator: ", ")
            throw Refusal(problem: "'\(stage.rawValue)' is nothing that people report", remedy: "Report \(known)")
        }
        if let report = incident.handling?.report, report.stage == stage, incident.handling?.isDismissed == false {
            throw Refusal(
                problem: "'\(report.actor)' reported this of '\(incident.id)' already", remedy: "Add a note instead")
        }
    }
}
