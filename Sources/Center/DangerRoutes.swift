import Domain
import Hummingbird
import Logging

/// The forest fire danger: which level holds, and a new one.
struct DangerRoutes {
    /// A month: whoever wants longer says so again.
    static let longestHours = 720.0

    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/danger", access: .read, handler: show),
            Route(method: .put, path: "/api/danger", access: .write, handler: give),
        ]
    }

    private struct Wish: Decodable {
        var level: Int?
        var hours: Double?
        var note: String?

        static let keys: Set<String> = ["level", "hours", "note"]
        static let example =
            "Send for example {\"level\": 4, \"hours\": 24}; {} where the level given before holds no longer"
    }

    @Sendable private func show(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        return try .json(DangerDocument(await state.backend.danger()))
    }

    @Sendable private func give(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        guard let wish = try await RequestContent.object(Wish.self, keys: Wish.keys, of: request, hint: Wish.example)
        else { throw Problem.badBody("the body is empty", remedy: Wish.example) }
        let level = wish.level.flatMap(DangerLevel.init)
        guard wish.level == nil || level != nil else {
            throw Problem.badBody("'level' is not 1 to 5", remedy: Wish.example)
        }
        if let hours = wish.hours, !(hours > 0 && hours <= Self.longestHours) {
            throw Problem.badBody("'hours' is not above 0 and at most 720", remedy: Wish.example)
        }
        let note = try RequestContent.cleanNote(wish.note, hint: Wish.example)
        let actor = context.actor ?? ""
        let standing = try await state.backend.giveDanger(level, hours: wish.hours, actor: actor, note: note)
        state.logger.info("'\(actor)': fire danger \(level.map(\.numeral) ?? "as reckoned")")
        return try .json(DangerDocument(standing))
    }
}

struct DangerDocument: Encodable {
    struct Notice: Encodable {
        var level: Int
        var source: DangerNotice.Source
        var actor: String
        var since: String
        var sinceMicroseconds: Int64
        var until: String?
        var untilMicroseconds: Int64?
        var note: String?

        init(_ notice: DangerNotice) {
            level = notice.level.rawValue
            source = notice.source
            actor = notice.actor
            since = Timestamp.text(notice.since)
            sinceMicroseconds = notice.since.microseconds
            until = notice.until.map(Timestamp.text)
            untilMicroseconds = notice.until?.microseconds
            note = notice.note
        }
    }

    var current: Notice?
    var notices: [Notice]

    init(_ standing: DangerStanding) {
        current = standing.current.map(Notice.init)
        notices = standing.notices.map(Notice.init)
    }
}
