import Domain
import Foundation
import Synchronization
import Testing

@testable import Media

@Suite struct MediaErrorTests {
    private func failure(_ source: String, options: StreamOptions = StreamOptions()) -> MediaError? {
        #expect(throws: MediaError.self, "\(source)") { _ = try Reading(source, options: options) }
    }

    @Test func filesThatAreNoVideo() throws {
        let scratch = try Scratch()
        try Data("This is a text file, whatever its name says.\n".utf8).write(
            to: scratch.url.appending(path: "text.mp4"))
        try Data().write(to: scratch.url.appending(path: "empty.mp4"))
        try FileManager.default.createDirectory(atPath: scratch.path("folder"), withIntermediateDirectories: false)
        for name in ["text.mp4", "empty.mp4", "missing.mp4", "folder"] {
            let error = failure(scratch.path(name))
            #expect(error?.code == .unreadable, "\(name)")
            #expect(error?.problem.contains(name) == true)
            #expect(error?.remedy.isEmpty == false)
        }
        #expect(failure(scratch.path("missing.mp4"))?.problem.hasSuffix("no such file") == true)
    }

    @Test func soundWithoutPicture() throws {
        let scratch = try Scratch()
        let path = try scratch.clip("sound.m4a", "-f", "lavfi", "-i", "sine=duration=1")
        #expect(failure(path)?.code == .noVideo)
    }

