/// What people have made of an incident, as it stands after the latest step. Every step is a revision of its own.
public struct IncidentHandling: Sendable, Equatable, Codable {
    /// Confirmed, or dismissed for a reason.
    public struct Judgement: Sendable, Equatable, Codable {
        /// `nil`: confirmed.
        public var reason: DismissalReason?
        public var actor: String
        public var time: MediaTime
        public var note: String?
    }

    public struct Assignment: Sendable, Equatable, Codable {
        public var to: String
        public var actor: String
        public var time: MediaTime
        public var note: String?
    }

    /// What was found on the ground.
    public struct Report: Sendable, Equatable, Codable {
        public var stage: FireStage
        public var actor: String
        public var time: MediaTime
        public var note: String?
    }

    public struct Note: Sendable, Equatable, Codable {
        public var text: String
        public var actor: String
        public var time: MediaTime
    }

    /// Evidence that no rule about age, size or room may take.
    public struct Lock: Sendable, Equatable, Codable {
        public var reason: String
        public var actor: String
        public var time: MediaTime
    }

    public var judgement: Judgement?
    public var assignment: Assignment?
    public var report: Report?
    /// The latest; earlier ones stand in earlier revisions.
    public var note: Note?
    /// `nil` while the evidence is not locked.
    public var lock: Lock?

    public init() {}

    /// Whether people say that it was nothing. Who sees it burn afterwards knows better.
    public var isDismissed: Bool {
        guard let judgement, judgement.reason != nil else { return false }
        return report.map { $0.time < judgement.time } ?? true
    }

    /// Whether people say that it is real.
    public var isConfirmed: Bool { !isDismissed && (judgement != nil || report != nil) }
}

extension Incident {
    /// Whether its evidence is kept until somebody unlocks it.
    public var isLocked: Bool { handling?.lock != nil }

    /// Takes a step that was checked before. Whoever judges, assigns or reports has taken the incident, too.
    public mutating func take(_ step: HandlingStep, actor: String, time: MediaTime, note: String?) {
        var handling = handling ?? IncidentHandling()
        switch step {
        case .confirm: handling.judgement = .init(reason: nil, actor: actor, time: time, note: note)
        case .dismiss(let reason): handling.judgement = .init(reason: reason, actor: actor, time: time, note: note)
        case .assign(let name): handling.assignment = .init(to: name, actor: actor, time: time, note: note)
        case .report(let stage): handling.report = .init(stage: stage, actor: actor, time: time, note: note)
        case .note: handling.note = note.map { .init(text: $0, actor: actor, time: time) }
        case .lock: handling.lock = .init(reason: note ?? "", actor: actor, time: time)
        case .unlock: handling.lock = nil
        }
        self.handling = handling
        if step.takesIncident, acknowledgement == nil {
            acknowledgement = Acknowledgement(actor: actor, time: time, note: note)
        }
    }
}
