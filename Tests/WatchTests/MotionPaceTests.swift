import Detection
import Domain
import Testing

@testable import Watch

/// While nothing moves fewer pictures are looked at; the first sign of something ends that.
struct MotionPaceTests {
    /// Capture times of the pictures that are looked at, of a stream of 20 pictures a second.
    private func looked(
        _ pace: inout MotionPace, seconds: Range<Int>, _ report: (Double) -> MotionReport
    ) -> [Double] {
        var usual = AnalysisSchedule(framesPerSecond: 10)
        return (seconds.lowerBound * 20..<seconds.upperBound * 20).compactMap { number in
            let time = MediaTime(seconds: Double(number) / 20)
            guard usual.isDue(at: time), pace.isDue(at: time) else { return nil }
            usual.analysed(at: time)
            pace.analysed(report(time.seconds), at: time)
            return time.seconds
        }
    }

    private let nothing = MotionReport(foregroundFraction: 0, gain: 1)
    private var something: MotionReport {
        var report = nothing
        report.candidates = [Box(x: 0.5, y: 0.5, width: 0.1, height: 0.1)]
        return report
    }

    @Test func aQuietSceneIsLookedAtLessOftenAndWakesAtOnce() {
        var pace = MotionPace(framesPerSecond: 10, quietFramesPerSecond: 5)
        let times = looked(&pace, seconds: 0..<20) { (12..<14).contains($0) ? something : nothing }
        func count(_ range: Range<Double>) -> Int { times.count { range.contains($0) } }
        #expect(count(0..<2) == 20)
        #expect(abs(count(3..<11) - 40) <= 1)
        // Seen at most a fifth of a second late, and from the next picture on as often as usual.
        let woken = times.first { $0 >= 12 } ?? 0
        #expect(woken < 12.21)
        #expect(count(woken..<woken + 1) == 10)
        #expect(abs(count(17..<20) - 15) <= 1)
    }

    @Test func learningAndInterruptionsAreNoQuiet() {
        var pace = MotionPace(framesPerSecond: 10, quietFramesPerSecond: 5)
        #expect(looked(&pace, seconds: 0..<5) { _ in MotionReport(learning: .start) }.count == 50)
        _ = looked(&pace, seconds: 5..<8) { _ in nothing }
        #expect(pace.schedule != nil)
        pace.interrupted()
        #expect(pace.schedule == nil)
    }

    @Test func whoAsksForNoDifferenceGetsNone() {
        var pace = MotionPace(framesPerSecond: 4, quietFramesPerSecond: 5)
        var usual = AnalysisSchedule(framesPerSecond: 4)
        for number in 0..<100 {
            let time = MediaTime(seconds: Double(number) / 4)
            #expect(usual.isDue(at: time) && pace.isDue(at: time))
            usual.analysed(at: time)
            pace.analysed(nothing, at: time)
        }
        #expect(pace.schedule == nil)
    }
}
