import Domain
import Hummingbird

/// A refusal as the caller receives it: RFC 9457 `application/problem+json` with a remedy.
struct Problem: ActionableError {
    var status: HTTPResponse.Status
    /// Stable name for programs, the end of `type`: `bad-parameter`.
    var code: String
    var problem: String
    var remedy: String
    /// Sent with the refusal: `WWW-Authenticate`, `Allow`, `Retry-After`.
    var headers: HTTPFields = [:]
    /// Whether the rest of the request must not be read.
    var closesConnection = false

    /// The document of the response body.
    struct Document: Encodable {
        var type: String
        var title: String
        var status: Int
        var detail: String
        var remedy: String
    }

    func response() throws -> Response {
        let document = Document(
            type: "urn:lookout:problem:\(code)", title: status.reasonPhrase, status: status.code, detail: problem,
            remedy: remedy)
        var response = try Response.json(document, status: status, mediaType: "application/problem+json")
        response.headers.append(contentsOf: headers)
        guard closesConnection else { return response }
        response.headers[.connection] = "close"
        // The server would go on reading whatever the caller still sends; an error after the end closes the connection.
        let body = response.body
        response.body = ResponseBody(contentLength: body.contentLength) { writer in
            try await body.write(writer)
            throw RefusedToReadOn()
        }
        return response
    }

    private struct RefusedToReadOn: Error {}
}

extension Problem {
    static func badParameter(_ problem: String, remedy: String) -> Problem {
        Problem(status: .badRequest, code: "bad-parameter", problem: problem, remedy: remedy)
    }

    static func notFound(_ problem: String, remedy: String) -> Problem {
        Problem(status: .notFound, code: "not-found", problem: problem, remedy: remedy)
    }

    static func badBody(_ problem: String, remedy: String) -> Problem {
        Problem(status: .badRequest, code: "bad-body", problem: problem, remedy: remedy)
    }

    /// What the caller learns of an error that some other module threw.
    static func from(_ error: any Error) -> Problem {
        if let problem = error as? Problem { return problem }
        if let refused = error as? ConfigurationRefused {
            return Problem(
                status: .unprocessableContent, code: "faulty-configuration", problem: refused.problem,
                remedy: refused.remedy)
        }
        if let refusal = error as? HandlingStep.Refusal {
            return Problem(
                status: .conflict, code: "not-possible", problem: refusal.problem, remedy: refusal.remedy)
        }
        if let actionable = error as? any ActionableError {
            return Problem(
                status: .serviceUnavailable, code: "unavailable", problem: actionable.problem,
                remedy: actionable.remedy, headers: [.retryAfter: "5"])
        }
        return Problem(
            status: .internalServerError, code: "internal", problem: "Lookout could not answer this request",
            remedy: "Look for the error in Lookout's log, at the time of this request")
    }
}
