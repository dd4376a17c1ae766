public import Domain

/// A whole site, as `streams.yaml` describes it, checked and with every default filled in.
public struct SiteSettings: Sendable, Equatable {
    public var site: Site
    public var storage: Storage
    public var center: Center
    public var geography: Geography
    public var fireDanger: FireDanger
    public var alerts: Alerts
    /// Where alerts go out; ids are unique.
    public var channels: [ChannelSettings]
    public var routes: [RouteSettings]
    /// In the order of the file; at least one; ids are unique.
    public var cameras: [CameraSettings]

    public struct Site: Sendable, Equatable {
        public var name: String
        public var timeZone: SiteTimeZone
        /// `nil` where the configuration does not say.
        public var place: SitePlace?
    }

    public struct Storage: Sendable, Equatable {
        /// Where the journal and the evidence are kept. Relative paths of the file are taken from the file's folder.
        public var directory: String
        /// After how many days evidence is removed.
        public var keepDays: Int
        /// Above which size evidence is removed before its time, oldest first. One gigabyte is 1,000,000,000 bytes.
        public var maximumGigabytes: Double
        /// Below which free space evidence is removed, and then no clips are written.
        public var minimumFreeGigabytes: Double
        /// What smoke that people judged may take to be trained on; 0: none is kept.
        public var trainingGigabytes = 2.0
    }

    /// The ground, and what people call its parts.
    public struct Geography: Sendable, Equatable {
        /// An ESRI ASCII grid; `nil` where there is none.
        public var elevationModel: String?
        /// Height of the ground above sea level without an elevation model.
        public var groundMetres: Double
        /// GeoJSON files.
        public var places: [String]
        /// Central meridian of the VN-2000 coordinates that rangers read.
        public var vn2000MeridianDegrees: Double
    }

    /// How the forest fire danger follows from the index P.
    public struct FireDanger: Sendable, Equatable {
        /// The highest P of the levels I to IV: four, rising.
        public var highestP: [Double]
        /// A day with so much rain or more sets P back to 0.
        public var resetRainMillimetres: Double
        /// A table of daily weather; `nil` where it is not reckoned.
        public var weather: String?
        /// How long a level holds that comes from elsewhere.
        public var holdHours: Double
        /// The MQTT channel at whose broker levels are received, and the topic; `nil` for none.
        public var input: (channel: String, topic: String)? { channel.flatMap { id in topic.map { (id, $0) } } }
        var channel: String?
        var topic: String?
        /// One at most for each level.
        public var levels: [Level]

        /// What a level asks for.
        public struct Level: Sendable, Equatable {
            public var level: DangerLevel
            /// Of the usual evidence.
            public var smokeBar: Double
            public var flameBar: Double
            public var dwellSeconds: Double
            public var pictureEverySeconds: Double?
            public var flamePictureEverySeconds: Double?
            public var acknowledgeMinutes: Double?
        }

        /// For the levels I to V; `nil` where one of them does not say.
        var acknowledgeMinutes: [Double]? {
            let minutes = DangerLevel.allCases.compactMap { level in
                levels.first { $0.level == level }?.acknowledgeMinutes
            }
            return minutes.count == DangerLevel.allCases.count ? minutes : nil
        }
    }

    /// What alerts say about the site.
    public struct Alerts: Sendable, Equatable {
        /// Without spaces, commas, `<` and `&`.
        public var sender: String
        public var status: AlertStatus
        /// Where those who receive alerts reach the center; `nil` where they do not.
        public var webAddress: String?
        /// Signs links by which contacts acknowledge; `nil` for no such links.
        public var linkSecret: Secret?
        public var linkHours: Double
        /// `nil` for no exercises by themselves.
        public var drill: Drill?
        /// A monitor's address; `nil` for none.
        public var heartbeat: SourceAddress?
    }

    /// Exercises that are held by themselves.
    public struct Drill: Sendable, Equatable {
        public struct Moment: Sendable, Equatable {
            public var days: Set<Weekday>
            /// Minutes since the site's midnight.
            public var minuteOfDay: Int
        }

        public var moments: [Moment]
        /// Ids; empty: all channels.
        public var channels: [String]
        /// How long is waited for receivers and for an answer.
        public var waitMinutes: Double
    }

    public struct Center: Sendable, Equatable {
        public var listen: ListenAddress
        /// Names and secrets are unique.
        public var tokens: [AccessToken]
    }
}

/// Whether alerts may be acted on.
public enum AlertStatus: String, Sendable, CaseIterable {
    case exercise, draft, actual
}

/// Who may write through the center's interface. The name is the actor in the audit trail.
public struct AccessToken: Sendable, Equatable {
    public var name: String
    public var secret: Secret

    public init(name: String, secret: Secret) {
        self.name = name
        self.secret = secret
    }
}

/// Where the center listens.
public struct ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A host name or an address; an IPv6 address without its brackets.
    public var host: String
    /// 0 to 65,535; 0 is any free port.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Whether only this machine can connect.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }

    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
