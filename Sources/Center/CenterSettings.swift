public import Domain

/// Where the center listens, who may use it, and what it calls the site.
public struct CenterSettings: Sendable {
    /// A named bearer token: its name is the actor of what is done with it.
    public struct AccessToken: Sendable {
        public var name: String
        public var secret: Secret

        public init(name: String, secret: Secret) {
            self.name = name
            self.secret = secret
        }
    }

    /// An address of this machine or a name for one. Anything but loopback makes reading need a token too.
    public var host: String
    /// 0 to 65,535; 0 takes any free port.
    public var port: Int
    public var tokens: [AccessToken]
    public var siteName: String
    /// IANA name, `Asia/Ho_Chi_Minh`: people read times in it.
    public var timeZone: String
    /// Whether cameras watch for smoke or flame: the dashboard then shows the fire danger, also while nobody knows it.
    public var watchesForFire: Bool
    /// Between two heartbeats on a silent event stream.
    public var heartbeatInterval: Duration
    /// An event client that accepts no byte for this long is disconnected; it resumes where it stopped.
    public var stallLimit: Duration
    /// Event streams at the same time; further ones are told to come back later.
    public var maximumEventClients: Int
    /// Open connections; further ones wait in the backlog.
    public var maximumConnections: Int

    public init(
        host: String = "127.0.0.1", port: Int = 8080, tokens: [AccessToken] = [], siteName: String = "Lookout",
        timeZone: String = "UTC", watchesForFire: Bool = true, heartbeatInterval: Duration = .seconds(15),
        stallLimit: Duration = .seconds(60),
        maximumEventClients: Int = 400, maximumConnections: Int = 900
    ) {
        self.host = host
        self.port = port
        self.tokens = tokens
        self.siteName = siteName
        self.timeZone = timeZone
        self.watchesForFire = watchesForFire
        self.heartbeatInterval = heartbeatInterval
        self.stallLimit = stallLimit
        self.maximumEventClients = maximumEventClients
        self.maximumConnections = maximumConnections
    }

    /// Whether only this machine can connect.
    var isLoopback: Bool { HostName(host).isLoopback }

    /// Fewest characters of a token: 16 random ones can't be guessed over a network.
    static let minimumTokenLength = 16

    func validate() throws(CenterError) {
        guard (0...65_535).contains(port) else { throw .badPort(port) }
        var names = Set<String>()
        for token in tokens {
            guard !token.name.isEmpty, token.name.utf8.count <= 64 else { throw .badTokenName(token.name) }
            guard names.insert(token.name).inserted else { throw .duplicateTokenName(token.name) }
            let length = token.secret.revealed.utf8.count
            guard (Self.minimumTokenLength...AccessTokens.maximumLength).contains(length) else {
                throw .badTokenLength(token.name)
            }
        }
        guard isLoopback || !tokens.isEmpty else { throw .openWithoutTokens(host: host) }
    }
}

/// The host part of an address or a `Host` header, without port and brackets, in lower case.
struct HostName: Equatable {
    let text: String

    /// - Parameter authority: `localhost`, `localhost:8080`, `[::1]:8080`, `::1`
    init(_ authority: String) {
        let lowered = authority.lowercased()
        if lowered.hasPrefix("["), let end = lowered.firstIndex(of: "]") {
            text = String(lowered[lowered.index(after: lowered.startIndex)..<end])
        } else if lowered.filter({ $0 == ":" }).count == 1, let colon = lowered.firstIndex(of: ":") {
            text = String(lowered[..<colon])
        } else {
            text = lowered
        }
    }

    /// `localhost`, `::1` or an address in 127.0.0.0/8, written out: no name that a foreign server could resolve.
    var isLoopback: Bool {
        if text == "localhost" || text == "::1" { return true }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(part) != nil
            }
    }
}
