import Channels
import Domain
import Testing

/// What a receiver answers decides what is said and done next; whatever it does, nothing hangs.
struct WebClientTests {
    private static func answer(_ status: String, headers: String = "", body: String = "") -> [UInt8] {
        [UInt8]("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8)
    }

    private func address(_ server: ScriptedServer, _ path: String = "/hook") -> SourceAddress {
        SourceAddress("http://127.0.0.1:\(server.port)\(path)")
    }

    private func failure(_ request: WebRequest, _ client: WebClient) async -> ChannelError? {
        do {
            try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    /// What comes of a server that gives every request this answer.
    private func failure(
        answering bytes: [UInt8]?, timeout: Duration = .seconds(5)
    ) async -> ChannelError? {
        let server = ScriptedServer { _ in bytes }
        defer { server.stop() }
        let client = WebClient()
        let failure = await failure(WebRequest(address: address(server), body: [1], timeout: timeout), client)
        await client.close()
        return failure
    }

    @Test func theRequestArrivesAsItWasMade() async throws {
        let server = ScriptedServer { _ in Self.answer("204 No Content") }
        defer { server.stop() }
        let client = WebClient()
        for method in WebRequest.Method.allCases {
            try await client.send(
                WebRequest(
                    method: method, address: address(server, "/a%20b?token=x"),
                    headers: [
                        .init("X-Note", "first"), .init("x-note", "cháy rừng"), .init("X-Empty", ""),
                        .init("Content-Type", "application/json"),
                    ], body: [0, 1, 255, 13, 10]))
        }
        await client.close()
        #expect(server.requests.map { $0.head.prefix { $0 != " " } } == ["GET", "POST", "PUT"])
        #expect(server.connectionCount == 1, "the connection is kept for the next request")
        for request in server.requests {
            let lines = request.head.split(separator: "\r\n").map(String.init)
            #expect(lines[0].hasSuffix(" /a%20b?token=x HTTP/1.1"))
            #expect(lines.filter { $0.lowercased().hasPrefix("x-note:") } == ["x-note: cháy rừng"])
            #expect(lines.contains("X-Empty:") && lines.contains("User-Agent: Lookout"))
            #expect(lines.filter { $0.hasPrefix("Content-Type") } == ["Content-Type: application/json"])
            #expect(request.body == (lines[0].hasPrefix("GET") ? [] : [0, 1, 255, 13, 10]))
        }
    }

    @Test func aBodyOfNothingAndALargeOneArrive() async throws {
        let server = ScriptedServer { _ in Self.answer("200 OK", body: "thanks") }
        defer { server.stop() }
        let client = WebClient()
        let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for body in [[], large] { try await client.send(WebRequest(address: address(server), body: body)) }
        await client.close()
        #expect(server.requests.map(\.body) == [[], large])
        #expect(server.requests.allSatisfy { !$0.head.contains("Expect:") && !$0.head.contains("Content-Type:") })
    }

    @Test(arguments: [
        ("401 Unauthorized", ChannelError.Code.unauthorised), ("422 Unprocessable Content", .refused),
        ("302 Found", .unavailable), ("500 Internal Server Error", .unavailable), ("429 Too Many", .unavailable),
    ])
    func refusalsAreTold(_ status: String, _ code: ChannelError.Code) async throws {
        let wait = "Location: http://127.0.0.1:1/other\r\nRetry-After: 7\r\n"
        let error = try #require(
            await failure(answering: Self.answer(status, headers: wait, body: "no room\nat all")))
        #expect(error.code == code)
        #expect(error.problem.hasSuffix("\(status.prefix(3)): no room"))
        #expect(error.retryAfter == (code == .unavailable ? .seconds(7) : nil))
    }

    @Test func whatTheReceiverSaidCountsWhateverFollows() async {
        // Good answers whose body never ends, or breaks off.
        let promise = [UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".utf8)
        #expect(await failure(answering: promise, timeout: .seconds(0.3)) == nil)
        let flood = [UInt8]("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n".utf8)
        #expect(await failure(answering: flood + [UInt8](repeating: 65, count: 300_000)) == nil)
    }

    @Test func silenceEndsInTime() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let error = try #require(await failure(answering: nil, timeout: .seconds(0.3)))
        #expect(error.code == .timedOut)
        #expect(clock.now - start < .seconds(5))
    }

    @Test func whoHangsUpOrIsNotThereIsUnreachable() async throws {
        #expect(await failure(answering: [])?.code == .unreachable)
        #expect(await failure(answering: [UInt8]("nonsense\r\n\r\n".utf8))?.code == .unreachable)
        let server = ScriptedServer { _ in nil }
        server.stop()
        let client = WebClient()
        #expect(await failure(WebRequest(address: address(server, "/?token=s3cret")), client)?.code == .unreachable)
        await client.close()
    }

    @Test func noSecretIsSaid() async throws {
        let server = ScriptedServer { _ in Self.answer("403 Forbidden", body: "wrong token s3cret-of-mine") }
        defer { server.stop() }
        let client = WebClient()
        let error = try #require(await failure(WebRequest(address: address(server, "/?token=s3cret-of-mine")), client))
        await client.close()
        #expect(error.code == .unauthorised && !error.problem.contains("s3cret-of-mine"), "\(error.problem)")
    }

    @Test(arguments: ["ftp://127.0.0.1/x", "http://", "nowhere", "httpx://127.0.0.1/", "http://127.0.0.1:port/"])
    func otherAddressesAreRefused(_ text: String) async {
        let client = WebClient()
        #expect(await failure(WebRequest(address: SourceAddress(text)), client)?.code == .misconfigured)
        await client.close()
    }

    @Test(arguments: [("X-A\r\nX-B", "1"), ("X-A", "1\r\nX-B: 2"), ("", "1"), ("X A", "1"), ("X-A", "1\u{0}")])
    func headersThatWouldBeginOthersAreRefused(_ name: String, _ value: String) async {
        let server = ScriptedServer { _ in Self.answer("200 OK") }
        defer { server.stop() }
        let client = WebClient()
        let request = WebRequest(address: address(server), headers: [.init(name, value)])
        #expect(await failure(request, client)?.code == .misconfigured)
        await client.close()
        #expect(server.requests.isEmpty)
    }

    @Test func manyAtOnceAllArriveOnFewConnections() async {
        let server = ScriptedServer { request in
            Self.answer(request.body.first == 0 ? "503 Busy" : "200 OK")
        }
        defer { server.stop() }
        let client = WebClient()
        let target = address(server)
        let failed = await withTaskGroup(of: Bool.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let request = WebRequest(address: target, body: [UInt8(index % 4)], timeout: .seconds(30))
                    return await failure(request, client) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        await client.close()
        #expect(failed == 50)
        #expect(server.requests.count == 200 && server.connectionCount <= 16)
    }

    @Test func whatIsUnderwayEndsWhenCancelledOrClosed() async {
        let server = ScriptedServer { _ in nil }
        defer { server.stop() }
        let client = WebClient()
        let request = WebRequest(address: address(server), timeout: .seconds(60))
        let cancelled = Task { await failure(request, client)?.code }
        let closed = Task { await failure(request, client)?.code }
        while server.requests.count < 2 { await Task.yield() }
        cancelled.cancel()
        #expect(await cancelled.value == .closed)
        await client.close()
        #expect(await closed.value == .closed)
        #expect(await failure(request, client)?.code == .closed, "after the end, too")
        let early = Task { () -> ChannelError.Code? in
            withUnsafeCurrentTask { $0?.cancel() }
            let other = WebClient()
            return await failure(request, other)?.code
        }
        #expect(await early.value == .closed)
    }
}
