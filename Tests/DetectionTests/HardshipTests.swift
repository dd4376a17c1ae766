import Foundation
import Testing

@Suite struct HardshipTests {
    @Test(arguments: [Hardship.rain, .lightSteps, .infrared])
    func peopleAreFoundAndNothingElse(_ hardship: Hardship) throws {
        let outcome = try hardship.outcome(width: 320, height: 180, seconds: 36)
        #expect(outcome.events > 0)
        #expect(outcome.found == outcome.events)
        #expect(outcome.falseEvents == 0)
    }

    /// Prints the table of `make score`.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] != nil))
    func table() throws {
        print("scene | people found | false events an hour | scene changes said")
        for hardship in Hardship.allCases {
            let outcome = try hardship.outcome()
            print(
                "\(hardship.rawValue) | \(outcome.found) of \(outcome.events) | "
                    + "\(Int(outcome.falsePerHour.rounded())) (\(outcome.falseEvents) in \(Int(outcome.seconds)) s) | "
                    + "\(outcome.sceneChanges)")
            #expect(outcome.found == outcome.events, "\(hardship.rawValue)")
        }
    }
}
