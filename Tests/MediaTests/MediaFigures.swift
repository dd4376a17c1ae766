import Domain
import Foundation
import Glibc
import Testing

@testable import Media

/// Figures rather than tests: they take a quiet machine. Run with LOOKOUT_FIGURES=1.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["LOOKOUT_FIGURES"] == "1"))
struct MediaFigures {
    private func clip(_ scratch: Scratch) throws -> String {
        try scratch.clip(
            "1080p.mp4", "-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=25:duration=12,noise=alls=6:allf=t", "-c:v",
            "libx264", "-preset", "veryfast", "-b:v", "4M", "-refs", "4", "-bf", "0", "-g", "50", "-pix_fmt", "yuv420p")
    }

    @Test func decodingBesideFFmpeg() throws {
        let scratch = try Scratch()
        let path = try clip(scratch)
        for round in 1...3 {
            let before = Self.cpuSeconds(RUSAGE_SELF)
            let reading = try Reading(path)
            let ours = Self.cpuSeconds(RUSAGE_SELF) - before
            let childrenBefore = Self.cpuSeconds(RUSAGE_CHILDREN)
            try Command.run("ffmpeg", ["-nostdin", "-v", "error", "-threads", "1", "-i", path, "-f", "null", "-"])
            let theirs = Self.cpuSeconds(RUSAGE_CHILDREN) - childrenBefore
            print(
                "round \(round): \(reading.counters.frames) frames 1080p, Demuxer + Decoder \(ours) s of CPU,",
                "ffmpeg -threads 1 \(theirs) s, ratio \(ours / theirs)")
            #expect(reading.counters.frames == 300)
            #expect(ours < 1.15 * theirs)
        }
    }

    @Test func residentMemoryOfAFurtherDecoder() throws {
        let scratch = try Scratch()
        let path = try clip(scratch)
        func hold(_ count: Int, _ body: () throws -> Void) throws {
            guard count > 0 else { return try body() }
            var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
            var decoder = try Decoder(demuxer.info.parameters)
            for _ in 0..<60 {
                if let packet = try demuxer.read() { decoder.decode(packet) { _ in } }
            }
            try hold(count - 1, body)
        }
        var sizes: [Double] = []
        for count in [1, 9] {
            try hold(count) {
                let pages = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
                sizes.append((Double(pages[1]) ?? 0) * 4096 / 1_048_576)
            }
        }
        print(
            "resident memory of a further 1080p demuxer and decoder, 4 reference frames: \((sizes[1] - sizes[0]) / 8) MB"
        )
    }

    private static func cpuSeconds(_ who: __rusage_who) -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        let micro = Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + micro / 1_000_000
    }
}
