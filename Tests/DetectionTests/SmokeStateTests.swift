import Domain
import PixelKernels
import Testing

@testable import Detection

/// A detector that is stopped and started again goes on as if nothing had been.
@Suite struct SmokeStateTests {
    private static let step = 60.0

    private func detector(hashes: [String] = ["one"]) throws -> SmokeDetector {
        var model = try SmokeDetectorTests.simpleModel()
        model.hashes = hashes
        return SmokeDetector(settings: SmokeSettings(regime: .tower), model: model)
    }

    private static func time(_ step: Int) -> MediaTime { MediaTime(seconds: Double(step) * Self.step) }

    private func look(_ detector: inout SmokeDetector, at steps: Range<Int>) -> [SmokeReport] {
        steps.map { step in
            SmokeScene.picture(step, plume: true).withView { detector.analyse($0, at: Self.time(step)) }
        }
    }

    @Test(arguments: [1, 4, 5, 9, 13, 17, 40])
    func afterARestartTheReportsAreTheSame(stop: Int) throws {
        var unbroken = try detector()
        let expected = look(&unbroken, at: 0..<stop + 12)
        var first = try detector()
        _ = look(&first, at: 0..<stop)
        let saved = first.savedState()
        let state = try #require(saved)
        var second = try detector()
        try second.restore(state, at: Self.time(stop))
        #expect(look(&second, at: stop..<stop + 12) == Array(expected[stop...]))
        // The plume begins on picture 12.
        if stop == 13 { #expect(expected[stop...].prefix(6).contains { !$0.observations.isEmpty }) }
    }

    @Test func withoutTheStateItWouldStillBeLearning() throws {
        var anew = try detector()
        let reports = look(&anew, at: 13..<19)
        #expect(reports.allSatisfy { $0.isLearning && $0.observations.isEmpty })
    }

    @Test func aDetectorThatHasSeenNothingHasNoState() throws {
        let detector = try detector()
        let state = detector.savedState()
        #expect(state == nil)
    }

    private func fault(_ state: [UInt8], _ hashes: [String] = ["one"], at step: Int = 16) throws -> String? {
        var detector = try detector(hashes: hashes)
        do throws(SmokeStateError) {
            try detector.restore(state, at: Self.time(step))
            return nil
        } catch {
            let trace = detector.savedState()
            #expect(trace == nil, "a state that is refused leaves no trace")
            return error.problem
        }
    }

    @Test func whatDoesNotFitIsRefused() throws {
        var first = try detector()
        _ = look(&first, at: 0..<15)
        let saved = first.savedState()
        let state = try #require(saved)
        #expect(try fault(state) == nil)
        #expect(try fault(state, ["two"])?.contains("other models") == true)
        #expect(try fault(state, at: 14 + 41)?.contains("older than 40 minutes") == true)
        #expect(try fault(state, at: 2)?.contains("later than the clock") == true)
        #expect(try fault([9] + state.dropFirst())?.contains("another version") == true)
        #expect(try fault(state + [0])?.contains("cut short or changed") == true)
        for count in [0, 7, 8, 30, state.count / 2, state.count - 1] {
            #expect(try fault(Array(state.prefix(count)))?.contains("cut short") == true, "\(count) bytes")
        }
    }

    @Test func whateverTheBytesAreNothingCrashes() throws {
        var first = try detector()
        _ = look(&first, at: 0..<8)
        let saved = first.savedState()
        let state = try #require(saved)
        var random = SplitMix(state: 4)
        for _ in 0..<60 {
            var changed = state
            // The numbers that say how much follows stand at the front and behind the pixels.
            let reach = Bool.random(using: &random) ? 700 : state.count
            for _ in 0..<3 {
                changed[Int.random(in: 0..<reach, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var detector = try detector()
            try? detector.restore(changed, at: Self.time(9))
            _ = look(&detector, at: 9..<11)
        }
    }
}
