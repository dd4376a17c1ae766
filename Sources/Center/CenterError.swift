public import Domain

/// Why the center can't start.
public enum CenterError: ActionableError, Equatable {
    case badPort(Int)
    case badTokenName(String)
    case duplicateTokenName(String)
    case badTokenLength(String)
    case openWithoutTokens(host: String)
    case cannotListen(host: String, port: Int, reason: String)

    public var problem: String {
        switch self {
        case .badPort(let port): "the center can't listen on port \(port)"
        case .badTokenName(let name): "'\(name)' can't be the name of a token"
        case .duplicateTokenName(let name): "two tokens of the center are named '\(name)'"
        case .badTokenLength(let name): "the token '\(name)' is too short or too long"
        case .openWithoutTokens(let host):
            "the center would listen on \(host), beyond this machine, and has no token to ask for"
        case .cannotListen(let host, let port, let reason): "the center can't listen on \(host):\(port): \(reason)"
        }
    }

    public var remedy: String {
        switch self {
        case .badPort: "Set center.listen to an address with a port from 0 to 65535"
        case .badTokenName: "Give it 1 to 64 characters, the name of the person or program that uses it"
        case .duplicateTokenName: "Give each its own name: it is the actor in the audit trail"
        case .badTokenLength:
            "Use 16 to 512 characters, for example those that 'openssl rand -hex 24' prints"
        case .openWithoutTokens:
            "Add a token under center.tokens in streams.yaml, or set center.listen to 127.0.0.1:8080"
        case .cannotListen:
            "Stop the program that listens there ('ss -ltnp' names it), or set center.listen to another address"
        }
    }
}
