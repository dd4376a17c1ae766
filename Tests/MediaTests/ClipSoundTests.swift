import Domain
import Foundation
import Testing

@testable import Media

/// Sound of a camera in its clips: untouched there, AAC in the copy that browsers play.
struct ClipSoundTests {
    private static let aac = ["-c:a", "aac", "-ar", "16000"]
    private static let alaw = ["-c:a", "pcm_alaw", "-ar", "8000"]

    /// Six seconds of pictures with a tone.
    private func source(_ folder: Scratch, video: [String] = ["libx264", "-g", "10"], _ audio: [String]) throws
        -> String
    {
        let path = folder.path("source.mov")
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=6:s=320x240:r=10", "-f", "lavfi", "-i"]
                + ["sine=frequency=440:duration=6", "-pix_fmt", "yuv420p", "-c:v"] + video + audio + ["-ac", "1", path])
        return path
    }

    /// Writes what a source gives into a clip.
    private func record(
        _ source: String, into folder: Scratch, keepsSound: Bool = true, from: Double = 0
    ) throws -> ClipFile.Facts {
        var options = StreamOptions()
        options.keepsSound = keepsSound
        var demuxer = try Demuxer(
            opening: SourceAddress(source), options: options, stop: StopFlag(), clock: SystemTime())
        let info = demuxer.info
        #expect((info.sound != nil) == keepsSound)
        var writer: ClipWriter?
        while let packet = try demuxer.read() {
            let time = packet.captureTime.time
            if writer == nil {
                guard packet.isKeyframe, time.seconds >= from else { continue }
                writer = try ClipWriter(
                    path: folder.path("raw.mp4"), parameters: info.parameters, keyframe: packet, time: time,
                    reorderDepth: info.parameters.reorderDepth, sound: info.sound)
            } else {
                try writer?.write(packet, time: time)
            }
        }
        if let opened = writer.take() { try opened.close() }
        return try ClipFile.finish(folder.path("raw.mp4"), to: folder.path("clip.mp4"))
    }

    private func probe(_ path: String, _ entries: String, stream: String = "a") throws -> String {
        try Command.output(
            "ffprobe", ["-v", "error", "-select_streams", stream, "-show_entries", entries, "-of", "csv=p=0", path]
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The bytes of the compressed sound.
    private func bytes(_ path: String) throws -> Data {
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-i", path, "-map", "0:a", "-c", "copy", "-f", "data", path + ".a"])
        return try Data(contentsOf: URL(filePath: path + ".a"))
    }

    @Test(arguments: [(aac, "aac"), (alaw, "pcm_alaw"), (["-c:a", "pcm_mulaw", "-ar", "8000"], "pcm_mulaw")])
    func soundIsKeptToTheByte(audio: [String], codec: String) throws {
        let folder = try Scratch()
        let source = try source(folder, audio)
        let facts = try record(source, into: folder)
        #expect(facts.soundCodec == codec && facts.codec == "h264" && facts.pictures == 60)
        #expect(facts.isWebReady == (codec == "aac"))
        let clip = folder.path("clip.mp4")
        #expect(try probe(clip, "stream=codec_name") == codec)
        // AAC begins with what is heard before the first picture, if at all.
        let (kept, sent) = (try bytes(clip), try bytes(source))
        #expect(Double(kept.count) > 0.95 * Double(sent.count) && kept == sent.suffix(kept.count))
        let seconds = try #require(Double(try probe(clip, "stream=duration")))
        #expect(abs(seconds - 6) < 0.15, "\(seconds)")
    }

    @Test func withoutBeingAskedNoSoundIsKept() throws {
        let folder = try Scratch()
        let facts = try record(try source(folder, Self.aac), into: folder, keepsSound: false)
        #expect(facts.soundCodec == nil && facts.isWebReady)
        #expect(try probe(folder.path("clip.mp4"), "stream=codec_name").isEmpty)
    }

    /// What begins in the middle of a stream begins with both.
    @Test(arguments: [aac, alaw])
    func aClipFromTheMiddleIsInStep(audio: [String]) throws {
        let folder = try Scratch()
        // Silence, and a tone from the fourth second on.
        let path = folder.path("source.mov")
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=6:s=320x240:r=10", "-f", "lavfi", "-i"]
                + [
                    "aevalsrc=if(gt(t\\,4)\\,0.5*sin(2764*t)\\,0):d=6", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-g",
                    "10",
                ]
                + audio + ["-ac", "1", path])
        _ = try record(path, into: folder, from: 2)
        try ClipProxy.make(of: folder.path("clip.mp4"), to: folder.path("proxy.mp4"), stop: StopFlag())
        for name in ["clip.mp4", "proxy.mp4"] {
            let told = try Command.errorOutput(
                "ffmpeg",
                ["-nostdin", "-i", folder.path(name), "-af", "silencedetect=n=-30dB:d=0.5", "-vn", "-f", "null", "-"])
            let end = try #require(told.firstMatch(of: #/silence_end: ([0-9.]+)/#)?.output.1)
            #expect(abs((Double(end) ?? 0) - 2) < 0.15, "\(name): \(end)")
        }
    }

    @Test(arguments: [
        (["libx264", "-g", "10"], alaw), (["libx265", "-x265-params", "log-level=0"], alaw),
        (["libx265", "-x265-params", "log-level=0"], aac), (["mjpeg"], alaw),
    ])
    func browsersGetAAC(video: [String], audio: [String]) throws {
        let folder = try Scratch()
        let source = try source(folder, video: video, audio)
        let facts = try record(source, into: folder)
        #expect(!facts.isWebReady)
        let (clip, proxy) = (folder.path("clip.mp4"), folder.path("proxy.mp4"))
        try ClipProxy.make(of: clip, to: proxy, stop: StopFlag())
        let made = try ClipFile.facts(of: proxy)
        #expect(made.isWebReady && made.soundCodec == "aac" && made.pictures == 60)
        let seconds = try #require(Double(try probe(proxy, "stream=duration")))
        #expect(abs(seconds - 6) < 0.3, "\(seconds)")
        // Loud as before.
        let volume = try Command.errorOutput(
            "ffmpeg", ["-nostdin", "-i", proxy, "-af", "volumedetect", "-vn", "-f", "null", "-"])
        let mean = try #require(volume.firstMatch(of: #/mean_volume: (-?[0-9.]+) dB/#)?.output.1)
        #expect(abs((Double(mean) ?? 0) + 21) < 2, "\(mean)")
        if audio == Self.aac { #expect(try bytes(proxy) == bytes(clip)) }
        if video.first == "libx264" {
            // The pictures are not encoded anew.
            #expect(try probe(proxy, "packet=size", stream: "v") == probe(clip, "packet=size", stream: "v"))
        }
    }

    @Test(arguments: [aac, alaw])
    func partsOfARecordingJoinWithTheirSound(audio: [String]) throws {
        let folder = try Scratch()
        let source = try source(folder, audio)
        _ = try record(source, into: folder)
        let origin = MediaTime(seconds: 1_769_904_000)
        let parts = [
            ClipJoin.Part(path: folder.path("clip.mp4"), start: origin),
            ClipJoin.Part(path: folder.path("clip.mp4"), start: origin + .seconds(6)),
        ]
        let outcome = try ClipJoin.make(
            of: parts, from: origin + .seconds(2), until: origin + .seconds(9), to: folder.path("joined.mp4"),
            stop: StopFlag())
        #expect(abs((outcome.end - outcome.start).inSeconds - 7.3) < 0.3)
        #expect(outcome.facts.soundCodec != nil)
        let seconds = try #require(Double(try probe(folder.path("joined.mp4"), "stream=duration")))
        #expect(abs(seconds - 7.1) < 0.4, "\(seconds)")
    }
}
