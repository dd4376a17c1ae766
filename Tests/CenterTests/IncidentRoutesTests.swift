import Domain
import Foundation
import Hummingbird
import Testing

@testable import Center

@Suite struct IncidentRoutesTests {
    private func get(_ uri: String, from backend: TestBackend = populatedBackend()) async throws -> TestResponse {
        try await makeServer(backend).application().test { try await $0.execute(uri: uri, method: .get) }
    }

    private func ids(_ uri: String) async throws -> [String] {
        let body = try json(try await get(uri))
        return try #require(body["incidents"] as? [[String: Any]]).compactMap { $0["id"] as? String }
    }

    @Test func listsNewestFirst() async throws {
        let found = try await ids("/api/incidents")
        #expect(found.count == 12)
        #expect(found.first == "tower-3-camera-covered-11")
        #expect(found.last == "gate-intrusion-0")
    }

    @Test func filters() async throws {
        #expect(try await ids("/api/incidents?camera=gate").count == 6)
        #expect(try await ids("/api/incidents?kind=smoke").count == 3)
        #expect(try await ids("/api/incidents?state=closed").count == 4)
        #expect(try await ids("/api/incidents?state=open&camera=gate").count == 4)
        #expect(try await ids("/api/incidents?acknowledged=true").isEmpty)
        #expect(try await ids("/api/incidents?since=2026-03-01T19:20:07.250Z").count == 4)
        #expect(try await ids("/api/incidents?until=2026-03-02T02:14:07.250%2B07:00").count == 2)
    }

    @Test func pagesMeetWithoutGapOrOverlap() async throws {
        var collected: [String] = []
        var uri: String? = "/api/incidents?limit=5"
        var pages = 0
        while let current = uri {
            let body = try json(try await get(current))
            collected += try #require(body["incidents"] as? [[String: Any]]).compactMap { $0["id"] as? String }
            uri = (body["next"] as? String).map { "/api/incidents?limit=5&after=\($0)" }
            pages += 1
            #expect(pages < 10)
        }
        #expect(pages == 3)
        #expect(collected == (try await ids("/api/incidents")))
    }

    @Test(arguments: [
        "camera=..%2Fetc", "kind=fire", "state=ajar", "acknowledged=yes", "since=yesterday",
        "until=2026-02-30T00:00:00Z",
        "limit=0", "limit=501", "limit=-1", "limit=9223372036854775808", "limit=1&limit=2", "colour=red", "after=%00",
        "after=nobody", "since=2026-03-02T00:00:00Z&until=2026-03-01T00:00:00Z", "kind=%ZZ", "kind=%C3%28",
    ])
    func refusesBadParametersWithARemedy(query: String) async throws {
        let response = try await get("/api/incidents?" + query)
        #expect(response.status == .badRequest)
        #expect(response.headers[.contentType] == "application/problem+json")
        let problem = try json(response)
        #expect(problem["type"] as? String == "urn:lookout:problem:bad-parameter")
        #expect((problem["remedy"] as? String)?.isEmpty == false)
        #expect((problem["detail"] as? String)?.isEmpty == false)
        #expect(problem["status"] as? Int == 400)
    }

    @Test func showsTimesAsTextAndExactly() async throws {
        let body = try json(try await get("/api/incidents/gate-intrusion-0"))
        let incident = try #require(body["incident"] as? [String: Any])
        #expect(incident["start"] as? String == "2026-03-01T19:12:07.250Z")
        #expect(incident["startMicroseconds"] as? Int == 1_772_392_327_250_000)
        #expect(incident["state"] as? String == "closed")
        #expect(incident["desk"] as? String == "security")
        let revisions = try #require(body["revisions"] as? [[String: Any]])
        #expect(revisions.compactMap { $0["sequence"] as? Int } == [1, 2])
        #expect(revisions.compactMap { $0["change"] as? String } == ["opened", "closed"])
    }

