import Domain
import Hummingbird
import ServiceLifecycle

/// The stream of incident revisions, as server-sent events.
struct EventRoutes {
    let state: CenterState

    var routes: [Route] { [Route(method: .get, path: "/api/events", access: .read, handler: events)] }

    @Sendable private func events(_ request: Request, _ context: CenterContext) async throws -> Response {
        let asked = try Self.position(of: request)
        guard let seat = state.counters.takeSeat(of: state.settings.maximumEventClients) else {
            throw Problem(
                status: .serviceUnavailable, code: "too-many-event-clients",
                problem: "\(state.settings.maximumEventClients) event streams are open, which is the limit",
                remedy: "Close some, or try again later", headers: [.retryAfter: "10"])
        }
        let last = try await state.backend.lastSequence()
        let opening = EventFeed.Opening(asked: asked, last: last)
        let feed = EventFeed(state: state, logger: context.logger)
        let body = ResponseBody { writer in
            // Holds the place until the connection ends, however it ends.
            defer { withExtendedLifetime(seat) {} }
            let outlet = EventFeed.Outlet(writer)
            try await request.body.consumeWithCancellationOnInboundClose { _ in
                try await cancelWhenGracefulShutdown { try await feed.run(opening, into: outlet) }
            }
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store",
                .connection: "close", .init("X-Accel-Buffering")!: "no",
            ], body: body)
    }

    /// Where to continue: `Last-Event-ID`, which a browser sends when it reconnects, else `after`, else nowhere.
    static func position(of request: Request) throws(Problem) -> Int64? {
        let parameters = try QueryParameters(request, known: ["after"])
        let after = try parameters.integer("after", in: 0...Int64.max)
        guard let field = request.headers[named: "Last-Event-ID"], !field.isEmpty else { return after }
        guard let sequence = Int64(field), sequence >= 0 else {
            throw .badParameter(
                "'\(field.prefix(64))' is no Last-Event-ID", remedy: "Send the 'id' of the last event as it came")
        }
        return sequence
    }
}
