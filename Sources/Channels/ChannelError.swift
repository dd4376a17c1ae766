public import Domain

/// Why something was not taken by a receiver.
public struct ChannelError: ActionableError, Equatable {
    public enum Code: String, Sendable, CaseIterable {
        /// No connection.
        case unreachable
        /// Connected, but no answer in time.
        case timedOut
        /// The receiver wants other credentials.
        case unauthorised
        /// The receiver answered that it cannot take anything now.
        case unavailable
        /// The receiver understood and refuses this very message: sending it again gives the same answer.
        case refused
        /// The address or another option cannot be used.
        case misconfigured
        /// The channel was closed.
        case closed
    }

    public let code: Code
    public let problem: String
    public let remedy: String
    /// How long the receiver asks to wait.
    public let retryAfter: Duration?

    public init(_ code: Code, problem: String, remedy: String, retryAfter: Duration? = nil) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.retryAfter = retryAfter
    }

    /// Whether the receiver is there and works, so that the fault lies in the message.
    public var isAboutMessage: Bool { code == .refused }
}
