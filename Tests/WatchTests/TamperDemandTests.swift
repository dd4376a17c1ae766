import Domain
import SiteConfiguration
import Testing

@testable import Watch

/// Looking for tampering must not make anybody decode more.
@Suite struct TamperDemandTests {
    private func schedules(_ camera: String) throws -> Int {
        let site = try SiteSettings.parse(
            "cameras: [{id: gate, source: a.mp4, \(camera)}]", file: "test", environment: [:])
        return CameraPipeline(for: site.cameras[0], of: site).schedules.count
    }

    @Test func itAsksForNoPictureThatNobodyElseWants() throws {
        #expect(try schedules("detect: [motion]") == 1 && schedules("detect: [motion], tamper: false") == 1)
        #expect(try schedules("detect: [], tamper: true") == 1 && schedules("detect: []") == 0)
    }
}
