public import Domain

/// A message on a topic, sent with quality of service 1.
public struct MQTTMessage: Sendable, Equatable {
    public var topic: String
    public var payload: [UInt8]
    /// Whether the broker keeps it for those who subscribe later.
    public var isRetained: Bool

    public init(topic: String, payload: [UInt8], isRetained: Bool) {
        self.topic = topic
        self.payload = payload
        self.isRetained = isRetained
    }
}

/// How to reach a broker, and what it says of us.
public struct MQTTOptions: Sendable {
    public var host: String
    public var port: Int
    public var usesTLS: Bool
    public var user: String?
    public var password: Secret?
    public var clientID: String
    /// Published by the broker when we are gone without a word, and by us when we leave.
    public var will: MQTTMessage?
    /// Published on each connection before anything else.
    public var birth: [MQTTMessage]
    public var keepAliveSeconds: Int
    /// Topics that are listened to, with quality of service 1.
    public var subscriptions: [String] = []
    /// Whether the broker keeps what comes on them while we are away.
    public var keepsSession = false
    /// Told of each message on them, on the client's thread: it must be quick.
    public var received: @Sendable (MQTTMessage) -> Void = { _ in }

    public init(
        host: String, port: Int, usesTLS: Bool = false, user: String? = nil, password: Secret? = nil, clientID: String,
        will: MQTTMessage? = nil, birth: [MQTTMessage] = [], keepAliveSeconds: Int = 30
    ) {
        self.host = host
        self.port = port
        self.usesTLS = usesTLS
        self.user = user
        self.password = password
        self.clientID = clientID
        self.will = will
        self.birth = birth
        self.keepAliveSeconds = keepAliveSeconds
    }

    var place: String { "\(usesTLS ? "mqtts" : "mqtt")://\(host):\(port)" }
}
