import Domain
import Hummingbird

/// The clips of incidents, as a browser plays them.
struct ClipRoutes {
    static let path = "/api/incidents/{id}/clip"

    let state: CenterState

    var routes: [Route] { [Route(method: .get, path: Self.path, access: .read, handler: clip)] }

    /// Where a clip of an incident is played.
    static func address(of incident: IncidentID, part: Int) -> String {
        "/api/incidents/\(incident)/clip?part=\(part)"
    }

    @Sendable private func clip(_ request: Request, _ context: CenterContext) async throws -> Response {
        let parameters = try QueryParameters(request, known: ["part", "original"])
        let part = Int(try parameters.integer("part", in: 1...100_000) ?? 1)
        let isOriginal = try parameters.choice("original", of: [("true", true), ("false", false)]) ?? false
        let id = try IncidentRoutes.incident(in: context)
        let clips = try await state.backend.history(of: id).last?.revision.incident.evidence.filter { $0.kind == .clip }
        guard let clips else {
            throw Problem.notFound("there is no incident '\(id)'", remedy: "/api/incidents lists them")
        }
        guard let item = clips.first(where: { ($0.clip?.part ?? 1) == part }) else {
            throw Problem.notFound(
                "the incident '\(id)' has no clip \(part)",
                remedy: "Ask again some seconds after it has closed; its 'evidence' names what there is")
        }
        let wantsCopy = !isOriginal && item.clip?.isWebReady == false
        let found = try await wantsCopy ? state.backend.playableCopy(of: item) : state.backend.evidence(at: item.path)
        guard let file = found else {
            throw Problem.notFound(
                "the clip \(part) of the incident '\(id)' has been removed",
                remedy: "Look whether storage.keepDays has passed; the incident keeps the file's hash")
        }
        var response = try ByteRange.respond(to: request, with: file, mediaType: file.mediaType)
        response.headers[.cacheControl] = "private, max-age=3600"
        if let hash = file.derivedFrom { response.headers[named: "Lookout-Derived-From"] = hash }
        return response
    }
}
