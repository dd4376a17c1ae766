public import Domain

/// A whole site, as `streams.yaml` describes it, checked and with every default filled in.
public struct SiteSettings: Sendable, Equatable {
    public var site: Site
    public var storage: Storage
    public var center: Center
    /// In the order of the file; at least one; ids are unique.
    public var cameras: [CameraSettings]

    public struct Site: Sendable, Equatable {
        public var name: String
        public var timeZone: SiteTimeZone
    }

    public struct Storage: Sendable, Equatable {
        /// Where the journal and the evidence are kept. Relative paths of the file are taken from the file's folder.
        public var directory: String
        /// After how many days evidence is removed.
        public var keepDays: Int
        /// Above which size evidence is removed before its time, oldest first. One gigabyte is 1,000,000,000 bytes.
        public var maximumGigabytes: Double
    }

    public struct Center: Sendable, Equatable {
        public var listen: ListenAddress
        /// Names and secrets are unique.
        public var tokens: [AccessToken]
    }
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