    @Test func cutOffRecordingGivesWhatIsThere() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "whole.mkv", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=4", "-c:v", "libx264", "-g", "10")
        let bytes = try Data(contentsOf: URL(filePath: path))
        try bytes.prefix(bytes.count / 2).write(to: scratch.url.appending(path: "half.mkv"))
        let reading = try Reading(scratch.path("half.mkv"))
        #expect(reading.counters.frames > 5 && reading.counters.frames < 40)
    }

    /// A list of other files must not be followed, however it is dressed.
    @Test func playlistsOpenNothing() throws {
        let scratch = try Scratch()
        try scratch.clip("secret.mp4", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1")
        let lists = [
            "list.ffconcat": "ffconcat version 1.0\nfile secret.mp4\n",
            "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.mp4\n#EXT-X-ENDLIST\n",
            "list.mp4": "ffconcat version 1.0\nfile secret.mp4\n",
            "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\n"
                + "a=rtpmap:96 H264/90000\n",
        ]
        for (name, text) in lists {
            try Data(text.utf8).write(to: scratch.url.appending(path: name))
            #expect(failure(scratch.path(name))?.code == .unreadable, "\(name)")
        }
    }

    @Test func nobodyListens() {
        let error = failure("rtsp://user:geheim@127.0.0.1:1/x")
        #expect(error?.code == .refused)
        #expect(error?.isTransient == true)
        #expect(error?.description.contains("geheim") == false)
        #expect(failure("http://127.0.0.1:1/x")?.code == .refused)
    }

    @Test func unknownHost() {
        let error = failure("rtsp://no-such-camera.invalid/x")
        #expect(error?.code == .unreachable)
    }

    @Test func silenceEndsAtTheDeadline() throws {
        let server = try CannedServer { _ in nil }
        let options = StreamOptions(openTimeout: .milliseconds(700), readTimeout: .seconds(5))
        for scheme in ["rtsp", "http"] {
            let start = ContinuousClock.now
            #expect(failure("\(scheme)://127.0.0.1:\(server.port)/x", options: options)?.code == .timeout)
            #expect(ContinuousClock.now - start < .seconds(3))
        }
    }

    @Test func stopFlagEndsTheWait() async throws {
        let server = try CannedServer { _ in nil }
        let stop = StopFlag()
        let source = "rtsp://127.0.0.1:\(server.port)/x"
        let code = await withCheckedContinuation { done in
            Thread {
                Thread {
                    Thread.sleep(forTimeInterval: 0.3); stop.raise()
                }.start()
                let start = ContinuousClock.now
                do throws(MediaError) {
                    _ = try Reading(source, stop: stop)
                    done.resume(returning: MediaError.Code?.none)
                } catch {
                    #expect(ContinuousClock.now - start < .seconds(2))
                    done.resume(returning: error.code)
                }
            }.start()
        }
        #expect(code == .stopped)
    }

    @Test(
        arguments: [
            ("401 Unauthorized", .unauthorized), ("403 Forbidden", .forbidden), ("404 Not Found", .notFound),
            ("500 Internal Server Error", .rejected), ("400 Bad Request", .rejected),
        ] as [(String, MediaError.Code)])
    func serversAnswer(status: String, code: MediaError.Code) throws {
        let rtsp = try CannedServer { request in
            request.method == "OPTIONS"
                ? "RTSP/1.0 200 OK\r\nCSeq: \(request.number)\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n"
                : "RTSP/1.0 \(status)\r\nCSeq: \(request.number)\r\n\r\n"
        }
        #expect(failure("rtsp://127.0.0.1:\(rtsp.port)/x")?.code == code)
        let http = try CannedServer { _ in "HTTP/1.1 \(status)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" }
        #expect(failure("http://127.0.0.1:\(http.port)/x")?.code == code)
    }

    @Test(
        arguments: [
            ("m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:a\r\n", .noVideo),
            ("m=video 0 RTP/AVP 96\r\na=rtpmap:96 SMARTCODEC/90000\r\na=control:v\r\n", .unsupportedCodec),
        ] as [(String, MediaError.Code)])
    func descriptionsWithoutAPictureForUs(media: String, code: MediaError.Code) throws {
        let server = try Self.camera(describing: media)
        let options = StreamOptions(openTimeout: .seconds(3))
        let error = failure("rtsp://127.0.0.1:\(server.port)/x", options: options)
        #expect(error?.code == code, "\(String(describing: error))")
    }

    @Test(arguments: ["500 Internal Server Error", "404 Not Found", "461 Unsupported Transport"])
    func soundThatIsRefusedCostsNoPicture(status: String) throws {
        let server = try Self.camera(
            describing: "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:v\r\n"
                + "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=control:a\r\n", refusingSound: status)
        let info = try heard(server)
        #expect(info.codec == "h264" && info.sound == nil)
    }

    /// What is known of a stream that is asked for its sound, too.
    private func heard(_ server: CannedServer) throws -> StreamInfo {
        var options = StreamOptions(transport: .tcp, openTimeout: .seconds(3))
        options.keepsSound = true
        return try Demuxer(
            opening: SourceAddress("rtsp://127.0.0.1:\(server.port)/x"), options: options, stop: StopFlag(),
            clock: SystemTime()
        ).info
    }

    @Test func soundThatCannotBeKeptIsNotSent() throws {
        let asked = Mutex<[String]>([])
        let server = try Self.camera(
            describing: "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:v\r\n"
                + "m=audio 0 RTP/AVP 98\r\na=rtpmap:98 L16/8000\r\na=control:a\r\n"
        ) { request in
            let line = request.text.split(whereSeparator: \.isNewline)[0].replacing(#/rtsp:.*/x\/?/#, with: "")
            if ["SETUP", "PLAY", "TEARDOWN"].contains(request.method) { asked.withLock { $0.append(String(line)) } }
        }
        let info = try heard(server)
        #expect(info.codec == "h264" && info.sound == nil)
        #expect(info.unsupportedSound == "pcm_s16be")
        // Both at first, then a goodbye, and the pictures alone.
        let steps = asked.withLock { $0 }.map {
            $0.replacing("RTSP/1.0", with: "").trimmingCharacters(in: .whitespaces)
        }
        #expect(steps.prefix(6) == ["SETUP v", "SETUP a", "PLAY", "TEARDOWN", "SETUP v", "PLAY"])
    }

    /// - Parameter refusal: the status with which the track `a` is not set up; `nil` where it is.
    private static func camera(
        describing media: String, refusingSound refusal: String? = nil,
        noting note: @escaping @Sendable (CannedServer.Request) -> Void = { _ in }
    ) throws -> CannedServer {
        let description = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n" + media
        return try CannedServer { request in
            note(request)
            let head = "RTSP/1.0 200 OK\r\nCSeq: \(request.number)\r\n"
            switch request.method {
            case "OPTIONS": return head + "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n"
            case "DESCRIBE":
                return head + "Content-Type: application/sdp\r\nContent-Length: \(description.utf8.count)\r\n\r\n"
                    + description
            case "SETUP":
                if let refusal, request.text.contains("/a RTSP") {
                    return "RTSP/1.0 \(refusal)\r\nCSeq: \(request.number)\r\n\r\n"
                }
                return head + "Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
            default: return head + "Session: 1\r\n\r\n"
            }
        }
    }

    @Test func eachCodeHasItsOwnRemedy() throws {
        let address = try StreamAddress(SourceAddress("rtsp://10.0.0.5/x"))
        let log = LogContext(source: nil) { $0 }
        let statuses: [Int32] = [
            -111, -113, -110, -93, -Int32(bitPattern: 0x3130_34F8), -Int32(bitPattern: 0x3330_34F8),
            -Int32(bitPattern: 0x3430_34F8),
        ]
        let errors = statuses.map { MediaError(status: $0, address: address, log: log, options: StreamOptions()) }
        #expect(Set(errors.map(\.code)).count == statuses.count)
        #expect(Set(errors.map(\.remedy)).count == statuses.count)
    }
}
