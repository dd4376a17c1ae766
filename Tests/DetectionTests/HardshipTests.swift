import Foundation
import Testing

@Suite struct HardshipTests {
    @Test(arguments: [Hardship.rain, .lightSteps, .infrared, .clouds, .dark, .grey])
    func peopleAreFoundAndNothingElse(_ hardship: Hardship) throws {
        let outcome = try hardship.outcome(width: 320, height: 180, seconds: 36)
        #expect(outcome.events > 0)
        #expect(outcome.found == outcome.events)
        #expect(outcome.falseEvents == 0)
    }

    /// Shadows of clouds and a lamp that stay are nothing that was left or taken.
    @Test(arguments: [UInt64(2), 7])
    func lightIsNoObject(seed: UInt64) throws {
        let outcome = try Hardship.cloudShadow.outcome(seconds: 66, seed: seed)
        #expect(outcome.objects == 0)
    }

    /// Prints the table of `make score`: the sums of three scenes each, with other people, clouds, lamps and drops.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["LOOKOUT_SOAK"] != nil))
    func table() throws {
        print("scene | people found | of their time | false events an hour | scene changes said")
        for hardship in Hardship.allCases {
            var sum = Hardship.Outcome()
            for seed in UInt64(1)...3 { sum.add(try hardship.outcome(seed: seed)) }
            print(
                "\(hardship.rawValue) | \(sum.found) of \(sum.events) | "
                    + "\(Int((100 * sum.seenShare).rounded())) % | "
                    + "\(Int(sum.falsePerHour.rounded())) (\(sum.falseEvents) in \(Int(sum.seconds)) s) | "
                    + "\(sum.sceneChanges)")
            #expect(sum.found == sum.events, "\(hardship.rawValue)")
            #expect(sum.falseEvents == 0, "\(hardship.rawValue)")
        }
    }
}
