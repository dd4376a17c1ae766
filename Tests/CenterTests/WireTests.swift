import Domain
import Foundation
import Testing

@testable import Center

/// What only a real connection shows.
@Suite(.serialized) struct WireTests {
    private func exchange(
        _ request: String, settings: CenterSettings = makeSettings(), backend: TestBackend = populatedBackend()
    ) async throws -> String {
        try await withLiveServer(backend, settings: settings) { port, _ in
            let connection = try Connection(port: port)
            try await connection.send(request)
            return try await connection.receiveAll()
        }
    }

    private func status(_ answer: String) -> Int? {
        answer.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    @Test(arguments: [
        ("evil.example", 421), ("evil.example:8080", 421), ("127.0.0.1", 200), ("localhost:1", 200), ("[::1]", 200),
    ])
    func answersOnlyToNamesOfLoopback(host: String, expected: Int) async throws {
        let answer = try await exchange("GET /api/cameras HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n")
        #expect(status(answer) == expected)
    }

    @Test func aRequestWithoutHostIsRefused() async throws {
        let answer = try await exchange("GET /api/cameras HTTP/1.0\r\nConnection: close\r\n\r\n")
        #expect(status(answer) == 421)
    }

    @Test func hugeHeadersAndAddressesAreRefused() async throws {
        let long = String(repeating: "a", count: 20_000)
        let field = try await exchange("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: \(long)\r\n\r\n")
        #expect(status(field) == 400)
        let address = try await exchange("GET /\(long) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(status(address) == 400)
        let many = (0..<200).map { "X-\($0): 1\r\n" }.joined()
        #expect(status(try await exchange("GET / HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n")) == 400)
    }

    @Test func hugeBodiesAreRefusedBeforeTheyAreRead() async throws {
        let head = "POST /api/incidents/x/acknowledge HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
        let large = try await exchange(head + "Content-Length: 1000000000\r\n\r\n")
        #expect(status(large) == 413)
        #expect(large.contains("urn:lookout:problem:body-too-large"))
        let chunked = try await exchange(head + "Transfer-Encoding: chunked\r\n\r\nffffff\r\n")
        #expect(status(chunked) == 411)
        let get = try await exchange("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n")
        #expect(status(get) == 413)
    }

    @Test(arguments: [
        "/api/evidence/../../etc/passwd", "/api/evidence/%2e%2e/%2e%2e/etc/passwd",
        "/api/evidence/..%2f..%2fetc%2fpasswd",
        "/api/../../../etc/passwd", "/api/cameras/..%2f..%2fetc/latest.jpg", "/api/cameras/%00/latest.jpg",
        "//evil.example/%2e%2e",
    ])
    func noAddressLeavesItsPlace(address: String) async throws {
        let answer = try await exchange("GET \(address) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect([400, 404].contains(status(answer)))
        #expect(answer.contains("application/problem+json"))
    }

    @Test(arguments: [
        "GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\0\0\0\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ])
    func nonsenseIsAnsweredWith400(request: String) async throws {
        let answer = try await exchange(request)
        #expect(status(answer) == 400 || answer.isEmpty)
    }

    /// Connections that arrive while the server stops are closed, and neither end the process nor hold the server up.
    @Test(.timeLimit(.minutes(10))) func stopsWhileConnectionsArrive() async throws {
        for _ in 0..<4 {
            let callers = try await withLiveServer(populatedBackend()) { port, _ in
                let callers = Task {
                    var count = 0
                    while !Task.isCancelled, let connection = try? Connection(port: port) {
                        try? await connection.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                        count += 1
                    }
                    return count
                }
                try await Task.sleep(for: .milliseconds(20))
                return callers
            }
            callers.cancel()
            #expect(await callers.value > 0)
        }
    }

    @Test func aTakenAddressIsAnErrorWithARemedy() async throws {
        try await withLiveServer(populatedBackend()) { port, _ in
            var settings = makeSettings()
            settings.port = port
            let second = try makeServer(populatedBackend(), settings: settings)
            await #expect {
                try await second.run()
            } throws: { error in
                guard case .cannotListen(_, port, _) = error as? CenterError else { return false }
                return "\(error)".contains("ss -ltnp")
            }
        }
    }
}
