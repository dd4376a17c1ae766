import Domain
import Testing

@testable import Media

struct PacketRingTests {
    /// Packets ten to the second, a keyframe each second.
    private final class Camera {
        let ring: PacketRing
        let stream: PacketRing.Stream
        var sent = 0

        init(_ limits: PacketRing.Limits) throws {
            ring = PacketRing(limits: limits)
            stream = try Camera.stream()
        }

        static func stream() throws -> PacketRing.Stream {
            let folder = try Scratch()
            let clip = try folder.clip("a.mp4", "-f", "lavfi", "-i", "testsrc=d=0.2:s=64x48", "-c:v", "libx264")
            let demuxer = try Demuxer(opening: SourceAddress(clip), stop: StopFlag(), clock: SystemTime())
            return PacketRing.Stream(parameters: demuxer.info.parameters)
        }

        func send(_ count: Int, bytes: Int = 100, groupOf: Int = 10, wallOffset: Duration = .zero) throws {
            for _ in 0..<count {
                let arrival = Duration.milliseconds(100 * sent)
                let time = MediaTime.zero + arrival + wallOffset
                ring.append(try packet(time, bytes, isKeyframe: sent % groupOf == 0), of: stream, arrival: arrival)
                sent += 1
            }
        }
    }

    private static func times(_ reader: inout PacketRing.Reader) -> [Int64] {
        var times: [Int64] = []
        while let item = reader.read() { times.append(item.time.microseconds / 100_000) }
        return times
    }

    @Test func keepsWholeGroupsForAsLongAsItWasAsked() throws {
        let camera = try Camera(.init(duration: .seconds(3)))
        try camera.send(100)
        // The newest is 9.9 s old news; 3 s before it lies in the group that began at 6.
        var reader = camera.ring.reader(from: .zero)
        #expect(Self.times(&reader) == Array(60...99))
        #expect(camera.ring.overflows == 0)
    }

    @Test func aReaderBeginsWithTheKeyframeBefore() throws {
        let camera = try Camera(.init(duration: .seconds(5)))
        try camera.send(60)
        var reader = camera.ring.reader(from: MediaTime(seconds: 3.45))
        #expect(Self.times(&reader).first == 30)
        try camera.send(3)
        #expect(Self.times(&reader) == [60, 61, 62])
        #expect(Self.times(&reader).isEmpty)
    }

    @Test func whatAReaderStillNeedsIsKept() throws {
        let camera = try Camera(.init(duration: .seconds(2)))
        try camera.send(20)
        var reader = camera.ring.reader(from: .zero)
        try camera.send(200)
        #expect(Self.times(&reader) == Array(0...219))
        try camera.send(10)
        #expect(camera.ring.duration < .seconds(4))
    }

    @Test func aReaderThatFallsBehindIsToldWhatItLost() throws {
        let camera = try Camera(.init(duration: .seconds(2), longestDuration: .seconds(5)))
        try camera.send(20)
        var reader = camera.ring.reader(from: .zero)
        try camera.send(200)
        let first = reader.read()
        switch first {
        case .some(let item):
            #expect(item.lost > 0 && item.packet.isKeyframe)
            #expect(Int64(item.lost) == item.time.microseconds / 100_000)
        case .none: Issue.record("the reader got nothing")
        }
        #expect(camera.ring.duration <= .seconds(5))
        #expect(camera.ring.overflows > 0)
    }

    @Test func neverHoldsMoreBytesThanAllowed() throws {
        let camera = try Camera(.init(duration: .seconds(60), bytes: 5_000))
        for _ in 0..<40 {
            try camera.send(7)
            #expect(camera.ring.byteCount <= 5_000)
        }
        // A group that alone is larger is not kept, and the ring begins again with the next keyframe.
        let large = try Camera(.init(duration: .seconds(60), bytes: 5_000))
        try large.send(95, groupOf: 80)
        #expect(large.ring.byteCount <= 5_000)
        var reader = large.ring.reader(from: .zero)
        #expect(Self.times(&reader) == Array(80...94))
    }

    @Test func aWallClockThatIsSetChangesNoAge() throws {
        let camera = try Camera(.init(duration: .seconds(3)))
        try camera.send(30)
        try camera.send(10, wallOffset: .seconds(-7_200))
        try camera.send(10, wallOffset: .seconds(7_200))
        #expect(camera.ring.duration >= .seconds(3) && camera.ring.duration < .seconds(5))
    }

    @Test func aNewStreamBeginsWithAKeyframe() throws {
        let camera = try Camera(.init(duration: .seconds(30)))
        try camera.send(25)
        let next = try Camera.stream()
        for index in 0..<10 {
            let time = MediaTime(seconds: 3 + Double(index) / 10)
            camera.ring.append(
                try packet(time, 1, isKeyframe: index == 4), of: next, arrival: .milliseconds(3_000 + 100 * index))
        }
        var reader = camera.ring.reader(from: .zero)
        var numbers: [Int64] = []
        while let item = reader.read() {
            if item.stream === next { numbers.append(item.time.microseconds / 100_000) }
        }
        #expect(numbers == Array(34...39))
    }
}

private struct NoMemory: Error {}

private func packet(_ time: MediaTime, _ bytes: Int, isKeyframe: Bool) throws -> Packet {
    guard
        let packet = Packet(
            bytes: [UInt8](repeating: 1, count: bytes), captureTime: CaptureTime(time: time, uncertainty: .zero),
            isKeyframe: isKeyframe)
    else { throw NoMemory() }
    return packet
}

struct ClipTimingTests {
    @Test(arguments: [0, 1, 2, 3])
    func decodingTimesRiseAndNeverFollowPresentation(depth: Int) {
        // Groups as encoders make them: a keyframe, then for each run of pictures the one that is shown last is sent first.
        var sent: [Int64] = [0]
        for group in 0..<20 {
            let start = Int64(group * (depth + 1)) + 1
            sent.append(start + Int64(depth))
            sent += (0..<Int64(depth)).map { start + $0 }
        }
        var timing = ClipTiming(depth: depth, interval: 100)
        let stamps = sent.map { timing.stamps(presentation: $0 * 100) }
        #expect(stamps.first?.decoding == 0)
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.decoding < $1.decoding })
        #expect(stamps.allSatisfy { $0.decoding <= $0.presentation })
        // The distances between pictures stay as they were.
        #expect(zip(sent, stamps).allSatisfy { $0 * 100 - sent[0] * 100 == $1.presentation - stamps[0].presentation })
    }

    @Test func moreReorderingThanWasSaidStaysInOrder() {
        var timing = ClipTiming(depth: 0, interval: 100)
        let stamps = [0, 300, 100, 200, 600, 400].map { timing.stamps(presentation: $0) }
        #expect(zip(stamps, stamps.dropFirst()).allSatisfy { $0.decoding < $1.decoding })
        #expect(stamps.allSatisfy { $0.decoding <= $0.presentation })
    }
}
