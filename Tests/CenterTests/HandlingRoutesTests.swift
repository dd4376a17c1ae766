import Domain
import Foundation
import Hummingbird
import Testing

@testable import Center

/// What people do with incidents, through the API.
struct HandlingRoutesTests {
    private func post(_ step: String, _ body: String, id: String, to backend: TestBackend) async throws -> TestResponse
    {
        try await makeServer(backend).application().test { client in
            try await client.execute(
                uri: "/api/incidents/\(id)/\(step)", method: .post,
                headers: [.authorization: "Bearer \(token)", .contentType: "application/json"],
                body: ByteBuffer(string: body))
        }
    }

    @Test func aWholeFireIsDismissedAtOnce() async throws {
        let backend = populatedBackend()
        let members = ["tower-3-smoke-1", "tower-3-smoke-5", "tower-3-smoke-9"].map { IncidentID($0) }
        backend.change { $0.fires = [FireOutline(id: "fire-1", stage: .likely, incidents: members)] }
        _ = try await post("dismiss", #"{"reason": "fog"}"#, id: "tower-3-smoke-5", to: backend)
        let answer = try await post(
            "dismiss", #"{"reason": "fog", "note": "sáng sớm", "wholeFire": true}"#, id: "tower-3-smoke-1", to: backend)
        #expect(answer.status == .ok)
        #expect((try json(answer)["incident"] as? [String: Any])?["id"] as? String == "tower-3-smoke-1")
        for id in members {
            let handling = try #require(try await backend.history(of: id).last?.revision.incident.handling)
            #expect(handling.judgement?.reason == .fog && handling.judgement?.actor == "an")
        }
        let shown = try await makeServer(backend).application().test {
            try await $0.execute(uri: "/api/incidents/tower-3-smoke-1", method: .get)
        }
        let fire = try #require(try json(shown)["fire"] as? [String: Any])
        #expect(fire["stage"] as? String == "likely" && (fire["incidents"] as? [String])?.count == 3)
    }

    @Test func evidenceIsLockedAndListed() async throws {
        let backend = populatedBackend()
        let answer = try await post("lock", #"{"note": "theo yêu cầu"}"#, id: "tower-3-smoke-1", to: backend)
        let handling = try json(answer)["incident"].flatMap { ($0 as? [String: Any])?["handling"] } as? [String: Any]
        let lock = try #require(handling?["locked"] as? [String: Any])
        #expect(lock["note"] as? String == "theo yêu cầu" && lock["actor"] as? String == "an")
        let server = try makeServer(backend)
        let counts = try await server.application().test { client in
            var counts: [Int?] = []
            for query in ["?locked=true", "?locked=false", ""] {
                let list = try await client.execute(uri: "/api/incidents\(query)", method: .get)
                counts.append((try json(list)["incidents"] as? [Any])?.count)
            }
            return counts
        }
        #expect(counts[0] == 1 && counts[1] == counts[2].map { $0 - 1 })
    }

    @Test(arguments: [
        ("dismiss", #"{"reason": "boredom"}"#, 400), ("dismiss", "{}", 400), ("dismiss", "", 400),
        ("assign", #"{"to": ""}"#, 400), ("assign", #"{"to": "a\u0007"}"#, 400), ("note", "{}", 400),
        ("note", #"{"note": ""}"#, 400), ("report", #"{"stage": "likely"}"#, 409), ("report", #"{"stage": 3}"#, 400),
        ("confirm", #"{"reason": "fog"}"#, 400), ("lock", "{}", 400), ("lock", #"{"reason": "fog"}"#, 400),
        ("unlock", #"{"note": "over"}"#, 409),
    ])
    func whatMakesNoSenseIsRefused(step: String, body: String, status: Int) async throws {
        let backend = populatedBackend()
        let answer = try await post(step, body, id: "tower-3-smoke-1", to: backend)
        #expect(answer.status.code == status, "\(String(buffer: answer.body))")
        #expect(try await backend.history(of: IncidentID("tower-3-smoke-1")).last?.revision.change == .opened)
    }
}
