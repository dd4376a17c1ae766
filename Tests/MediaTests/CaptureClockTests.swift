import Domain
import Testing

@testable import Media

/// A camera and a network in virtual time.
private struct Simulation {
    var clock = CaptureClock()
    /// Between the true capture and what the clock says, in seconds.
    var errors: [Double] = []
    var uncertainties: [Double] = []
    var times: [Int64] = []
    private var random = SplitMix(state: 7)
    let wallOrigin: Int64 = 1_700_000_000_000_000

    /// Frames `range` at `rate`, with each frame's stamp (microseconds) and extra delay and wall step given by closures.
    mutating func run(
        _ range: Range<Int>, rate: Double = 10, jitter: Double = 0.02, stamp: (Int, Double) -> Int64?,
        extraDelay: (Int) -> Double = { _ in 0 }, wallStep: (Int) -> Int64 = { _ in 0 }
    ) {
        for frame in range {
            let captured = Double(frame) / rate
            let delay = 0.03 + jitter * random.next() + extraDelay(frame)
            let arrival = Int64((captured + delay) * 1_000_000)
            let result = clock.captureTime(
                stamp: stamp(frame, captured), arrival: .microseconds(arrival),
                wall: MediaTime(microseconds: wallOrigin + arrival + wallStep(frame)))
            let truth = Double(wallOrigin) + captured * 1_000_000
            errors.append((Double(result.time.microseconds) - truth) / 1_000_000)
            uncertainties.append(result.uncertainty.inSeconds)
            times.append(result.time.microseconds)
        }
    }

    var isMonotone: Bool { zip(times, times.dropFirst()).allSatisfy { $0 < $1 } }
}

private struct SplitMix {
    var state: UInt64

    mutating func next() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((z ^ z >> 31) >> 11) / 9_007_199_254_740_992
    }
}

private func micro(_ seconds: Double) -> Int64 { Int64((seconds * 1_000_000).rounded()) }

