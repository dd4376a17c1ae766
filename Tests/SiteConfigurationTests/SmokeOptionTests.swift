import Domain
import Testing

@testable import SiteConfiguration

/// What is said of smoke, and of what is kept of it.
struct SmokeOptionTests {
    private func site(_ smoke: String, storage: String = "{}") throws -> SiteSettings {
        try SiteSettings.parse(
            "storage: \(storage)\ncameras: [{id: tower, source: x, detect: [smoke], smoke: \(smoke)}]",
            file: "site/streams.yaml", environment: [:])
    }

    @Test func aTimelapseGoesBackHalfAnHourUnlessToldOtherwise() throws {
        let usual = try site("{}").cameras[0].smoke
        #expect(usual.timelapseMinutes == 30 && usual.timelapseMegabytes == 24)
        let given = try site("{timelapseMinutes: 60, timelapseMegabytes: 12}").cameras[0].smoke
        #expect(given.timelapseMinutes == 60 && given.timelapseMegabytes == 12)
        #expect(usual.detail == .usual)
        let fine = try site("{regime: near, detail: fine}").cameras[0]
        #expect(fine.smoke.detail == .fine)
        // Another working size is another configuration to those who ask why something was found.
        #expect(fine.canonicalText != (try site("{regime: near}").cameras[0]).canonicalText)
        #expect(try site("{timelapseMinutes: 0}").cameras[0].smoke.timelapseMinutes == 0)
    }

    @Test func whatIsKeptToTrainOnHasABound() throws {
        #expect(try site("{}").storage.trainingGigabytes == 2)
        #expect(try site("{}", storage: "{trainingGigabytes: 0.5}").storage.trainingGigabytes == 0.5)
    }

    @Test func aSecondOpinionIsOffUnlessAModelIsNamed() throws {
        #expect(try site("{}").cameras[0].smoke.secondOpinion == nil)
        let usual = try #require(try site("{secondOpinion: {model: m.onnx}}").cameras[0].smoke.secondOpinion)
        #expect(usual.classifier.model == "site/m.onnx" && usual.classifier.labels == ["smoke"])
        #expect(usual.classifier.minimumConfidence == 0.2 && usual.barWithoutIt == 1.25)
        let given = try site(
            "{secondOpinion: {model: m.onnx, labels: [fire, Khói], minimumConfidence: 0.5, barWithoutIt: 1}}")
        let options = try #require(given.cameras[0].smoke.secondOpinion)
        #expect(options.classifier.labels == ["fire", "Khói"] && options.isSmoke("Khói") && !options.isSmoke("fire"))
        #expect(options.classifier.minimumConfidence == 0.5 && options.barWithoutIt == 1)
        // Decisions of another second opinion are told apart.
        let texts = try ["{}", "{secondOpinion: {model: m.onnx}}", "{secondOpinion: {model: n.onnx}}"].map {
            try site($0).cameras[0].canonicalText
        }
        #expect(Set(texts).count == 3)
    }

    @Test(arguments: [
        ("{secondOpinion: {}}", "'model' is missing"), ("{secondOpinion: {model: m, labels: [fog]}}", "is smoke"),
        ("{secondOpinion: {model: m, barWithoutIt: 2}}", "'barWithoutIt' must be"),
        ("{timelapseMinutes: 300}", "'timelapseMinutes' must be"),
        ("{timelapseMegabytes: 0}", "'timelapseMegabytes' must"),
        ("{timelapseMinute: 3}", "did you mean 'timelapseMinutes'?"),
    ])
    func whatIsWrongIsSaid(smoke: String, words: String) {
        let faults = #expect(throws: ConfigurationFaults.self) { _ = try site(smoke) }
        #expect(faults?.description.contains(words) == true, "\(faults?.description ?? "")")
    }
}
