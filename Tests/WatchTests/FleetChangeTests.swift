import Domain
import SiteConfiguration
import Testing

@testable import Watch

struct FleetChangeTests {
    private func cameras(_ lines: String...) throws -> [CameraSettings] {
        let text =
            "site: { name: Test, timezone: Asia/Ho_Chi_Minh }\ncameras:\n"
            + lines.map { "  - { id: \($0) }\n" }.joined()
        return try SiteSettings.parse(text, file: "streams.yaml", environment: [:]).cameras
    }

    @Test func eachCameraIsNewGoneChangedOrUntouched() throws {
        let old = try cameras("gate, source: a.mp4", "ridge, source: b.mp4", "pier, source: c.mp4")
        let new = try cameras("pier, source: c.mp4", "gate, source: a.mp4, detect: [smoke]", "dam, source: d.mp4")
        let change = FleetChange(from: old, to: new)
        #expect(change.added.map(\.rawValue) == ["dam"])
        #expect(change.removed.map(\.rawValue) == ["ridge"])
        #expect(change.changed.map(\.rawValue) == ["gate"])
        #expect(change.unchanged.map(\.rawValue) == ["pier"])
    }

    @Test func anotherOrderTouchesNoCamera() throws {
        let old = try cameras("gate, source: a.mp4", "ridge, source: b.mp4")
        let change = FleetChange(from: old, to: old.reversed())
        #expect(change.unchanged.map(\.rawValue) == ["ridge", "gate"])
        #expect(change.added + change.removed + change.changed == [])
    }
}
