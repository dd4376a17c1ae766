import Domain
import Testing

@testable import SiteConfiguration

@Suite struct ClassifyTests {
    private func camera(_ keys: String) throws -> CameraSettings {
        try SiteSettings.parse(
            "cameras: [{id: gate, source: x\(keys)}]", file: "site/streams.yaml", environment: [:]
        ).cameras[0]
    }

    @Test func itIsOffUnlessAModelIsNamed() throws {
        #expect(try camera("").classify == nil)
        #expect(try camera("").rules.allSatisfy(\.objects.isEmpty))
    }

    @Test func pathsStartAtTheFoldersFile() throws {
        let given = try camera(", classify: {model: m.onnx, labels: [a, b], cropsPerSecond: 2}, objects: [person]")
        let options = try #require(given.classify)
        #expect(options.model == "site/m.onnx")
        #expect(options.labels == ["a", "b"])
        #expect(options.cropsPerSecond == 2)
        #expect(options.minimumConfidence == 0.3)
        #expect(options.line == 1)
        #expect(given.rules.map(\.objects) == [[.person], []])
    }

    @Test func aRuleMayAskForOtherObjectsThanItsCamera() throws {
        let given = try camera(
            """
            , classify: {model: m.onnx}, objects: [vehicle], rules: [{kind: motion}, {kind: scene-change}, \
            {kind: speed, heightsPerSecond: 1, objects: [person, animal]}, {kind: motion, name: all, objects: []}]
            """)
        #expect(given.rules.map(\.objects) == [[.vehicle], [], [.person, .animal], []])
    }

    @Test(arguments: [
        (", objects: [person]", "'objects' needs a classifier"), (", classify: {}", "'model' is missing"),
        (", rules: [{kind: motion, objects: [person]}]", "'objects' needs a classifier"),
        (
            ", classify: {model: m.onnx}, rules: [{kind: scene-change, objects: [person]}]",
            "'objects' says nothing to a rule of kind 'scene-change'"
        ),
        (", classify: {model: m.onnx}, objects: [persons]", "did you mean 'person'?"),
        (", classify: {model: m.onnx, minimumConfidence: 2}", "'minimumConfidence' must be"),
    ])
    func whatIsWrongIsSaid(keys: String, words: String) {
        let faults = #expect(throws: ConfigurationFaults.self) { _ = try camera(keys) }
        #expect(faults?.faults.count == 1, "\(faults?.description ?? "")")
        #expect(faults?.description.contains(words) == true, "\(faults?.description ?? "")")
    }
}
