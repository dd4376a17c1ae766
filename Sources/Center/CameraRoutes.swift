public import Domain
import Hummingbird

/// Cameras: how each one does, and what it sees now.
struct CameraRoutes {
    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/cameras", access: .read, handler: list),
            Route(method: .get, path: "/api/cameras/{id}/latest.jpg", access: .read, handler: latestPicture),
        ]
    }

    /// - Throws: where the text can't be the `id` of a camera.
    static func camera(_ text: String) throws(Problem) -> CameraID {
        let camera = CameraID(text)
        guard camera.isValid else {
            throw .badParameter(
                "'\(text.prefix(64))' can't be the id of a camera",
                remedy: "Use an id of /api/cameras: letters, digits, '-', '_' and '.'")
        }
        return camera
    }

    /// The configured camera that an address names.
    ///
    /// - Throws: where there is none.
    static func camera(in context: CenterContext, of state: CenterState) async throws(Problem) -> CameraID {
        let id = try camera(PercentCoding.decode(context.parameters.get("id") ?? "") ?? "")
        guard await state.backend.cameras().contains(where: { $0.camera == id }) else {
            throw Problem.notFound("there is no camera '\(id)'", remedy: "/api/cameras lists them")
        }
        return id
    }

    private struct List: Encodable {
        var cameras: [CameraDocument]
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let orders = await state.backend.standingOrders()
        let now = state.clock.wall()
        return try .json(
            List(cameras: await state.backend.cameras().map { CameraDocument($0, orders: orders, at: now) }))
    }

    /// The newest picture; 304 where the caller has it already, 204 while there is none.
    @Sendable private func latestPicture(_ request: Request, _ context: CenterContext) async throws -> Response {
        let id = try await Self.camera(in: context, of: state)
        guard let picture = try await state.backend.latestPicture(of: id) else { return Response(status: .noContent) }
        let tag = "\"\(picture.time.microseconds)\""
        let isKnown = request.headers[.ifNoneMatch] == tag
        var response =
            isKnown ? Response(status: .notModified) : Response.content(picture.jpeg, mediaType: "image/jpeg")
        response.headers[.eTag] = tag
        response.headers[named: "X-Capture-Time"] = Timestamp.text(picture.time)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

/// A camera as the API and the command line show it.
public struct CameraDocument: Encodable {
    var camera: CameraID
    var name: String
    var state: CameraStatus.State
    var fault: CameraFault?
    var cause: String?
    var since: String
    var sinceMicroseconds: Int64
    var updated: String
    var updatedMicroseconds: Int64
    var width: Int
    var height: Int
    var codec: String
    var counters: StreamCounters
    /// Where its newest picture is.
    var picture: String
    /// Orders that silence rules of it now.
    var silenced: [OrderDocument]

    /// - Parameters:
    ///   - orders: those that stand on the site.
    ///   - now: host's wall clock.
    public init(_ status: CameraStatus, orders: StandingOrders, at now: MediaTime) {
        camera = status.camera
        name = status.name
        state = status.state
        fault = status.fault
        cause = status.cause
        since = Timestamp.text(status.since)
        sinceMicroseconds = status.since.microseconds
        updated = Timestamp.text(status.updated)
        updatedMicroseconds = status.updated.microseconds
        width = status.width
        height = status.height
        codec = status.codec
        counters = status.counters
        counters.framesPerSecond = finite(status.counters.framesPerSecond) ?? 0
        counters.bitsPerSecond = finite(status.counters.bitsPerSecond) ?? 0
        silenced = orders.silent(camera: status.camera, at: now).map(OrderDocument.init)
        picture = "/api/cameras/\(status.camera)/latest.jpg"
    }
}
