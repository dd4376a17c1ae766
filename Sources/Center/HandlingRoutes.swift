import Domain
import Hummingbird
import Logging

/// What people do with an incident besides acknowledging it, each in the name of their token.
struct HandlingRoutes {
    let state: CenterState

    var routes: [Route] {
        [
            route(
                "confirm", keys: ["note"], example: "{\"note\": \"text of up to 2,000 characters\"}, or no body at all"
            ) {
                _ in .confirm
            },
            route("dismiss", keys: ["reason", "note", "wholeFire"], example: "{\"reason\": \"cloud\"}") { wish in
                wish.reason.map { .dismiss($0) }
            },
            route("assign", keys: ["to", "note"], example: "{\"to\": \"An\"}") { wish in wish.to.map { .assign(to: $0) }
            },
            route("note", keys: ["note"], example: "{\"note\": \"text of up to 2,000 characters\"}") { _ in .note },
            route("report", keys: ["stage", "note"], example: "{\"stage\": \"observed\"}") { wish in
                wish.stage.map { .report($0) }
            },
            route("lock", keys: ["note", "wholeFire"], example: "{\"note\": \"asked for by the police\"}") { _ in .lock
            },
            route("unlock", keys: ["note", "wholeFire"], example: "{\"note\": \"handed over\"}") { _ in .unlock },
        ]
    }

    /// What may be asked for; each step takes some of it.
    private struct Wish: Decodable {
        var note: String?
        var reason: DismissalReason?
        var to: String?
        var stage: FireStage?
        /// Whether all that belongs to the fire is meant, whichever camera sees it.
        var wholeFire: Bool?
    }

    /// - Parameter step: `nil` where the wish lacks what the step needs.
    private func route(
        _ name: String, keys: Set<String>, example: String, step: @escaping @Sendable (Wish) -> HandlingStep?
    ) -> Route {
        Route(method: .post, path: "/api/incidents/{id}/\(name)", access: .write) { request, context in
            let id = try IncidentRoutes.incident(in: context)
            let hint = "Send \(example)"
            let body = try await RequestContent.object(Wish.self, keys: keys, of: request, hint: hint)
            let wish = body ?? Wish()
            let note = try RequestContent.cleanNote(wish.note, hint: hint)
            guard let step = step(wish) else {
                throw Problem.badBody("the body lacks what '\(name)' needs", remedy: hint)
            }
            switch step {
            case .note, .lock, .unlock:
                if note == nil { throw Problem.badBody("the note is empty", remedy: hint) }
            default: break
            }
            if case .assign(let to) = step { _ = try Self.checkName(to, hint: hint) }
            return try .json(
                RevisionDocument(
                    try await take(
                        step, with: id, actor: context.actor ?? "", note: note, wholeFire: wish.wholeFire ?? false)))
        }
    }

    private static func checkName(_ name: String, hint: String) throws(Problem) {
        guard (1...100).contains(name.count),
            !name.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F })
        else { throw .badBody("'to' is empty, too long or holds control characters", remedy: hint) }
    }

    /// The other incidents of a fire come first, so that what is answered is what was asked for.
    private func take(
        _ step: HandlingStep, with id: IncidentID, actor: String, note: String?, wholeFire: Bool
    ) async throws -> StoredRevision {
        try await check(step, id, note)
        if wholeFire, let fire = await state.backend.fire(of: id) {
            for other in fire.incidents where other != id {
                do {
                    _ = try await state.backend.handle(other, step, actor: actor, note: note)
                } catch is HandlingStep.Refusal {
                    // It stands so already.
                }
            }
        }
        let stored = try await state.backend.handle(id, step, actor: actor, note: note)
        state.logger.info("'\(actor)': \(id) \(step.change.rawValue)\(step.detail.map { " \($0)" } ?? "")")
        return stored
    }

    private func check(_ step: HandlingStep, _ id: IncidentID, _ note: String?) async throws {
        guard let latest = try await state.backend.history(of: id).last else {
            throw Problem.notFound("there is no incident '\(id)'", remedy: "/api/incidents lists them")
        }
        try step.check(latest.revision.incident, note: note)
    }
}
