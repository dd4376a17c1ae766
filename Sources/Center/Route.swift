import Hummingbird

/// One path and method of the center. The table of these is what the router serves and what the tests hold the OpenAPI
/// file against.
struct Route: Sendable {
    enum Access: Sendable {
        /// Anybody who can connect.
        case open
        /// Anybody on this machine; from beyond it, holders of a token or session.
        case read
        /// Holders of a token, always.
        case write
    }

    typealias Handler = @Sendable (Request, CenterContext) async throws -> Response

    var method: HTTPRequest.Method
    /// As in the OpenAPI file: `/api/incidents/{id}`.
    var path: String
    var access: Access
    /// Whether `path` ends in a parameter that holds slashes.
    var takesRest = false
    var handler: Handler

    /// The path in the router's own notation.
    var routerPath: RouterPath {
        guard takesRest, let brace = path.lastIndex(of: "{") else { return RouterPath(path) }
        return RouterPath(String(path[..<brace]) + "**")
    }
}

/// What is known about one request.
struct CenterContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The name of the token that was shown; `nil` where none was needed.
    var actor: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
