import Hummingbird
import Logging

/// Signing a browser in for reading from beyond this machine, and out again.
struct SessionRoutes {
    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .post, path: "/api/session", access: .write, handler: open),
            Route(method: .delete, path: "/api/session", access: .open, handler: close),
        ]
    }

    @Sendable private func open(_ request: Request, _ context: CenterContext) async throws -> Response {
        let id = state.sessions.open(actor: context.actor ?? "")
        state.logger.info("'\(context.actor ?? "")' signed in")
        return Response(status: .noContent, headers: [.setCookie: cookie(id, lifetime: Sessions.lifetime)])
    }

    @Sendable private func close(_ request: Request, _ context: CenterContext) async throws -> Response {
        if let header = request.headers[.cookie], let id = Sessions.identifier(inCookie: header) {
            state.sessions.close(id)
        }
        return Response(status: .noContent, headers: [.setCookie: cookie("", lifetime: .zero)])
    }

    private func cookie(_ value: String, lifetime: Duration) -> String {
        "\(Sessions.cookieName)=\(value); Path=/; Max-Age=\(lifetime.components.seconds); HttpOnly; SameSite=Strict"
    }
}
