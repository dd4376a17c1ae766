public import Domain

/// Something to tell: what every channel that is to hear of it gets.
public struct Notice: Sendable, Equatable {
    /// Names what happened, once and for all: plain ASCII letters, digits, `-`, `_` and `.`.
    public var event: String
    /// What must arrive in order: the notices of one subject reach a channel in the order in which they were added.
    public var subject: String
    /// Capture time of the picture that it is about.
    public var picture: MediaTime
    /// What is to be told, in the form of whoever adds it.
    public var body: [UInt8]
    /// To whom; each once.
    public var channels: [String]
    /// Host's wall clock before which nothing is sent; `nil` for at once. Until then it can be withdrawn.
    public var due: MediaTime?

    public init(
        event: String, subject: String, picture: MediaTime, body: [UInt8], channels: [String], due: MediaTime? = nil
    ) {
        self.event = event
        self.subject = subject
        self.picture = picture
        self.body = body
        self.channels = channels
        self.due = due
    }
}

/// One notice on its way to one channel.
public struct Delivery: Sendable, Equatable {
    public enum State: String, Sendable, Codable, CaseIterable {
        /// To be sent, or sent again.
        case waiting
        /// The receiver took it.
        case delivered
        /// Given up; kept so that people can look at it and send it again.
        case dead
        /// Not needed any more before it was due.
        case withdrawn
    }

    /// Rises in the order in which deliveries were added.
    public var id: Int64
    public var channel: String
    public var event: String
    public var subject: String
    public var picture: MediaTime
    /// Host's wall clock when it was added.
    public var created: MediaTime
    public var state: State
    /// How often it was tried.
    public var attempts: Int
    /// When it was delivered or given up; `nil` while it waits.
    public var settled: MediaTime?
    /// What the last failed attempt said.
    public var error: String?
    public var body: [UInt8]

    /// The same for every attempt of this delivery, and for no other: what a receiver tells repetitions by.
    public var key: String { "\(event).\(channel)" }
}

/// How an attempt ended.
public struct DeliveryOutcome: Sendable, Equatable {
    public enum Result: Sendable, Equatable {
        case delivered
        case tryAgain(notBefore: MediaTime, error: String)
        case givenUp(error: String)
    }

    public var delivery: Int64
    public var result: Result

    public init(delivery: Int64, result: Result) {
        self.delivery = delivery
        self.result = result
    }
}

/// How far the outbox has read the journal: the revision's sequence and its hash, which tells one journal from another.
public struct OutboxPosition: Sendable, Equatable {
    public var sequence: Int64
    public var hash: String

    public init(sequence: Int64, hash: String) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first revision.
    public static let origin = OutboxPosition(sequence: 0, hash: "")
}

/// How many deliveries of a channel are in which state.
public struct ChannelCount: Sendable, Equatable {
    public var channel: String
    public var state: Delivery.State
    public var count: Int
    /// When the oldest of them was added.
    public var oldest: MediaTime
}
