import Domain
import Foundation
import SiteConfiguration
import Testing

/// The files beside the sources that come from the schema, and the shipped sample.
struct PublishedFilesTests {
    @Test func theSampleParses() throws {
        let path = packageRoot.appendingPathComponent("streams.yaml").path
        let settings = try SiteSettings.load(path: path, environment: [:])
        #expect(settings.cameras.map(\.id) == [CameraID("gate"), CameraID("hillside")])
        #expect(settings.cameras.map(\.name) == ["Cổng chính", "Sườn đồi"])
        #expect(settings.cameras[0].source.revealed == "rtsp://127.0.0.1:8554/gate")
        #expect(settings.cameras[1].source.revealed == "rtsp://127.0.0.1:8554/hillside")
        #expect(settings.cameras.map(\.detect) == [[.motion], [.motion, .smoke]])
        #expect(settings.cameras.allSatisfy { $0.isEnabled && !$0.rules.isEmpty })
        #expect(settings.storage.directory == packageRoot.path + "/data")
        #expect(settings.center.listen.description == "127.0.0.1:8080")
        #expect(settings.site.timeZone.identifier == "Asia/Ho_Chi_Minh")
    }

    @Test func theExampleOfTheReferenceParses() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path + "/secrets", withIntermediateDirectories: true)
        try folder.write("rtsp://viewer:p@ss:w/rd%40@10.0.0.6/main\n", to: "secrets/back-address")
        let text = try #require(
            SiteSettings.reference.split(separator: "```yaml\n").last?.split(separator: "```").first)
        let path = try folder.write(String(text), to: "streams.yaml")
        let settings = try SiteSettings.load(
            path: path, environment: ["DUTY_TOKEN": "0123456789abcdef", "GATE_PASSWORD": "p@ss:w/rd%40"])
        #expect(settings.cameras.map(\.id.rawValue) == ["gate", "back"])
        #expect(settings.cameras.allSatisfy { $0.source.revealed.contains("viewer:p%40ss%3Aw%2Frd%2540@10.0.0.") })
        #expect(settings.cameras[0].rules.map(\.name) == settings.cameras[1].rules.map(\.name))
        #expect(settings.cameras[0].rules[1].zone != settings.cameras[1].rules[1].zone)
    }

    /// With LOOKOUT_WRITE_GENERATED=1 the files are written, else compared.
    @Test(arguments: ["streams.schema.json", "docs/configuration.md"])
    func filesAreAsGenerated(name: String) throws {
        let text = name.hasSuffix(".json") ? SiteSettings.jsonSchema : SiteSettings.reference
        let url = packageRoot.appendingPathComponent(name)
        if ProcessInfo.processInfo.environment["LOOKOUT_WRITE_GENERATED"] == "1" {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        }
        let published = try String(contentsOf: url, encoding: .utf8)
        let isCurrent = published == text
        #expect(isCurrent, "Run the tests with LOOKOUT_WRITE_GENERATED=1 and commit \(name)")
    }
}
