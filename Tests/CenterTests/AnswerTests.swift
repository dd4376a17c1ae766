import Domain
import Hummingbird
import Testing

@testable import Center

/// The page behind a link in an alert.
struct AnswerTests {
    private static let link = "/answer/gate-intrusion-0?by=%3CAn%3E&until=4000000000&key=good"

    private func ask(
        _ method: HTTPRequest.Method, _ uri: String, fields: HTTPFields = [:], of backend: TestBackend
    ) async throws -> (response: TestResponse, text: String) {
        let response = try await makeServer(backend).application().test {
            try await $0.execute(uri: uri, method: method, headers: fields)
        }
        return (response, String(buffer: response.body))
    }

    private func taken(_ backend: TestBackend) async throws -> Acknowledgement? {
        try await backend.history(of: IncidentID("gate-intrusion-0")).last?.revision.incident.acknowledgement
    }

    @Test func lookingAcknowledgesNothingAndPressingDoesOnce() async throws {
        let backend = populatedBackend()
        for method in [HTTPRequest.Method.get, .head, .get] {
            let (response, text) = try await ask(method, Self.link, of: backend)
            #expect(response.status == .ok)
            #expect(method == .head || text.contains("DIỄN TẬP") && text.contains("Acknowledge as &lt;An&gt;"))
            #expect(!text.contains("<An>") && !text.contains("<b>"), "names are text")
            let policy = response.headers[named: "Content-Security-Policy"] ?? ""
            #expect(policy.contains("form-action 'self'") && !policy.contains("script-src"))
            #expect(response.headers[named: "Referrer-Policy"] == "same-origin")
            #expect(response.headers[.cacheControl] == "no-store")
        }
        #expect(try await taken(backend) == nil)
        // As a browser sends the form.
        let form: HTTPFields = [.origin: "http://localhost", .contentType: "application/x-www-form-urlencoded"]
        let (pressed, text) = try await ask(.post, Self.link, fields: form, of: backend)
        #expect(pressed.status == .ok && text.contains("Đã ghi nhận"))
        #expect(try await taken(backend)?.actor == "<An>")
        #expect(try await ask(.post, Self.link, of: backend).response.status == .gone)
        #expect(try await ask(.get, Self.link, of: backend).text.contains("đã được sử dụng"))
    }

    @Test(arguments: ["", "?by=An&until=4000000000&key=bad", "?by=&until=1&key=good", "?by=An&until=soon&key=good&x=1"])
    func whatIsNoLinkOfOursIsRefused(query: String) async throws {
        let backend = populatedBackend()
        for method in [HTTPRequest.Method.get, .post] {
            let (response, text) = try await ask(method, "/answer/gate-intrusion-0\(query)", of: backend)
            #expect(response.status == .forbidden && text.contains("không đúng"))
        }
        #expect(try await taken(backend) == nil)
    }
}
