import Detection
import Domain
import Media
import SiteConfiguration
import Testing

@testable import Watch

/// What is passed over is what the detectors would not have looked at.
struct DecodeOutlookTests {
    /// Capture times in the order of decoding: groups of four pictures, of which the first in decoding order is taken
    /// last, and the odd ones are disposable.
    private static func packets(framesPerSecond: Int, groups: Int) -> [(time: MediaTime, isDisposable: Bool)] {
        let interval = 1_000_000 / framesPerSecond
        let order =
            [(0, false)]
            + (0..<groups).flatMap { group in
                [(4, false), (2, false), (1, true), (3, true)].map { ($0.0 + 4 * group, $0.1) }
            }
        return order.map { (MediaTime(microseconds: Int64($0.0 * interval)), $0.1) }
    }

    /// The times that the detectors look at when pictures come out in order, each two pictures after it went in.
    private func analysed(
        _ packets: [(time: MediaTime, isDisposable: Bool)], rates: [Double], passesOver: Bool
    ) -> (times: [[MediaTime]], decoded: Int) {
        var schedules = rates.map { AnalysisSchedule(framesPerSecond: $0) }
        var seen = [[MediaTime]](repeating: [], count: rates.count)
        var outlook = DecodeOutlook()
        var inDecoder: [MediaTime] = []
        var decoded = 0
        func show(_ time: MediaTime) {
            outlook.leaves(time)
            for index in schedules.indices where schedules[index].isDue(at: time) {
                schedules[index].analysed(at: time)
                seen[index].append(time)
            }
        }
        for packet in packets {
            if passesOver, packet.isDisposable, !outlook.isAwaited(packet.time, by: schedules) { continue }
            outlook.enters(packet.time)
            decoded += 1
            inDecoder = (inDecoder + [packet.time]).sorted()
            if inDecoder.count > 2 { show(inDecoder.removeFirst()) }
        }
        for time in inDecoder { show(time) }
        return (seen, decoded)
    }

    @Test(arguments: [12, 15, 25, 30, 50], [[10.0], [5], [2], [10, 2], [10, 2, 12.5], [1000]])
    func theDetectorsSeeTheSamePictures(framesPerSecond: Int, rates: [Double]) {
        let packets = Self.packets(framesPerSecond: framesPerSecond, groups: 100)
        let all = analysed(packets, rates: rates, passesOver: false)
        let fewer = analysed(packets, rates: rates, passesOver: true)
        #expect(fewer.times == all.times)
        #expect(all.decoded == packets.count)
        // Of half the pictures, which may be passed over, most are.
        if framesPerSecond == 25, rates == [5] { #expect(Double(fewer.decoded) < 0.65 * Double(all.decoded)) }
        if rates == [1000] { #expect(fewer.decoded == all.decoded) }
    }

    /// A tower that is looked at every 30 seconds, and shows every ten that it still sees.
    @Test func keyframesThatNobodyLooksAtAreLeftOut() {
        var outlook = DecodeOutlook(.keyframes)
        var schedule = AnalysisSchedule(framesPerSecond: 1.0 / 30)
        var decoded: [Int] = []
        for second in 0..<120 {
            let time = MediaTime(seconds: Double(second))
            guard let packet = Self.packet(at: time, isKeyframe: second % 2 == 0),
                outlook.admits(packet, at: time, for: [schedule])
            else { continue }
            outlook.leaves(time)
            decoded.append(second)
            if schedule.isDue(at: time) { schedule.analysed(at: time) }
        }
        #expect(decoded.count == 13 && decoded.allSatisfy { $0 % 2 == 0 }, "\(decoded)")
        let now = MediaTime(seconds: 122)
        for isAskedFor in [false, true] {
            guard let packet = Self.packet(at: now, isKeyframe: true) else { continue }
            let isAdmitted = outlook.admits(packet, at: now, for: [schedule], isAskedFor: isAskedFor)
            #expect(isAdmitted == isAskedFor, "\(decoded)")
        }
    }

    private static func packet(at time: MediaTime, isKeyframe: Bool) -> Packet? {
        Packet(bytes: [1], captureTime: CaptureTime(time: time, uncertainty: .zero), isKeyframe: isKeyframe)
    }

    @Test func aClockThatGoesBackIsDecoded() {
        var schedule = AnalysisSchedule(framesPerSecond: 1)
        schedule.analysed(at: MediaTime(seconds: 100))
        #expect(DecodeOutlook().isAwaited(MediaTime(seconds: 5), by: [schedule]))
        #expect(!DecodeOutlook().isAwaited(MediaTime(seconds: 100.1), by: [schedule]))
    }
}
