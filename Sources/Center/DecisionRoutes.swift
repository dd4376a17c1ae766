public import Domain
import Hummingbird

/// Why something fired, and why something did not.
struct DecisionRoutes {
    static let largestPage = 500

    let state: CenterState

    var routes: [Route] { [Route(method: .get, path: "/api/decisions", access: .read, handler: list)] }

    private struct Page: Encodable {
        var decisions: [DecisionDocument]
        /// The `before` of the next page; absent on the last.
        var next: Int64?
    }

    @Sendable private func list(_ request: Request, _ context: CenterContext) async throws -> Response {
        var query = try Self.query(of: request)
        let limit = query.limit
        query.limit += 1
        let found = try await state.backend.decisions(matching: query)
        let page = found.prefix(limit)
        return try .json(
            Page(decisions: page.map(DecisionDocument.init), next: found.count > limit ? page.last?.id : nil))
    }

    static func query(of request: Request) throws(Problem) -> DecisionQuery {
        let parameters = try QueryParameters(
            request, known: ["camera", "from", "to", "outcome", "incident", "before", "limit"])
        var query = DecisionQuery()
        if let camera = parameters["camera"] { query.camera = try CameraRoutes.camera(camera) }
        query.from = try parameters.instant("from")
        query.to = try parameters.instant("to")
        query.outcome = try parameters.choice("outcome", of: Decision.Outcome.self)
        query.incident = parameters["incident"].map { IncidentID($0) }
        query.before = try parameters.integer("before", in: 0...Int64.max)
        query.limit = Int(try parameters.integer("limit", in: 1...Int64(largestPage)) ?? 100)
        if let from = query.from, let to = query.to, from >= to {
            throw .badParameter("'from' is not before 'to'", remedy: "Swap them")
        }
        return query
    }
}

/// A decision as the API and the command line show it.
public struct DecisionDocument: Encodable, Sendable {
    struct Explanation: Encodable {
        var en: String
        var vi: String
    }

    var id: Int64
    var camera: CameraID
    var rule: String
    var kind: IncidentKind
    var outcome: Decision.Outcome
    var reason: Decision.Reason
    /// The reason in words.
    var explanation: Explanation
    var start: String
    var startMicroseconds: Int64
    var end: String
    var endMicroseconds: Int64
    var track: Int?
    var box: [Double]?
    var confidence: Double
    var measurements: [MeasurementDocument]
    var incident: String?
    var configuration: String
    var detector: String

    public init(_ stored: StoredDecision) {
        let decision = stored.decision
        id = stored.id
        camera = decision.camera
        rule = decision.rule
        kind = decision.kind
        outcome = decision.outcome
        reason = decision.reason
        explanation = Explanation(en: decision.reason.title(in: .en), vi: decision.reason.title(in: .vi))
        start = Timestamp.text(decision.start)
        startMicroseconds = decision.start.microseconds
        end = Timestamp.text(decision.end)
        endMicroseconds = decision.end.microseconds
        track = decision.track
        box = decision.box.flatMap(coordinates)
        confidence = finite(decision.confidence) ?? 0
        measurements = decision.measurements.map(MeasurementDocument.init)
        incident = decision.incident?.rawValue
        configuration = decision.configuration
        detector = decision.detector
    }
}
