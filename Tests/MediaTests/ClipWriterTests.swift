import Domain
import Foundation
import Testing

@testable import Media

struct ClipWriterTests {
    /// Writes `seconds` of a source into a fragmented clip; returns how many packets that were.
    @discardableResult
    private func record(
        _ source: String, to path: String, limit: Int = .max, close: Bool = true
    ) throws -> Int {
        var demuxer = try Demuxer(opening: SourceAddress(source), stop: StopFlag(), clock: SystemTime())
        let parameters = demuxer.info.parameters
        var writer: ClipWriter?
        var count = 0
        while count < limit, let packet = try demuxer.read() {
            let time = packet.captureTime.time
            if writer == nil {
                guard packet.isKeyframe else { continue }
                writer = try ClipWriter(
                    path: path, parameters: parameters, keyframe: packet, time: time,
                    reorderDepth: parameters.reorderDepth)
            } else {
                try writer?.write(packet, time: time)
            }
            count += 1
        }
        if close {
            if let opened = writer.take() { try opened.close() }
        } else {
            try writer?.flush()
        }
        return count
    }

    @Test(arguments: [
        ["-c:v", "libx264", "-bf", "0"], ["-c:v", "libx264", "-bf", "3"],
        ["-c:v", "libx265", "-x265-params", "log-level=0"], ["-c:v", "mjpeg"],
    ])
    func everyPictureComesBackAtItsTime(codec: [String]) throws {
        let folder = try Scratch()
        let source = folder.path("source.mp4")
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=3:s=320x240:r=10"] + codec
                + ["-pix_fmt", "yuvj420p", source])
        let written = try record(source, to: folder.path("raw.mp4"))
        #expect(written == 30)
        let facts = try ClipFile.finish(folder.path("raw.mp4"), to: folder.path("clip.mp4"))
        #expect(facts.pictures == 30 && facts.width == 320 && facts.height == 240)
        #expect(abs(facts.duration.inSeconds - 2.9) < 0.001)
        #expect(facts.isComplete && facts.isWebReady == codec.contains("libx264"))
        let before = try Reading(source)
        let after = try Reading(folder.path("clip.mp4"))
        #expect(after.times.count == 30 && after.counters.errors == 0)
        #expect(after.lumaMeans == before.lumaMeans)
        // Ticks of 90 kHz round to 11 microseconds.
        #expect(zip(before.times, after.times).allSatisfy { abs(($0 - $1).inMicroseconds) <= 12 })
        // The index stands in front of the pictures.
        let bytes = try Data(contentsOf: URL(filePath: folder.path("clip.mp4")))
        let index = try #require(bytes.firstRange(of: Data("moov".utf8)))
        let pictures = try #require(bytes.firstRange(of: Data("mdat".utf8)))
        #expect(index.lowerBound < pictures.lowerBound)
    }

    @Test func whatACrashCutsOffIsRecoveredUpToThere() throws {
        let folder = try Scratch()
        let source = try folder.clip(
            "source.mp4", "-f", "lavfi", "-i", "testsrc=d=8:s=320x240:r=10", "-c:v", "libx264", "-g", "10")
        try record(source, to: folder.path("raw.mp4"))
        let whole = try Data(contentsOf: URL(filePath: folder.path("raw.mp4")))
        var recovered: [Int] = []
        for share in stride(from: 0.1, through: 1, by: 0.1) {
            let cut = folder.path("cut.mp4")
            try whole.prefix(Int(Double(whole.count) * share)).write(to: URL(filePath: cut))
            let facts = try ClipFile.finish(cut, to: folder.path("clip.mp4"))
            recovered.append(facts.pictures)
            let reading = try Reading(folder.path("clip.mp4"))
            #expect(reading.times.count == facts.pictures && reading.counters.errors == 0)
            #expect(facts.isComplete == (share > 0.95))
        }
        #expect(recovered.last == 80)
        #expect(recovered == recovered.sorted())
        // No more than a fragment of a second is lost, beside what was cut off.
        for (index, pictures) in recovered.enumerated() { #expect(pictures >= (index + 1) * 8 - 20, "\(recovered)") }
    }

    /// Of a damaged disk comes any number, also as the time at which a fragment begins.
    @Test(arguments: [Int64.min + 1, -1 << 62, 1 << 62, 1 << 56, 1 << 49])
    func timesThatNoClipHasEndIt(time: Int64) throws {
        let folder = try Scratch()
        let source = try folder.clip(
            "source.mp4", "-f", "lavfi", "-i", "testsrc=d=4:s=320x240:r=10", "-c:v", "libx264", "-g", "10")
        try record(source, to: folder.path("raw.mp4"))
        var bytes = try Data(contentsOf: URL(filePath: folder.path("raw.mp4")))
        // Behind the name stand version and flags (ISO/IEC 14496-12, 8.8.12).
        let last = try #require(bytes.lastRange(of: Data("tfdt".utf8))).upperBound
        #expect(bytes[last] == 1)
        withUnsafeBytes(of: time.bigEndian) { bytes.replaceSubrange(last + 4..<last + 12, with: $0) }
        try bytes.write(to: URL(filePath: folder.path("raw.mp4")))
        let facts = try ClipFile.finish(folder.path("raw.mp4"), to: folder.path("clip.mp4"))
        #expect(facts.pictures >= 20 && facts.pictures < 40 && facts.duration < .seconds(4))
    }

    @Test func nothingIsMadeOfNothing() throws {
        let folder = try Scratch()
        try Data("no clip".utf8).write(to: URL(filePath: folder.path("junk.mp4")))
        let error = #expect(throws: MediaError.self) {
            try ClipFile.finish(folder.path("junk.mp4"), to: folder.path("clip.mp4"))
        }
        #expect(error?.code == .unreadable)
        #expect(!FileManager.default.fileExists(atPath: folder.path("clip.mp4")))
    }

    @Test func aFullDiskIsToldFromOtherFaults() throws {
        let folder = try Scratch()
        let source = try folder.clip(
            "source.mp4", "-f", "lavfi", "-i", "testsrc=d=3:s=320x240:r=10", "-c:v", "libx264", "-g", "10")
        let full = #expect(throws: MediaError.self) { try record(source, to: "/dev/full") }
        #expect(full?.code == .storage && full?.isDiskFull == true)
        let missing = #expect(throws: MediaError.self) { try record(source, to: folder.path("none/clip.mp4")) }
        #expect(missing?.code == .storage && missing?.isDiskFull == false)
    }

    @Test(arguments: [["-c:v", "libx265", "-x265-params", "log-level=0"], ["-c:v", "mjpeg"]])
    func aProxyShowsTheSamePictures(codec: [String]) throws {
        let folder = try Scratch()
        let source = folder.path("source.mp4")
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=3:s=320x240:r=10"] + codec
                + ["-pix_fmt", "yuvj420p", source])
        try record(source, to: folder.path("raw.mp4"))
        _ = try ClipFile.finish(folder.path("raw.mp4"), to: folder.path("clip.mp4"))
        try ClipProxy.make(of: folder.path("clip.mp4"), to: folder.path("proxy.mp4"), stop: StopFlag())
        let proxy = try Reading(folder.path("proxy.mp4"))
        #expect(proxy.info.codec == "h264" && proxy.times.count == 30)
        #expect(proxy.times.last.map { abs($0.seconds - 2.9) < 0.001 } ?? false)
        let stop = StopFlag()
        stop.raise()
        #expect(throws: MediaError.self) {
            try ClipProxy.make(of: folder.path("clip.mp4"), to: folder.path("stopped.mp4"), stop: stop)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path("stopped.mp4")))
    }
}
