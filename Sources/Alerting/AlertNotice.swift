public import Domain
import Foundation

/// What receivers are told about one step of an incident: the JSON body of a webhook, and what other channels take their
/// words from. Times are ISO 8601 in UTC, places in degrees of WGS 84.
public struct AlertNotice: Sendable, Equatable, Codable {
    /// What is said in one language.
    public struct Text: Sendable, Equatable, Codable {
        public var headline: String
        public var description: String
    }

    /// The fire that an incident of smoke or flame belongs to, as all cameras see it.
    public struct Fire: Sendable, Equatable, Codable {
        /// The same for all its incidents.
        public var id: String
        public var stage: String
        public var cameras: [String]
        public var latitude: Double?
        public var longitude: Double?
        public var semiMajorMetres: Double?
        public var bearings: [Bearing]
        /// Compartment, road and tower.
        public var place: String?
        public var placeVi: String?

        public struct Bearing: Sendable, Equatable, Codable {
            public var camera: String
            public var azimuthDegrees: Double
            public var sigmaDegrees: Double
        }
    }

    /// Names this step, for good.
    public var event: String
    public var incident: IncidentID
    /// Which revision of the incident it is, from 1.
    public var number: Int
    public var change: IncidentRevision.Change
    public var kind: IncidentKind
    public var camera: CameraID
    public var cameraName: String
    public var zones: [String]
    public var severity: Severity
    public var state: Incident.State
    /// 0 to 1.
    public var confidence: Double
    /// When it was first and last seen.
    public var start: String
    public var lastSeen: String
    /// Who took the step, and when.
    public var actor: String
    public var time: String
    public var site: String
    /// Whether nobody is to act on it.
    public var exercise: Bool
    /// How often it was said before that nobody has acknowledged; `nil` for the alert itself.
    public var escalation: Int?
    /// What it really was, once people dismissed it.
    public var reason: DismissalReason?
    /// Whom it is assigned to.
    public var assignee: String?
    /// Fire danger, 1 to 5, where it is known.
    public var dangerLevel: Int?
    public var fire: Fire?
    /// The page about the incident.
    public var link: String?
    /// The link by which the channel's contact acknowledges; each channel has its own.
    public var answerLink: String?
    public var en: Text
    public var vi: Text
    /// The CAP 1.2 message, where the step makes one.
    public var cap: String?

    /// Whether it says something new to people. That one of several cameras lost sight of a fire is of use to programs only.
    var isForPeople: Bool { kind.desk != .fire || fire != nil }

    public func text(in language: Language) -> Text { language == .en ? en : vi }

    /// As JSON with sorted keys, without the CAP message.
    public var json: [UInt8] {
        get throws {
            var plain = self
            plain.cap = nil
            return try plain.stored
        }
    }

    /// As the outbox keeps it.
    var stored: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return [UInt8](try encoder.encode(self))
        }
    }

    static func read(_ bytes: [UInt8]) throws -> AlertNotice {
        try JSONDecoder().decode(AlertNotice.self, from: Data(bytes))
    }
}

enum InternetTime {
    /// `2026-02-01T06:00:05.125Z`.
    static func text(_ time: MediaTime) -> String {
        let civil = CivilTime(time)
        return civil.date
            + String(format: "T%02d:%02d:%02d.%03dZ", civil.hour, civil.minute, civil.second, civil.millisecond)
    }
}
