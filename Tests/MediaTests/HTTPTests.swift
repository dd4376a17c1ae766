import Domain
import Foundation
import Testing

@testable import Media

@Suite(.timeLimit(.minutes(10))) struct HTTPTests {
    /// A camera that pushes JPEG pictures in one endless answer, without timestamps.
    @Test func motionJPEGIsLive() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "one.jpg", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=1:duration=1", "-frames:v", "1")
        let jpeg = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let head = "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: \(jpeg.count)\r\n\r\n"
        let part = Array(head.utf8) + jpeg + Array("\r\n".utf8)
        let server = try CannedServer(body: { send in
            for _ in 0..<40 {
                guard send(part) else { return }
                Thread.sleep(forTimeInterval: 0.05)
            }
        }) { _ in
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\nConnection: close\r\n\r\n"
        }
        let reading = try Reading("http://127.0.0.1:\(server.port)/video", limit: 30)
        #expect(reading.info.codec == "mjpeg" && reading.info.isLive)
        #expect(reading.counters.errors == 0)
        #expect(abs((reading.times.last?.seconds ?? 0) - Date().timeIntervalSince1970) < 1)
        let seconds = ((reading.times.last ?? .zero) - (reading.times.first ?? .zero)).inSeconds
        #expect(seconds > 0.7 && seconds < 4, "29 pictures at 20 a second")
        // The sender ends the stream: an error for a live source, not the end of a recording.
        let error = #expect(throws: MediaError.self) { _ = try Reading("http://127.0.0.1:\(server.port)/video") }
        #expect(error?.code == .ended)
    }

    @Test func recordingOnAWebServerIsARecording() throws {
        let scratch = try Scratch()
        let path = try scratch.clip(
            "clip.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10:duration=1", "-c:v", "libx264", "-movflags",
            "+faststart")
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let server = try CannedServer(body: { send in _ = send(bytes) }) { _ in
            "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: \(bytes.count)\r\nConnection: close\r\n\r\n"
        }
        let reading = try Reading("http://127.0.0.1:\(server.port)/clip.mp4")
        #expect(!reading.info.isLive)
        #expect(reading.times.map(\.microseconds) == (0..<10).map { $0 * 100_000 })
    }

    /// What a web server says is a video may be a list of local files.
    @Test func hostilePlaylistReadsNoLocalFile() throws {
        let scratch = try Scratch()
        let secret = try scratch.clip("secret.ts", "-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=1")
        let list =
            "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://\(secret)\n#EXTINF:1,\n\(secret)\n#EXT-X-ENDLIST\n"
        let server = try CannedServer { _ in
            "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nContent-Length: \(list.utf8.count)\r\n"
                + "Connection: close\r\n\r\n\(list)"
        }
        let error = #expect(throws: MediaError.self) {
            _ = try Reading(
                "http://127.0.0.1:\(server.port)/live.m3u8", options: StreamOptions(openTimeout: .seconds(3)))
        }
        #expect(error?.code != nil)
    }
}
