import Domain
import Synchronization

/// Browsers that showed a token once: what lets pictures and the event stream, which can't carry a header, be read
/// from beyond this machine. A session reads; writing needs the token itself.
final class Sessions: Sendable {
    static let cookieName = "lookout_session"
    static let lifetime = Duration.seconds(12 * 3600)
    /// The oldest session gives way beyond this many.
    private static let capacity = 256

    private struct Session {
        let id: String
        let actor: String
        let expires: Duration
    }

    private let sessions = Mutex<[Session]>([])
    private let clock: any HostClock

    init(clock: any HostClock) { self.clock = clock }

    /// - Returns: the new session's identifier: 256 random bits in hexadecimal.
    func open(actor: String) -> String {
        var generator = SystemRandomNumberGenerator()
        let id = (0..<4).map { _ in
            let word = String(generator.next(), radix: 16)
            return String(repeating: "0", count: 16 - word.count) + word
        }.joined()
        let now = clock.monotonic()
        sessions.withLock { sessions in
            sessions.removeAll { $0.expires <= now }
            if sessions.count >= Self.capacity { sessions.removeFirst() }
            sessions.append(Session(id: id, actor: actor, expires: now + Self.lifetime))
        }
        return id
    }

    /// The name of the token that opened the session; `nil` where it expired or never was.
    func actor(of id: String) -> String? {
        let now = clock.monotonic()
        return sessions.withLock { $0.first { $0.id == id && $0.expires > now }?.actor }
    }

    func close(_ id: String) {
        sessions.withLock { $0.removeAll { $0.id == id } }
    }

    /// The identifier in a `Cookie` header.
    static func identifier(inCookie header: String) -> String? {
        for pair in header.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingPrefix(while: { $0 == " " }) == cookieName else { continue }
            return String(parts[1])
        }
        return nil
    }
}
