import Domain
import Foundation
import Hummingbird
import Testing

@testable import Center

/// Arming, disarming and snoozing through the API; decisions in pages.
struct OrderRoutesTests {
    private static let bearer = "Bearer \(token)"

    private func give(_ body: String, to backend: TestBackend) async throws -> TestResponse {
        try await makeServer(backend).application().test { client in
            try await client.execute(
                uri: "/api/arming", method: .post,
                headers: [.authorization: Self.bearer, .contentType: "application/json"],
                body: ByteBuffer(string: body))
        }
    }

    private func get(_ uri: String, from backend: TestBackend) async throws -> [String: Any] {
        try json(
            try await makeServer(backend).application().test { try await $0.execute(uri: uri, method: .get) })
    }

    @Test func theTokensNameIsTheActor() async throws {
        let backend = populatedBackend()
        let answer = try await give(
            #"{"action": "snooze", "camera": "gate", "zone": "yard", "minutes": 30, "note": "giao hàng"}"#, to: backend)
        #expect(answer.status == .ok)
        let order = try #require(await backend.standingOrders().orders.first)
        #expect(order.actor == "an" && order.note == "giao hàng" && order.kinds == ArmingOrder.usualKinds)
        #expect(order.camera == gate && order.zone == "yard")
        #expect(order.until.map { ($0 - order.since) == .seconds(1_800) } == true)
        let listed = try #require(try await get("/api/arming", from: backend)["orders"] as? [[String: Any]])
        #expect(listed.count == 1 && listed[0]["actor"] as? String == "an")
    }

    @Test func camerasSayWhatIsSilent() async throws {
        let backend = populatedBackend()
        _ = try await give(#"{"action": "disarm"}"#, to: backend)
        _ = try await give(#"{"action": "arm", "camera": "gate", "kinds": ["intrusion"]}"#, to: backend)
        let cameras = try #require(try await get("/api/cameras", from: backend)["cameras"] as? [[String: Any]])
        let kinds = cameras.map { camera in
            (camera["silenced"] as? [[String: Any]] ?? []).flatMap { $0["kinds"] as? [String] ?? [] }
        }
        #expect(kinds[0].contains("motion") && !kinds[0].contains("intrusion"))
        #expect(kinds[1].contains("intrusion") && !kinds[1].contains("smoke"))
        _ = try await give(#"{"action": "arm"}"#, to: backend)
        #expect(await backend.standingOrders().orders.isEmpty)
    }

    @Test(arguments: [
        (#"{"action": "disarm", "kinds": ["intrusion", "smoke"]}"#, 400, "smoke and flame cannot be disarmed together"),
        (#"{"action": "snooze"}"#, 400, "a snooze needs an end"),
        (#"{"action": "snooze", "minutes": -1}"#, 400, "'minutes' is not above 0"),
        (#"{"action": "snooze", "minutes": 1e300}"#, 400, "'minutes' is not above 0"),
        (#"{"action": "snooze", "until": "tomorrow"}"#, 400, "'until' is no instant"),
        (#"{"action": "snooze", "until": "2001-01-01T00:00:00Z"}"#, 400, "the order ends before it begins"),
        (#"{"action": "snooze", "minutes": 1, "until": "2101-01-01T00:00:00Z"}"#, 400, "both 'minutes' and 'until'"),
        (#"{"action": "disarm", "camera": "gat"}"#, 404, "there is no camera 'gat'"),
        (#"{"action": "disarm", "camera": "gate", "zone": "yrad"}"#, 404, "the camera 'gate' has no zone 'yrad'"),
        (#"{"action": "disarm", "zone": "yard"}"#, 400, "an order about a zone must name its camera"),
        (#"{"action": "disarm", "kind": "motion"}"#, 400, "the body is no JSON object of"),
        (#"{"action": "explode"}"#, 400, "the body is no JSON object of"),
        (#"{"action": "disarm", "note": "\u0007"}"#, 400, "the note is too long or holds control"),
        ("", 400, "the body is empty"),
    ])
    func whatMakesNoSenseIsRefusedWithAReason(body: String, status: Int, detail: String) async throws {
        let backend = populatedBackend()
        let answer = try await give(body, to: backend)
        #expect(answer.status.code == status)
        let problem = try json(answer)
        #expect((problem["detail"] as? String)?.hasPrefix(detail) == true, "\(problem)")
        #expect((problem["remedy"] as? String)?.isEmpty == false)
        #expect(await backend.standingOrders().orders.isEmpty)
    }

    @Test func decisionsComeInPagesWithTheirReasonInBothLanguages() async throws {
        let backend = populatedBackend()
        let first = try await get("/api/decisions?limit=2", from: backend)
        let page = try #require(first["decisions"] as? [[String: Any]])
        let next = try #require(first["next"] as? Int)
        #expect(page.compactMap { $0["id"] as? Int } == [4, 3] && next == 3)
        let words = try #require(page[0]["explanation"] as? [String: String])
        #expect(words["en"]?.isEmpty == false && words["vi"]?.isEmpty == false && words["en"] != words["vi"])
        let last = try await get("/api/decisions?limit=50&before=\(next)", from: backend)
        #expect((last["decisions"] as? [[String: Any]])?.compactMap { $0["id"] as? Int } == [2, 1, 0])
        #expect(last["next"] == nil)
        let gates = try await get("/api/decisions?camera=gate", from: backend)
        #expect((gates["decisions"] as? [[String: Any]])?.count == 3)
    }
}
