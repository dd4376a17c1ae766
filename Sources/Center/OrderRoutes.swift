public import Domain
import Hummingbird
import Logging

/// Orders to arm, disarm and snooze: those that stand, and new ones.
struct OrderRoutes {
    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/arming", access: .read, handler: list),
            Route(method: .post, path: "/api/arming", access: .write, handler: give),
        ]
    }

    private struct List: Encodable {
        var orders: [OrderDocument]

        init(_ standing: StandingOrders, at now: MediaTime) {
            orders = standing.orders.filter { $0.holds(at: now) }.map(OrderDocument.init)
        }
    }

    /// What may be asked for.
    private struct Wish: Decodable {
        var action: ArmingOrder.Action
        var camera: CameraID?
        var zone: String?
        var kinds: [IncidentKind]?
        var minutes: Double?
        var until: String?
        var note: String?

        static let keys: Set<String> = ["action", "camera", "zone", "kinds", "minutes", "until", "note"]
        static let example =
            "Send for example {\"action\": \"snooze\", \"camera\": \"gate\", \"minutes\": 30}; action is arm, disarm or snooze"
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return try .json(List(await state.backend.standingOrders(), at: state.clock.wall()))
    }

    @Sendable private func give(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        guard let wish = try await RequestContent.object(Wish.self, keys: Wish.keys, of: request, hint: Wish.example)
        else { throw Problem.badBody("the body is empty", remedy: Wish.example) }
        let now = state.clock.wall()
        try await check(wish)
        let order: ArmingOrder
        do {
            order = try ArmingOrder(
                wish.action, camera: wish.camera, zone: wish.zone, kinds: wish.kinds.map(Set.init), since: now,
                until: try end(of: wish, from: now), actor: context.actor ?? "",
                note: try RequestContent.cleanNote(wish.note, hint: Wish.example))
        } catch let fault as ArmingOrder.Fault {
            throw Problem.badBody(fault.problem, remedy: fault.remedy)
        }
        let standing = try await state.backend.give(order)
        let place = [order.camera?.rawValue ?? "the whole site", order.zone].compactMap { $0 }.joined(separator: ", ")
        state.logger.info("'\(order.actor)': \(order.action.rawValue) \(place)")
        return try .json(List(standing, at: now))
    }

    /// That the camera and the zone exist: an order about something misspelt would silence nothing.
    private func check(_ wish: Wish) async throws {
        guard let camera = wish.camera else { return }
        guard let zones = await state.backend.zones()[camera] else {
            throw Problem.notFound(
                "there is no camera '\(camera.rawValue.prefix(64))'", remedy: "/api/cameras lists them")
        }
        if let zone = wish.zone, !zones.contains(zone) {
            throw Problem.notFound(
                "the camera '\(camera)' has no zone '\(zone.prefix(64))'",
                remedy: zones.isEmpty ? "Leave the zone out" : "Its zones are \(zones.joined(separator: ", "))")
        }
    }

    private func end(of wish: Wish, from now: MediaTime) throws -> MediaTime? {
        switch (wish.minutes, wish.until) {
        case (nil, nil): return nil
        case (let minutes?, nil):
            guard minutes > 0, minutes <= ArmingOrder.longestMinutes else {
                throw Problem.badBody("'minutes' is not above 0 and at most a year", remedy: Wish.example)
            }
            return now + .seconds(minutes * 60)
        case (nil, let text?):
            guard let time = Timestamp.parse(text) else {
                throw Problem.badBody(
                    "'until' is no instant", remedy: "Write it as in RFC 3339, for example 2026-02-28T17:03:09Z")
            }
            return time
        case (.some, .some):
            throw Problem.badBody("both 'minutes' and 'until' are given", remedy: "Give one of the two")
        }
    }
}

/// An order as the API and the command line show it.
public struct OrderDocument: Encodable, Sendable {
    var action: ArmingOrder.Action
    var camera: CameraID?
    var zone: String?
    var kinds: [IncidentKind]
    var since: String
    var sinceMicroseconds: Int64
    var until: String?
    var untilMicroseconds: Int64?
    var actor: String
    var note: String?

    public init(_ order: ArmingOrder) {
        action = order.action
        camera = order.camera
        zone = order.zone
        kinds = order.kinds
        since = Timestamp.text(order.since)
        sinceMicroseconds = order.since.microseconds
        until = order.until.map(Timestamp.text)
        untilMicroseconds = order.until?.microseconds
        actor = order.actor
        note = order.note
    }
}

extension StandingOrders {
    /// The orders that silence a camera's rules at an instant, each with the kinds that it silences there.
    public func silent(camera: CameraID, at time: MediaTime) -> [ArmingOrder] {
        silent(at: time).compactMap { order in
            var order = order
            order.kinds = order.kinds.filter { kind in
                let deciding = silencing(camera: camera, zone: order.zone, kind: kind, at: time)
                return deciding.map { $0.since == order.since && $0.zone == order.zone && $0.camera == order.camera }
                    ?? false
            }
            return order.kinds.isEmpty ? nil : order
        }
    }
}
