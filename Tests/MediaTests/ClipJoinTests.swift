import Domain
import Foundation
import Testing

@testable import Media

/// Segments of one stream, joined again.
struct ClipJoinTests {
    private static let origin = MediaTime(seconds: 1_769_904_000)

    /// A source of 12 s at 10 pictures a second with a keyframe each second, cut into segments of 4 s.
    private struct Cut {
        let folder: Scratch
        let source: Reading
        var parts: [ClipJoin.Part] = []

        init(_ codec: [String] = ["-c:v", "libx264", "-bf", "2"]) throws {
            folder = try Scratch()
            let path = folder.path("source.mp4")
            try Command.run(
                "ffmpeg",
                ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=d=12:s=320x240:r=10"] + codec
                    + ["-g", "10", "-keyint_min", "10", "-pix_fmt", "yuv420p", path])
            source = try Reading(path)
            var demuxer = try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
            let parameters = demuxer.info.parameters
            var writer: ClipWriter?
            var first = MediaTime.zero
            while let packet = try demuxer.read() {
                let time = packet.captureTime.time
                if packet.isKeyframe, writer == nil || time - first >= .seconds(4) {
                    if let ended = writer.take() { try close(ended, first) }
                    first = time
                    writer = try ClipWriter(
                        path: folder.path("raw.mp4"), parameters: parameters, keyframe: packet, time: time,
                        reorderDepth: parameters.reorderDepth)
                } else {
                    try writer?.write(packet, time: time)
                }
            }
            if let ended = writer.take() { try close(ended, first) }
        }

        private mutating func close(_ writer: consuming ClipWriter, _ first: MediaTime) throws {
            try writer.close()
            let path = folder.path("part-\(parts.count).mp4")
            _ = try ClipFile.finish(folder.path("raw.mp4"), to: path)
            parts.append(ClipJoin.Part(path: path, start: ClipJoinTests.origin + (first - MediaTime.zero)))
        }

        func join(
            _ parts: [ClipJoin.Part], from: Double, until: Double, stop: StopFlag = StopFlag()
        ) throws -> (ClipJoin.Outcome, Reading) {
            let target = folder.path("joined.mp4")
            let outcome = try ClipJoin.make(
                of: parts, from: ClipJoinTests.origin + .seconds(from), until: ClipJoinTests.origin + .seconds(until),
                to: target, stop: stop)
            return (outcome, try Reading(target))
        }
    }

    private func seconds(_ time: MediaTime) -> Double { (time - Self.origin).inSeconds }

    @Test(arguments: [["-c:v", "libx264", "-bf", "2"], ["-c:v", "libx264", "-bf", "0"]])
    func aTimeOverSeveralFilesComesBackPictureByPicture(codec: [String]) throws {
        let cut = try Cut(codec)
        #expect(cut.parts.count == 3)
        let (outcome, joined) = try cut.join(cut.parts, from: 2.55, until: 9.05)
        // From the keyframe before on.
        #expect(abs(seconds(outcome.start) - 2) < 0.001)
        #expect(seconds(outcome.end) >= 9 && seconds(outcome.end) < 9.7)
        #expect(joined.counters.errors == 0)
        let wanted = Array(cut.source.lumaMeans[20..<20 + joined.lumaMeans.count])
        #expect(joined.lumaMeans.count >= 71 && joined.lumaMeans == wanted)
        let steps = zip(joined.times, joined.times.dropFirst()).map { ($1 - $0).inMicroseconds }
        #expect(steps.allSatisfy { abs($0 - 100_000) < 100 }, "\(steps)")
        #expect(outcome.facts.isWebReady && outcome.facts.pictures == joined.packets)
    }

    @Test func aGapEndsWhatIsJoined() throws {
        let cut = try Cut()
        var far = cut.parts[2]
        far.start = far.start + .seconds(2)
        let (outcome, joined) = try cut.join([cut.parts[0], far], from: 0, until: 20)
        #expect(abs(seconds(outcome.end) - 3.9) < 0.001)
        #expect(joined.packets == 40)
        // A small one does not: a reconnect that lost less than five seconds.
        var near = cut.parts[2]
        near.start = near.start - .seconds(2)
        let (longer, _) = try cut.join([cut.parts[0], near], from: 0, until: 12)
        #expect(abs(seconds(longer.end) - 9.9) < 0.001)
        // A clock that was set back: what overlaps is another time.
        var overlapping = cut.parts[1]
        overlapping.start = overlapping.start - .seconds(2)
        #expect(try cut.join([cut.parts[0], overlapping], from: 0, until: 12).1.packets == 40)
    }

    @Test func anotherCodingEndsWhatIsJoined() throws {
        let (one, two) = (try Cut(), try Cut(["-c:v", "libx264", "-bf", "0", "-s", "160x120"]))
        let (outcome, joined) = try one.join([one.parts[0], two.parts[1]], from: 0, until: 12)
        #expect(joined.packets == 40 && seconds(outcome.end) < 4)
    }

    @Test func whatCannotBeReadIsLeftOut() throws {
        let cut = try Cut()
        let junk = cut.folder.path("junk.mp4")
        try Data("no clip".utf8).write(to: URL(filePath: junk))
        let broken = ClipJoin.Part(path: junk, start: cut.parts[0].start)
        #expect(try cut.join([broken] + cut.parts.dropFirst(), from: 0, until: 12).1.packets == 80)
        let nothing = #expect(throws: MediaError.self) { try cut.join([broken], from: 0, until: 12) }
        #expect(nothing?.code == .unreadable)
        #expect(!FileManager.default.fileExists(atPath: cut.folder.path("joined.mp4")))
        let stop = StopFlag()
        stop.raise()
        let stopped = #expect(throws: MediaError.self) { try cut.join(cut.parts, from: 0, until: 12, stop: stop) }
        #expect(stopped?.code == .stopped)
    }
}
