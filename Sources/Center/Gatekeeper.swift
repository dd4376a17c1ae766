import Domain
import Hummingbird

/// Decides who may do what, before a handler sees the request.
struct Gatekeeper: Sendable {
    /// Largest body of a request, in bytes.
    static let maximumBodyBytes = 16 * 1024

    let state: CenterState

    /// What holds for every request: the name it was sent to, the size of its body, and the page it was sent from.
    func admit(_ request: Request) throws(Problem) {
        try checkHost(request)
        try checkBody(request)
        if request.method != .get && request.method != .head { try checkOrigin(request) }
    }

    /// Whether the caller may do what needs `access`.
    func mayPass(_ request: Request, for access: Route.Access) -> Bool {
        do {
            _ = try authorise(request, for: access)
            return true
        } catch {
            return false
        }
    }

    /// - Returns: the name of the token that was shown; `nil` where none was needed.
    func authorise(_ request: Request, for access: Route.Access) throws(Problem) -> String? {
        switch access {
        case .open: return nil
        case .read:
            if state.settings.isLoopback { return nil }
            if let cookie = request.headers[.cookie], let id = Sessions.identifier(inCookie: cookie),
                let actor = state.sessions.actor(of: id)
            {
                return actor
            }
            return try bearer(of: request)
        case .write:
            guard !state.tokens.isEmpty else {
                throw Problem(
                    status: .forbidden, code: "no-tokens",
                    problem: "this center has no token, so that nothing can be changed through it",
                    remedy: "Add a token with a name under center.tokens in streams.yaml and restart Lookout")
            }
            return try bearer(of: request)
        }
    }

    /// A page of some other site can make a browser ask for `http://its-own-name/`, and have that name point to this
    /// machine (DNS rebinding). So on loopback only names of loopback are answered.
    private func checkHost(_ request: Request) throws(Problem) {
        guard state.settings.isLoopback else { return }
        guard HostName(request.head.authority ?? "").isLoopback else {
            throw Problem(
                status: .misdirectedRequest, code: "wrong-host",
                problem: "this center answers only to localhost and 127.0.0.1",
                remedy: "Open it by one of these names, or set center.listen to the address it shall answer to",
                closesConnection: true)
        }
    }

    private func checkBody(_ request: Request) throws(Problem) {
        if request.headers[.transferEncoding] != nil {
            throw Problem(
                status: .lengthRequired, code: "length-required", problem: "the request's body has no stated length",
                remedy: "Send it with Content-Length instead of Transfer-Encoding", closesConnection: true)
        }
        guard let field = request.headers[.contentLength] else { return }
        guard let length = Int(field), length <= Self.maximumBodyBytes else {
            throw Problem(
                status: .contentTooLarge, code: "body-too-large",
                problem: "the request's body is larger than \(Self.maximumBodyBytes) bytes",
                remedy: "Shorten it", closesConnection: true)
        }
    }

    private func checkOrigin(_ request: Request) throws(Problem) {
        let site = request.headers[named: "Sec-Fetch-Site"]
        let authority = (request.head.authority ?? "").lowercased()
        let origin = request.headers[.origin]?.lowercased()
        let isOwnPage = origin.map { $0 == "http://\(authority)" || $0 == "https://\(authority)" } ?? true
        guard isOwnPage, site == nil || site == "same-origin" || site == "none" else {
            throw Problem(
                status: .forbidden, code: "wrong-origin", problem: "a page of another site sent this request",
                remedy: "Send it from the center's own page, or from a program that sends no Origin header")
        }
    }

    private func bearer(of request: Request) throws(Problem) -> String {
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        let isBearer = parts.count == 2 && parts[0].lowercased() == "bearer"
        if isBearer, let name = state.tokens.name(of: String(parts[1])) { return name }
        let challenge = isBearer ? "Bearer realm=\"lookout\", error=\"invalid_token\"" : "Bearer realm=\"lookout\""
        throw Problem(
            status: .unauthorized, code: isBearer ? "wrong-token" : "token-needed",
            problem: isBearer ? "the token is none of this center's" : "this needs a token",
            remedy: "Send 'Authorization: Bearer TOKEN' with a token that stands under center.tokens in streams.yaml",
            headers: [.wwwAuthenticate: challenge])
    }
}
