import Domain
import Foundation
import Testing

@testable import Media

/// Against a real server, over loopback. One server for all, since loading clips takes a second.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RTSPTests {
    private static let scratch = Result { try Scratch() }

    private static func clip(_ name: String, rate: Int, _ codec: String...) throws -> String {
        let scratch = try scratch.get()
        let path = scratch.path(name)
        if FileManager.default.fileExists(atPath: path) { return path }
        let input = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=\(rate):duration=2"]
        try Command.run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + input + codec + [path])
        return path
    }

    private static func h264() throws -> String {
        try clip("plain.mp4", rate: 10, "-c:v", "libx264", "-g", "10", "-bf", "0", "-pix_fmt", "yuv420p")
    }

    @Test(arguments: [StreamOptions.Transport.tcp, .udp, .automatic])
    func framesFlowOver(transport: StreamOptions.Transport) throws {
        let server = try CameraServer("--mount", "/gate=\(Self.h264())")
        let start = ContinuousClock.now
        // Longer than the clip: the seam is crossed.
        let reading = try Reading(server.url("/gate"), options: StreamOptions(transport: transport), limit: 35)
        let seconds = (ContinuousClock.now - start).inSeconds
        #expect(reading.info.codec == "h264" && reading.info.isLive)
        #expect(!reading.info.profile.isEmpty)
        #expect(reading.sizes == [[320, 240]])
        #expect(reading.counters.errors == 0 && reading.counters.corruptFrames == 0)
        #expect(reading.times == reading.times.sorted())
        #expect(seconds < 10, "35 frames at 10 a second took \(seconds) s")
        let spacings = zip(reading.times, reading.times.dropFirst()).map { ($1 - $0).inSeconds }
        for spacing in spacings.suffix(15) { #expect(abs(spacing - 0.1) < 0.02, "\(spacings)") }
        let wall = Date().timeIntervalSince1970
        #expect(abs((reading.times.last?.seconds ?? 0) - wall) < 1.5)
    }

    @Test func theCameraIsToldGoodbyeAlsoWhenAStopCutsTheReading() async throws {
        let teardowns = try Self.scratch.get().path("teardowns.txt")
        let server = try CameraServer("--mount", "/gate=\(Self.h264())", "--teardowns", teardowns)
        let stop = StopFlag()
        let url = server.url("/gate")
        let reading = Thread {
            do throws(MediaError) {
                _ = try Reading(url, stop: stop)
                Issue.record("a live stream ended by itself")
            } catch {
                #expect(error.code == .stopped)
            }
        }
        reading.start()
        try await Task.sleep(for: .seconds(2))
        stop.raise()
        let deadline = ContinuousClock.now + .seconds(20)
        var told = ""
        while told.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(50))
            told = try String(contentsOfFile: teardowns, encoding: .utf8)
        }
        #expect(told.hasPrefix("/gate"))
    }

    @Test func captureTimesAreThoseOfTheServer() throws {
        let log = try Self.scratch.get().path("sent.jsonl")
        let server = try CameraServer("--mount", "/gate=\(Self.h264())", "--log", log)
        let reading = try Reading(server.url("/gate"), limit: 60)
        let sent = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
            try #require(
                (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["wallMicroseconds"] as? Int
            )
        }
        let errors = (0..<60).map { Double(reading.times[$0].microseconds - Int64(sent[$0])) / 1000 }
        print("capture time minus sending time, ms: first", errors[0], "last", errors[59])
        // Sending one picture takes the server and the network a few milliseconds on an idle machine.
        for index in 30..<60 {
            #expect(abs(errors[index]) < reading.uncertainties[index].inSeconds * 1000, "\(errors)")
            #expect(abs(errors[index]) < 150)
        }
    }

    @Test func otherCodecsAndReorderedPictures() throws {
        let hevc = try Self.clip(
            "hevc.mp4", rate: 10, "-c:v", "libx265", "-x265-params", "log-level=error", "-g", "10", "-pix_fmt",
            "yuv420p")
        let reordered = try Self.clip(
            "reordered.mp4", rate: 25, "-c:v", "libx264", "-g", "25", "-bf", "2", "-pix_fmt", "yuv420p")
        let jpeg = try Self.clip("jpeg.avi", rate: 10, "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
        let server = try CameraServer(
            "--mount", "/hevc=\(hevc)", "--mount", "/reordered=\(reordered)", "--mount", "/jpeg=\(jpeg)")
        for (mount, codec, spacing) in [
            ("/hevc", "hevc", 0.1), ("/reordered", "h264", 0.04), ("/jpeg", "mjpeg", 0.1),
        ] {
            let reading = try Reading(server.url(mount), limit: 60)
            #expect(reading.info.codec == codec)
            #expect(reading.counters.errors == 0 && reading.counters.corruptFrames == 0, "\(mount)")
            let spacings = zip(reading.times, reading.times.dropFirst()).map { ($1 - $0).inSeconds }
            for value in spacings.suffix(20) { #expect(abs(value - spacing) < 0.02, "\(mount): \(spacings)") }
            if mount == "/jpeg" { #expect(reading.ranges == ["full"]) }
            if mount == "/reordered" { #expect(reading.disposable > 10) }
        }
    }

    @Test(arguments: ["digest", "basic"]) func awkwardPasswords(method: String) throws {
        let password = "p@ss:w/rd%40"
        let server = try CameraServer(
            "--mount", "/gate=\(Self.h264())", "--user", "viewer", "--password", password, "--auth", method)
        let reading = try Reading(server.url("/gate", user: "viewer:\(password)"), limit: 3)
        #expect(reading.times.count == 3)
        for user in [nil, "viewer:wrong-secret", "nobody:\(password)"] as [String?] {
            let error = #expect(throws: MediaError.self) { _ = try Reading(server.url("/gate", user: user), limit: 1) }
            #expect(error?.code == .unauthorized)
            for secret in ["wrong-secret", "p@ss", "w/rd", "p%40ss"] {
                #expect(error.map { "\($0)" }?.contains(secret) == false)
            }
        }
    }

    @Test func unknownMountAndRefusedTransport() throws {
        let server = try CameraServer("--mount", "/gate=\(Self.h264())", "--protocols", "tcp")
        let missing = #expect(throws: MediaError.self) { _ = try Reading(server.url("/other"), limit: 1) }
        #expect(missing?.code == .notFound)
        let refused = #expect(throws: MediaError.self) {
            _ = try Reading(server.url("/gate"), options: StreamOptions(transport: .udp), limit: 1)
        }
        #expect(refused?.code == .transport)
        // Another server: this one may still be taking down what was refused, and answers 503 until it is done.
        let ready = try CameraServer("--mount", "/gate=\(Self.h264())", "--protocols", "tcp")
        let reading = try Reading(ready.url("/gate"), options: StreamOptions(transport: .automatic), limit: 1)
        #expect(reading.times.count == 1)
    }

    @Test func aServerThatDiesIsNoticed() throws {
        var server: CameraServer? = try CameraServer("--mount", "/gate=\(Self.h264())")
        let source = SourceAddress(try #require(server).url("/gate"))
        var demuxer = try Demuxer(
            opening: source, options: StreamOptions(readTimeout: .seconds(2)), stop: StopFlag(), clock: SystemTime())
        for _ in 0..<5 { _ = try demuxer.read() }
        server = nil
        var failure: MediaError?
        for _ in 0..<50 where failure == nil {
            do throws(MediaError) { _ = try demuxer.read() } catch { failure = error }
        }
        #expect(failure?.isTransient == true, "\(String(describing: failure))")
    }
}
