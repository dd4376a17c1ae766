import Domain
import Foundation
import PixelKernels
import Testing

@testable import Media

@Suite(.timeLimit(.minutes(10))) struct DecoderTests {
    private static let source = ["-f", "lavfi", "-i"]

    /// Layouts that detectors read as they are, and their range.
    @Test(arguments: [
        ("yuv420p", "limited"), ("yuv422p", "limited"), ("yuv444p", "limited"), ("yuvj420p", "full"),
        ("yuvj422p", "full"), ("yuvj444p", "full"),
    ])
    func planarPicturesComeAsDecoded(format: String, range: String) throws {
        let scratch = try Scratch()
        let path = scratch.path("clip.mkv")
        // Odd sizes, so that chroma planes are rounded up.
        let encoder = ["-c:v", format.hasPrefix("yuvj") ? "mjpeg" : "ffv1"]
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error"] + Self.source + [
                "color=c=white:size=200x200:rate=10:duration=0.5,format=gbrp,crop=161:121"
            ]
                + ["-pix_fmt", format] + encoder + [path])
        let reading = try Reading(path)
        #expect(reading.counters.frames == 5 && reading.counters.convertedFrames == 0)
        #expect(reading.sizes == [[161, 121]])
        #expect(reading.ranges == [range])
        // White: the top of the range.
        let white = range == "full" ? 255.0 : 235.0
        for mean in reading.lumaMeans { #expect(abs(mean - white) < 2, "\(mean)") }
    }

    @Test(arguments: [
        ("yuv420p10le", "libx264"), ("yuv422p10le", "libx264"), ("rgb24", "png"), ("rgba", "png"), ("pal8", "png"),
        ("yuv411p", "ffv1"), ("yuv440p", "ffv1"), ("nv12", "rawvideo"), ("gray16be", "png"), ("bgr0", "ffv1"),
    ])
    func otherPicturesAreConvertedOnce(format: String, codec: String) throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.nut", "-f", "lavfi", "-i", "color=c=white:size=162x122:rate=10:duration=0.3", "-pix_fmt", format,
            "-c:v", codec)
        let reading = try Reading(path)
        #expect(reading.counters.frames == 3)
        #expect(reading.counters.convertedFrames == 3, "\(format)")
        #expect(reading.sizes == [[162, 122]])
        let white = reading.ranges == ["full"] ? 255.0 : 235.0
        for mean in reading.lumaMeans { #expect(abs(mean - white) < 3, "\(format): \(mean)") }
    }

    @Test func chromaPlanesShowTheRightColours() throws {
        let scratch = try Scratch()
        for (index, format) in ["yuv420p", "yuv444p", "yuv420p10le"].enumerated() {
            let path = try scratch.clip(
                "red\(index).mkv", "-f", "lavfi", "-i", "color=c=red:size=64x48:rate=10:duration=0.2", "-pix_fmt",
                format,
                "-c:v", "libx264")
            var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
            var decoder = try Decoder(demuxer.info.parameters)
            var seen = 0
            func check(_ frame: borrowing VideoFrame) {
                seen += 1
                frame.withPicture { picture in
                    // BT.601 red: Y 81, U 90, V 240.
                    let y = Int(picture.luma.row(20)[30])
                    guard let u = picture.chromaU, let v = picture.chromaV else {
                        Issue.record("no chroma")
                        return
                    }
                    let (cb, cr) = (Int(u.row(10)[10]), Int(v.row(10)[10]))
                    #expect(abs(y - 81) < 3 && abs(cb - 90) < 3 && abs(cr - 240) < 3, "\(format) \(y) \(cb) \(cr)")
                    #expect(u.width == (format == "yuv444p" ? 64 : 32))
                    #expect(v.height == (format == "yuv444p" ? 48 : 24))
                }
            }
            while let packet = try demuxer.read() { decoder.decode(packet) { check($0) } }
            decoder.flush { check($0) }
            #expect(seen == 2)
        }
    }

    @Test func copiesHoldThePictureWhenTheDecoderHasGoneOn() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "moving.mkv", "-f", "lavfi", "-i", "testsrc2=size=322x182:rate=10:duration=1", "-c:v", "libx264", "-bf", "0"
        )
        var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
        var decoder = try Decoder(demuxer.info.parameters)
        var kept: VideoFrame?
        var shown = Set<Int>()
        func sums(_ frame: borrowing VideoFrame) -> [Int] {
            frame.withPicture { picture in
                func sum(_ plane: borrowing PlaneView) -> Int {
                    var sum = 0
                    for y in 0..<plane.height {
                        for x in 0..<plane.width { sum = sum &* 31 &+ Int(plane.row(y)[x]) }
                    }
                    return sum
                }
                guard let u = picture.chromaU, let v = picture.chromaV else { return [] }
                return [sum(picture.luma), sum(u), sum(v)]
            }
        }
        var first: [Int] = []
        while let packet = try demuxer.read() {
            decoder.decode(packet) { frame in
                shown.insert(sums(frame)[0])
                guard kept == nil else { return }
                first = sums(frame)
                kept = frame.copy()
            }
        }
        #expect(shown.count > 5 && first.count == 3)
        guard let copy = kept.take() else {
            Issue.record("no copy")
            return
        }
        #expect(sums(copy) == first)
        #expect(copy.width == 322 && copy.height == 182 && copy.isKeyframe)
    }

    @Test func sizeMayChangeOnTheWay() throws {
        let scratch = try Scratch()
        var joined = Data()
        for size in ["320x240", "640x360", "160x120"] {
            let path = try scratch.clip(
                "\(size).264", "-f", "lavfi", "-i", "testsrc2=size=\(size):rate=10:duration=1", "-c:v", "libx264")
            joined += try Data(contentsOf: URL(filePath: path))
        }
        try joined.write(to: scratch.url.appending(path: "all.264"))
        let reading = try Reading(scratch.path("all.264"))
        #expect(reading.counters.frames == 30)
        #expect(reading.sizes == [[320, 240], [640, 360], [160, 120]])
    }

    @Test func rawStreamsWithReorderedPicturesAreEvenlySpaced() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "raw.264", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2", "-c:v", "libx264", "-bf", "3",
            "-g",
            "12")
        let reading = try Reading(path)
        #expect(reading.counters.frames == 50)
        #expect(reading.times.map(\.microseconds) == (0..<50).map { $0 * 40_000 })
    }

    @Test func oversizedPicturesAreRefusedBeforeMemoryIsTaken() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "large.mkv", "-f", "lavfi", "-i", "testsrc2=size=640x480:rate=10:duration=1", "-c:v", "libx264")
        let options = StreamOptions(maximumPixels: 320 * 240)
        let error = #expect(throws: MediaError.self) { _ = try Reading(path, options: options) }
        #expect(error?.code == .tooLarge)
        // A stream that grows while it plays.
        let small = try scratch.clip(
            "small.264", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=1", "-c:v", "libx264")
        let large = try scratch.clip("large.264", "-i", path, "-c", "copy")
        let joined = try Data(contentsOf: URL(filePath: small)) + Data(contentsOf: URL(filePath: large))
        try joined.write(to: scratch.url.appending(path: "grows.264"))
        let reading = try Reading(scratch.path("grows.264"), options: options)
        #expect(reading.sizes == [[320, 240]] && reading.counters.frames == 10)
        #expect(reading.counters.errors >= 1)
    }

    /// Bytes changed at random, in all codecs: nothing crashes, what is refused is counted.
    @Test(arguments: ["libx264", "libx265", "mjpeg", "libvpx-vp9", "mpeg4"]) func damagedPackets(codec: String) throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.mkv", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=25:duration=2", "-pix_fmt",
            codec == "mjpeg" ? "yuvj420p" : "yuv420p", "-c:v", codec, "-g", "10")
        var state: UInt64 = 1
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        var refused = 0
        var delivered = 0
        for _ in 0..<3 {
            var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
            var decoder = try Decoder(demuxer.info.parameters)
            while let packet = try demuxer.read() {
                var bytes = packet.withBytes { span in (0..<span.count).map { span[$0] } }
                for _ in 0..<random(8) { bytes[random(bytes.count)] = UInt8(random(256)) }
                if random(10) == 0 { bytes.removeLast(random(bytes.count)) }
                let damaged = Packet(
                    bytes: bytes, captureTime: packet.captureTime, isKeyframe: packet.isKeyframe)
                guard let damaged else { continue }
                decoder.decode(damaged) { _ in delivered += 1 }
            }
            decoder.flush { _ in delivered += 1 }
            let counters = decoder.counters
            refused += counters.errors + counters.corruptFrames + counters.packetsWithoutPicture
        }
        print("\(codec): \(delivered) delivered, \(refused) refused, corrupt or withheld")
        #expect(refused > 0)
    }

    @Test func handlesFreeWhatTheyOwn() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.mkv", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=50:duration=4", "-c:v", "libx264", "-g", "25")
        func round() throws {
            let reading = try Reading(path)
            #expect(reading.counters.frames == 200)
            let queue = PacketQueue()
            for i in 0..<500 {
                let packet = Packet(
                    bytes: [UInt8](repeating: 7, count: 20_000),
                    captureTime: CaptureTime(time: MediaTime(microseconds: Int64(i)), uncertainty: .zero),
                    isKeyframe: i % 10 == 0)
                guard let packet, let twin = packet.share() else { continue }
                _ = queue.push(packet, at: .microseconds(i))
                _ = queue.push(twin, at: .microseconds(i))
            }
        }
        for _ in 0..<5 { try round() }
        let before = try Self.residentMegabytes()
        for _ in 0..<50 { try round() }
        let growth = try Self.residentMegabytes() - before
        print("resident memory after 10,000 frames and 50,000 packets: \(growth) MB more")
        // Other tests run beside this one; a leak of one handle in twenty would be as much.
        #expect(growth < 100)
    }

    private static func residentMegabytes() throws -> Double {
        let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return Double(pages[1]).map { $0 * 4096 / 1_048_576 } ?? 0
    }
}
