import Domain
import Hummingbird
import Logging

/// Every request passes here first and every answer last: admission, refusals as problem documents, security headers,
/// counting.
struct FrontDoor: RouterMiddleware {
    typealias Context = CenterContext

    let state: CenterState
    let gatekeeper: Gatekeeper

    /// No inline code or style, nothing from elsewhere, no framing.
    static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self'; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    func handle(
        _ request: Request, context: CenterContext, next: (Request, CenterContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            try gatekeeper.admit(request)
            response = try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            response = try Problem.notFound(
                "there is nothing at this address", remedy: "/api/openapi.json lists every address of the center"
            ).response()
        } catch {
            let problem = Problem.from(error)
            if problem.status.kind == .serverError {
                context.logger.error("\(request.method) \(request.uri.path): \(error)")
            }
            response = try problem.response()
        }
        secure(&response)
        count(request, response, context)
        return response
    }

    private func secure(_ response: inout Response) {
        if response.headers[named: "Content-Security-Policy"] == nil {
            response.headers[named: "Content-Security-Policy"] = Self.contentSecurityPolicy
        }
        response.headers[named: "X-Content-Type-Options"] = "nosniff"
        response.headers[named: "X-Frame-Options"] = "DENY"
        if response.headers[named: "Referrer-Policy"] == nil {
            response.headers[named: "Referrer-Policy"] = "no-referrer"
        }
        response.headers[named: "Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers[named: "Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers[named: "Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    private func count(_ request: Request, _ response: Response, _ context: CenterContext) {
        let known: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .patch, .options]
        let method = known.contains(request.method) ? request.method.rawValue : "other"
        let route = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 } ?? "none"
        state.counters.countRequest(.init(method: method, route: route, status: response.status.code))
    }
}