@Suite struct CaptureClockTests {
    @Test func spacingIsThatOfTheStampsNotOfTheArrivals() {
        var run = Simulation()
        run.run(0..<600, jitter: 0.08, stamp: { _, time in micro(time) })
        #expect(run.isMonotone)
        // Once settled: 100 ms apart to within a millisecond, although arrivals scatter over 80 ms.
        for index in 200..<599 { #expect(abs(run.times[index + 1] - run.times[index] - 100_000) < 1_000) }
        // The smallest delay (30 ms) cannot be told from capture; jitter must not add to it.
        for error in run.errors[200...] { #expect(error > 0 && error < 0.045) }
        #expect(run.clock.anchorCount == 0)
    }

    @Test func truthLiesWithinTheStatedUncertainty() {
        var run = Simulation()
        run.run(0..<600, jitter: 0.05, stamp: { _, time in micro(time * 1.0001) })
        for index in run.errors.indices { #expect(abs(run.errors[index]) <= run.uncertainties[index]) }
        #expect(run.uncertainties[500] < 0.15)
    }

    @Test(arguments: [-0.0003, 0.0003]) func driftIsFollowed(drift: Double) {
        var run = Simulation()
        run.run(0..<36_000, stamp: { _, time in micro(time * (1 + drift)) })
        #expect(run.isMonotone)
        for error in run.errors[300...] { #expect(abs(error) < 0.06) }
        #expect(run.clock.anchorCount == 0)
    }

    @Test func bufferedFirstPacketsSettle() {
        var run = Simulation()
        // The first twenty frames arrive at once, two seconds late.
        run.run(0..<200, stamp: { _, time in micro(time) }, extraDelay: { $0 < 20 ? 2 - Double($0) / 10 : 0 })
        #expect(run.isMonotone)
        for error in run.errors[60...] { #expect(abs(error) < 0.06) }
        #expect(run.clock.anchorCount == 0)
    }

    @Test(
        arguments: [
            ("a jump ahead", 5_000_000_000), ("a jump back", -5_000_000_000), ("a small jump back", -700_000),
            ("a 32-bit wrap", -Int64(1) << 32 * 100 / 9),
        ] as [(String, Int64)])
    func jumpsAreBridged(name: String, jump: Int64) {
        var run = Simulation()
        run.run(0..<600, stamp: { frame, time in micro(time) + (frame >= 300 ? jump : 0) })
        #expect(run.isMonotone, "\(name)")
        for error in run.errors[100...] { #expect(abs(error) < 0.08, "\(name)") }
        #expect(run.clock.anchorCount == 1, "\(name)")
    }

    @Test func repeatedAndMissingStampsFallBackToArrivals() {
        var run = Simulation()
        run.run(0..<200, stamp: { _, _ in 42 })
        run.run(200..<400, stamp: { _, _ in nil })
        #expect(run.isMonotone)
        for error in run.errors[50...] { #expect(abs(error) < 0.1) }
    }

    @Test func extremeStampsDoNotTrap() {
        var run = Simulation()
        let stamps: [Int64] = [.max, .min, 0, .max, -1, .min, .min, 1, .max]
        run.run(0..<900, stamp: { frame, _ in stamps[frame % stamps.count] })
        #expect(run.isMonotone)
        for error in run.errors[100...] { #expect(abs(error) < 0.2) }
    }

    @Test func stallOfTheNetworkIsNotAStallOfTheScene() {
        var run = Simulation()
        // Four seconds of frames are held up and then come in one go.
        run.run(
            0..<600, stamp: { _, time in micro(time) },
            extraDelay: { (300..<340).contains($0) ? 4 - Double($0 - 300) / 10 : 0 })
        #expect(run.isMonotone)
        for error in run.errors[100...] { #expect(abs(error) < 0.06) }
    }

    @Test func cameraThatPausesItsClockIsCaughtUp() {
        var run = Simulation()
        run.run(0..<300, stamp: { _, time in micro(time) })
        // A minute passes that the camera's clock does not count.
        run.run(900..<1500, stamp: { _, time in micro(time - 60) })
        #expect(run.isMonotone)
        for error in run.errors.suffix(300) { #expect(abs(error) < 0.1) }
        // While it is off, it says so.
        for index in run.errors.indices { #expect(abs(run.errors[index]) <= run.uncertainties[index]) }
    }

    @Test(arguments: [3_600_000_000, -3_600_000_000] as [Int64]) func wallClockThatIsSetMakesNoStep(step: Int64) {
        var run = Simulation()
        run.run(0..<600, stamp: { _, time in micro(time) }, wallStep: { $0 >= 300 ? step : 0 })
        #expect(run.isMonotone)
        for (a, b) in zip(run.times[200...], run.times[201...]) { #expect(abs(b - a - 100_000) < 2_000) }
        // How far the wall clock is away now is part of what is stated.
        #expect(run.uncertainties[599] > 3_500)
    }

    @Test(
        arguments: [
            (3_600_000_000, 300, true), (-3_600_000_000, 300, true), (1_500_000, 300, false),
            // Back again after two seconds: whoever corrects a clock twice has set none.
            (3_600_000_000, 20, false), (0, 300, false),
        ] as [(Int64, Int, Bool)])
    func aWallClockThatIsSetIsTold(step: Int64, frames: Int, isTold: Bool) {
        var clock = CaptureClock()
        var told: [Int] = []
        for frame in 0..<600 {
            let arrival = Int64(frame) * 100_000
            let away = (300..<300 + frames).contains(frame) ? step : 0
            _ = clock.captureTime(
                stamp: arrival, arrival: .microseconds(arrival),
                wall: MediaTime(microseconds: 1_700_000_000_000_000 + arrival + away))
            if clock.isWallSet { told.append(frame) }
        }
        #expect(told == (isTold ? Array(350..<600) : []))
    }

    @Test func reorderedPicturesKeepTheirOwnTimes() {
        var clock = CaptureClock(reorderTolerance: .milliseconds(500))
        var shown: [(stamp: Int64, time: Int64)] = []
        // I P B B P B B …: the order of decoding.
        var order: [Int] = [0]
        for group in 0..<200 { order += [3 * group + 3, 3 * group + 1, 3 * group + 2] }
        for (sent, frame) in order.enumerated() {
            let result = clock.captureTime(
                stamp: Int64(frame) * 40_000, arrival: .microseconds(Int64(sent) * 40_000 + 100_000),
                wall: MediaTime(microseconds: Int64(sent) * 40_000 + 100_000))
            shown.append((Int64(frame), result.time.microseconds))
        }
        shown.sort { $0.stamp < $1.stamp }
        for (a, b) in zip(shown[200...], shown[201...]) { #expect(abs(b.time - a.time - 40_000) < 1_000) }
        #expect(clock.anchorCount == 0)
    }
}

@Suite struct RecordedTimelineTests {
    @Test func startsAtZeroAndIsExact() {
        var timeline = RecordedTimeline(start: 1_234_567, frameMicroseconds: 33_367)
        #expect(
            [1_234_567, 1_267_933, 1_301_300].map { timeline.captureTime(stamp: $0).time.microseconds } == [
                0, 33_366, 66_733,
            ])
    }

    @Test func aGapStaysAGapAndAJumpBackIsBridged() {
        var timeline = RecordedTimeline(start: nil, frameMicroseconds: 100_000)
        let stamps: [Int64?] = [500_000, 600_000, 90_600_000, 90_700_000, 100_000, 200_000, nil]
        let times = stamps.map { timeline.captureTime(stamp: $0).time.microseconds }
        #expect(times == [0, 100_000, 90_100_000, 90_200_000, 90_300_000, 90_400_000, 90_500_000])
        #expect(timeline.jumpCount == 1)
    }
}

@Suite struct PresentationTimesTests {
    private func time(_ microseconds: Int64) -> CaptureTime {
        CaptureTime(time: MediaTime(microseconds: microseconds), uncertainty: .zero)
    }

    @Test func decodingTimesAreSortedIntoTheOrderOfShowing() {
        var times = PresentationTimes()
        // I0 P3 B1 B2 | I4 in decoding order, stamped 0, 10, 20, 30, 40.
        let tickets = (0..<5).map { times.enter(time(Int64($0) * 10), isTimedInDecodingOrder: true) }
        let shown = [0, 2, 3, 1, 4].map {
            times.leave(tickets[$0], isKeyframe: $0 == 0 || $0 == 4).time.microseconds
        }
        #expect(shown == [0, 10, 20, 30, 40])
        #expect(times.lostCount == 0)
    }

    @Test func aKeyframeHealsWhatALostPictureShifted() {
        var times = PresentationTimes()
        let tickets = (0..<6).map { times.enter(time(Int64($0) * 10), isTimedInDecodingOrder: true) }
        // The picture of packet 1 never comes.
        let shown = [0, 2, 3, 4].map { times.leave(tickets[$0], isKeyframe: $0 == 0 || $0 == 4).time.microseconds }
        #expect(shown == [0, 10, 20, 40])
        #expect(times.lostCount == 1)
    }

    @Test func neverTwoPicturesAtOneTime() {
        var times = PresentationTimes()
        let tickets = [50, 50, 20].map { times.enter(time($0), isTimedInDecodingOrder: false) }
        #expect(tickets.map { times.leave($0, isKeyframe: false).time.microseconds } == [50, 51, 52])
        #expect(times.leave(999, isKeyframe: false).time.microseconds == 53)
    }
}
