public import Domain

/// Where alerts go out.
public struct ChannelSettings: Sendable, Equatable {
    /// Unique in the site.
    public var id: String
    public var language: Language
    /// In whose name the links of this channel acknowledge; `nil` for no links.
    public var contact: String?
    /// For one attempt.
    public var timeoutSeconds: Double
    public var type: ChannelType

    public enum ChannelType: Sendable, Equatable {
        case webhook(Webhook)
        case mqtt(MQTT)
        case email(Email)
        case http(HTTP)
    }

    public enum Format: String, Sendable, CaseIterable { case json, cap }

    public struct Webhook: Sendable, Equatable {
        public var address: SourceAddress
        public var format: Format
        /// Signs each message; `nil` for none.
        public var secret: Secret?
    }

    /// Host, port and credentials of an address such as `mqtts://user:password@host:port`.
    public struct Server: Sendable, Equatable {
        public var host: String
        public var port: Int
        /// Whether the scheme asks for TLS.
        public var usesTLS: Bool
        public var user: String?
        public var password: Secret?
    }

    public struct MQTT: Sendable, Equatable {
        public var server: Server
        /// Under which all topics lie.
        public var topic: String
        /// First level of Home Assistant's discovery topics; `nil` for none.
        public var discovery: String?
    }

    public struct Email: Sendable, Equatable {
        public var server: Server
        public var requiresTLS: Bool
        public var from: String
        public var to: [String]
    }

    public struct HTTP: Sendable, Equatable {
        public enum Method: String, Sendable, CaseIterable {
            case get = "GET"
            case post = "POST"
            case put = "PUT"
        }

        public var method: Method
        /// With `{{…}}` in it, and the secrets.
        public var address: SourceAddress
        public var contentType: String
        /// Names and values; the values are templates and may hold secrets.
        public var headers: [Header]
        /// A template; may hold secrets.
        public var body: Secret?
    }

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: Secret
    }
}

/// Who gets what.
public struct RouteSettings: Sendable, Equatable {
    /// Ids of channels; at least one.
    public var channels: [String]
    /// Empty: all.
    public var kinds: [IncidentKind]
    /// Empty: all.
    public var cameras: [CameraID]
    /// Empty: everywhere.
    public var zones: [String]
    public var leastSeverity: Severity
    /// 1 to 5.
    public var leastDangerLevel: Int
    public var schedule: WeeklySchedule
    public var changes: [IncidentRevision.Change]
    public var escalation: [Step]

    /// Who is told when nobody acknowledges in time.
    public struct Step: Sendable, Equatable {
        /// One, or five for the danger levels I to V.
        public var afterMinutes: [Double]
        public var channels: [String]
    }
}