    @Test func leavesOutNumbersThatJSONCannotHold() async throws {
        let body = try json(try await get("/api/incidents/gate-intrusion-0"))
        let incident = try #require(body["incident"] as? [String: Any])
        let measurements = try #require(incident["measurements"] as? [[String: Any]])
        #expect(measurements[1]["name"] as? String == "hostile")
        #expect(measurements[1]["value"] == nil)
        #expect(measurements[0]["value"] as? Double == 0.01)
    }

    @Test func unknownIncidentIsNotFound() async throws {
        #expect(try await get("/api/incidents/nobody").status == .notFound)
        #expect(try await get("/api/incidents/a%20b").status == .badRequest)
    }

    @Test func backendErrorsKeepTheirRemedy() async throws {
        struct Full: ActionableError {
            var problem: String { "the disk that holds the journal is full" }
            var remedy: String { "Free some space" }
        }
        struct Odd: Error { let secret = "s3cret" }
        let backend = populatedBackend()
        backend.change { $0.failure = Full() }
        let full = try await get("/api/incidents", from: backend)
        #expect(full.status == .serviceUnavailable)
        #expect(try json(full)["remedy"] as? String == "Free some space")
        backend.change { $0.failure = Odd() }
        let odd = try await get("/api/incidents", from: backend)
        #expect(odd.status == .internalServerError)
        #expect(!String(buffer: odd.body).contains("s3cret"))
    }

    @Test(arguments: [
        "..", "../secret", "%2e%2e/secret", "..%2fsecret", "a/%2e%2e/%2e%2e/secret", "a//b", "/etc/passwd", ".hidden",
        "a%00b", "a%5c..%5cb", "%252e%252e/x", "a/b%", "%C0%AE%C0%AE/x", "a/b/c/d/e/f/g/h/i",
        "2026-03-01/gate-motion-1/snapshot.jpg/..", "",
    ])
    func refusesToLeaveTheEvidenceDirectory(path: String) async throws {
        let response = try await get("/api/evidence/" + path)
        #expect(response.status == .badRequest || response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(EvidencePath.path(ofAddress: "/api/evidence/" + path) == nil)
    }

    @Test func servesEvidenceAndItsRanges() async throws {
        let server = try makeServer(populatedBackend())
        try await server.application().test { client in
            let uri = "/api/evidence/2026-03-01/gate-motion-1/snapshot.jpg"
            let whole = try await client.execute(uri: uri, method: .get)
            #expect(whole.status == .ok)
            #expect(whole.headers[.contentType] == "image/jpeg")
            #expect(Array(whole.body.readableBytesView) == Array(0..<100))
            let part = try await client.execute(uri: uri, method: .get, headers: [.range: "bytes=10-19"])
            #expect(part.status == .partialContent)
            #expect(part.headers[.contentRange] == "bytes 10-19/100")
            #expect(Array(part.body.readableBytesView) == Array(10..<20))
            let outside = try await client.execute(uri: uri, method: .get, headers: [.range: "bytes=100-"])
            #expect(outside.status == .rangeNotSatisfiable)
            let page = try await client.execute(uri: "/api/evidence/2026-03-01/gate-motion-1/page.html", method: .get)
            #expect(page.headers[.contentType] == "application/octet-stream")
            #expect(page.headers[.contentDisposition] == "attachment")
            let none = try await client.execute(uri: "/api/evidence/2026-03-01/none.jpg", method: .get)
            #expect(none.status == .notFound)
        }
    }

    @Test(arguments: [
        ("bytes=0-", ByteRange.Part.part(0..<10)), ("bytes=0-0", .part(0..<1)), ("bytes=-3", .part(7..<10)),
        ("bytes=-30", .part(0..<10)), ("bytes=5-99", .part(5..<10)), ("bytes=10-", .outside), ("bytes=-0", .outside),
        ("bytes=5-4", .whole), ("bytes=a-b", .whole), ("bytes=0-1,3-4", .whole), ("items=0-1", .whole),
        ("bytes=--1", .whole), ("bytes=99999999999999999999-", .whole), ("bytes=-", .whole),
        ("bytes=9223372036854775807-9223372036854775807", .outside),
    ])
    func parsesRanges(field: String, part: ByteRange.Part) {
        #expect(ByteRange.parse(field, length: 10) == part)
    }
}
