/// A link in an alert by which one contact, whom the alert was sent to, acknowledges one incident, once.
///
/// Whoever holds it can use it: it says who may do what until when, and its signature proves that Lookout said so.
public struct AnswerLink: Sendable, Equatable {
    public var incident: IncidentID
    /// In whose name the incident is acknowledged.
    public var contact: String
    /// Seconds since 1970 from which on it works no longer.
    public var expires: Int64
    /// 32 lower-case hexadecimal digits.
    public var signature: String

    public init(incident: IncidentID, contact: String, expires: Int64, signature: String) {
        self.incident = incident
        self.contact = contact
        self.expires = expires
        self.signature = signature
    }

    /// What the signature covers. No part can hold the line breaks between them but the contact, which is the last.
    public var signedText: String { "lookout-answer\n\(incident.rawValue)\n\(expires)\n\(contact)" }

    /// Below the center's address: `/answer/gate-intrusion-…?by=An&until=1769904000&key=…`.
    public var path: String {
        "/answer/\(PercentEncoding.encode(incident.rawValue))?by=\(PercentEncoding.encode(contact))"
            + "&until=\(expires)&key=\(signature)"
    }

    public var end: MediaTime {
        MediaTime(microseconds: min(max(expires, 0), 1 << 40) * 1_000_000)
    }
}

/// What a link stands for, as whoever follows it is told.
public struct AnswerState: Sendable, Equatable {
    public enum Standing: Sendable, Equatable {
        /// Nobody has taken the incident yet.
        case open
        /// Somebody has; the link can still be used, for the record.
        case taken(by: String)
        /// This very link has just been used.
        case accepted
    }

    public var standing: Standing
    public var incident: Incident
    public var cameraName: String
    /// Whether it is an exercise.
    public var isExercise: Bool

    public init(standing: Standing, incident: Incident, cameraName: String, isExercise: Bool) {
        self.standing = standing
        self.incident = incident
        self.cameraName = cameraName
        self.isExercise = isExercise
    }

    /// Why a link does not work.
    public enum Refusal: Error, Equatable {
        /// It is none of Lookout's.
        case forged
        case expired
        case used
    }
}
