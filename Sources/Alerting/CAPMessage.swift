public import Domain

/// A message of the Common Alerting Protocol 1.2 (OASIS, 2010) about a fire.
public struct CAPMessage: Equatable, Sendable {
    /// Whether it may be acted on.
    public enum Status: String, CaseIterable, Sendable {
        case actual = "Actual"
        case exercise = "Exercise"
        case draft = "Draft"
    }

    public enum Kind: String, Sendable {
        case alert = "Alert"
        case update = "Update"
        case cancel = "Cancel"
    }

    /// How others refer to a message.
    public struct Reference: Equatable, Sendable {
        public var sender: String
        public var identifier: String
        public var sent: String
    }

    public enum Urgency: String, Sendable {
        case immediate = "Immediate"
        case expected = "Expected"
        case past = "Past"
    }

    public enum Severity: String, Sendable {
        case severe = "Severe"
        case moderate = "Moderate"
        case minor = "Minor"
        case unknown = "Unknown"
    }

    public enum Certainty: String, Sendable {
        case observed = "Observed"
        case likely = "Likely"
        case possible = "Possible"
        case unlikely = "Unlikely"
    }

    /// What is said in one language.
    public struct Text: Equatable, Sendable {
        public var language: Language
        public var event: String
        public var headline: String
        public var description: String
        public var instruction: String
        public var senderName: String
        public var areaDescription: String
    }

    public var reference: Reference
    public var status: Status
    public var kind: Kind
    public var note: String?
    /// Earlier messages of the same alert, oldest first; empty for an `Alert` only.
    public var references: [Reference]
    /// What groups the messages of one fire.
    public var incident: String
    public var urgency: Urgency
    public var severity: Severity
    public var certainty: Certainty
    public var onset: String
    public var expires: String
    public var web: String?
    public var texts: [Text]
    public var parameters: [Parameter]
    public var area: AlertArea?

    public struct Parameter: Equatable, Sendable {
        public var name: String
        public var value: String
    }
}
