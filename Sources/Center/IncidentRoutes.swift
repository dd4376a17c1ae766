import Domain
import Hummingbird
import Logging

/// Incidents: list, look at one, take one; and the files that show them.
struct IncidentRoutes {
    static let largestPage = 500

    let state: CenterState

    var routes: [Route] {
        [
            Route(method: .get, path: "/api/incidents", access: .read, handler: list),
            Route(method: .get, path: "/api/incidents/{id}", access: .read, handler: show),
            Route(method: .post, path: "/api/incidents/{id}/acknowledge", access: .write, handler: acknowledge),
            Route(
                method: .get, path: EvidencePath.prefix + "{path}", access: .read, takesRest: true, handler: evidence),
        ]
    }

    private struct Page: Encodable {
        var incidents: [IncidentDocument]
        /// The `after` of the next page; absent on the last.
        var next: String?
    }

    private struct Detail: Encodable {
        var incident: IncidentDocument
        var revisions: [RevisionDocument]
        /// Absent for what is no fire.
        var fire: FireDocument?
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        var query = try Self.query(of: request)
        if let after = query.after, try await state.backend.history(of: after).isEmpty {
            throw Problem.badParameter(
                "there is no incident '\(after)' to continue after", remedy: "Use 'next' of the page before as it is")
        }
        let limit = query.limit
        query.limit += 1
        let found = try await state.backend.incidents(matching: query)
        let page = found.prefix(limit)
        return try .json(
            Page(
                incidents: page.map(IncidentDocument.init), next: found.count > limit ? page.last?.id.rawValue : nil))
    }

    static func query(of request: Request) throws(Problem) -> IncidentQuery {
        let parameters = try QueryParameters(
            request, known: ["camera", "kind", "state", "acknowledged", "locked", "since", "until", "after", "limit"])
        var query = IncidentQuery()
        if let camera = parameters["camera"] { query.camera = try CameraRoutes.camera(camera) }
        query.kind = try parameters.choice("kind", of: IncidentKind.self)
        query.state = try parameters.choice(
            "state", of: [("open", Incident.State.open), ("closed", Incident.State.closed)])
        query.acknowledged = try parameters.choice("acknowledged", of: [("true", true), ("false", false)])
        query.locked = try parameters.choice("locked", of: [("true", true), ("false", false)])
        query.since = try parameters.instant("since")
        query.until = try parameters.instant("until")
        if let after = parameters["after"] { query.after = try incident(after) }
        query.limit = Int(try parameters.integer("limit", in: 1...Int64(largestPage)) ?? 100)
        if let since = query.since, let until = query.until, since >= until {
            throw .badParameter("'since' is not before 'until'", remedy: "Swap them")
        }
        return query
    }

    /// - Throws: where the text can't be the name of an incident.
    private static func incident(_ text: String) throws(Problem) -> IncidentID {
        guard (1...200).contains(text.utf8.count), text.utf8.allSatisfy(PercentCoding.isUnreserved) else {
            throw .badParameter(
                "'\(text.prefix(64))' can't be the name of an incident", remedy: "Use an 'id' of /api/incidents")
        }
        return IncidentID(text)
    }

    static func incident(in context: CenterContext) throws(Problem) -> IncidentID {
        try incident(PercentCoding.decode(context.parameters.get("id") ?? "") ?? "")
    }

    private func history(of id: IncidentID) async throws -> [StoredRevision] {
        let history = try await state.backend.history(of: id)
        guard !history.isEmpty else {
            throw Problem.notFound("there is no incident '\(id)'", remedy: "/api/incidents lists them")
        }
        return history
    }

    @Sendable private func show(_ request: Request, _ context: CenterContext) async throws -> Response {
        _ = try QueryParameters(request, known: [])
        let history = try await history(of: Self.incident(in: context))
        return try .json(
            Detail(
                incident: IncidentDocument(history[history.count - 1].revision.incident),
                revisions: history.map(RevisionDocument.init),
                fire: await state.backend.fire(of: history[0].revision.incident.id).map(FireDocument.init)))
    }

    @Sendable private func acknowledge(_ request: Request, _ context: CenterContext) async throws -> Response {
        let id = try Self.incident(in: context)
        let actor = context.actor ?? ""
        let note = try await note(of: request)
        _ = try await history(of: id)
        let stored = try await state.backend.acknowledge(id, actor: actor, note: note)
        state.logger.info("'\(actor)' acknowledged \(id)")
        if let first = stored.revision.incident.acknowledgement, first.actor != actor {
            throw Problem(
                status: .conflict, code: "already-acknowledged",
                problem: "'\(first.actor)' took the incident '\(id)' at \(Timestamp.text(first.time))",
                remedy: "Nothing needs to be done; ask them before acting on it")
        }
        return try .json(RevisionDocument(stored))
    }

    private struct Note: Decodable {
        var note: String?
    }

    private func note(of request: Request) async throws -> String? {
        let hint = "Send {\"note\": \"text of up to 2,000 characters\"}, or no body at all"
        let body = try await RequestContent.object(Note.self, keys: ["note"], of: request, hint: hint)
        return try RequestContent.cleanNote(body?.note, hint: hint)
    }

    /// Types that a browser may show in place; anything else is offered as a download.
    private static let shownTypes: Set<String> = ["image/jpeg", "image/png", "image/webp", "video/mp4"]

    @Sendable private func evidence(_ request: Request, _ context: CenterContext) async throws -> Response {
        guard let path = EvidencePath.path(ofAddress: request.uri.path) else {
            throw Problem.badParameter(
                "this can't be the address of an evidence file", remedy: "Use the 'url' of an incident's evidence")
        }
        guard let file = try await state.backend.evidence(at: path) else {
            throw Problem.notFound(
                "there is no evidence file '\(path)'",
                remedy: "Look whether storage.keepDays has passed; the incident keeps the file's hash")
        }
        let isShown = Self.shownTypes.contains(file.mediaType)
        var response = try ByteRange.respond(
            to: request, with: file, mediaType: isShown ? file.mediaType : "application/octet-stream")
        if !isShown { response.headers[.contentDisposition] = "attachment" }
        response.headers[.cacheControl] = "private, max-age=3600"
        return response
    }
}
