import Detection
import Domain
import Testing

@Suite struct AnalysisScheduleTests {
    /// The capture times of the pictures that are analysed, in seconds.
    private static func analysed(rate: Double, source: Double, seconds: Double, jitter: Double = 0) -> [Double] {
        var scene = NoisyScene(width: 32, height: 32, noise: 0)
        scene.render()
        var detector = MotionDetector(settings: MotionSettings(framesPerSecond: rate))
        var random = Xorshift(state: 99)
        var times: [Double] = []
        for n in 0..<Int(seconds * source) {
            let shift = (Double(random.next() >> 40) / 16_777_216 - 0.5) * 2 * jitter
            let time = 100 + Double(n) / source + shift
            guard detector.isDue(at: MediaTime(seconds: time)) else { continue }
            _ = scene.analyse(with: &detector, at: time)
            times.append(time)
        }
        return times
    }

    @Test func eachThirdOfThirtyPicturesASecond() {
        let times = Self.analysed(rate: 10, source: 30, seconds: 20)
        // The second picture may come early by less than half an interval; from then on the spacing is even.
        #expect((200...201).contains(times.count))
        let gaps = zip(times.dropFirst(2), times.dropFirst()).map { $0 - $1 }
        #expect(gaps.allSatisfy { abs($0 - 0.1) < 0.001 })
    }

    @Test(arguments: [12.0, 15, 24, 25, 29.97, 30, 50, 60])
    func neverMoreThanTheRate(source: Double) {
        for jitter in [0, 0.2 / source] {
            let count = Self.analysed(rate: 10, source: source, seconds: 60, jitter: jitter).count
            #expect((590...601).contains(count), "\(count) of 600 with jitter \(jitter)")
        }
    }

    @Test(arguments: [1.0, 5, 10])
    func allOfAStreamAtTheRateOrBelowIt(source: Double) {
        for jitter in [0, 0.2 / source] {
            let count = Self.analysed(rate: 10, source: source, seconds: 60, jitter: jitter).count
            #expect(count >= Int(source * 60) - 1)
        }
    }

    @Test func aClockThatGoesBackGoesOn() {
        var scene = NoisyScene(width: 32, height: 32, noise: 0)
        scene.render()
        var detector = MotionDetector(settings: MotionSettings())
        _ = scene.analyse(with: &detector, at: 1000)
        let due = [1000.02, 10].map { MediaTime(seconds: $0) }
        let beforeJump = (detector.isDue(at: due[0]), detector.isDue(at: due[1]))
        #expect(beforeJump == (false, true))
        _ = scene.analyse(with: &detector, at: 10)
        let later = [10.02, 10.1, 5000].map { MediaTime(seconds: $0) }
        let afterJump = (detector.isDue(at: later[0]), detector.isDue(at: later[1]), detector.isDue(at: later[2]))
        #expect(afterJump == (false, true, true))
    }
}
