import Domain
import Foundation
import Synchronization
import Testing

@testable import Media

@Suite(.serialized) struct MediaLogTests {
    private static let heard = Mutex<[MediaLog.Message]>([])

    @Test func messagesCarryTheirSourceAndNoPassword() throws {
        Self.heard.withLock { $0 = [] }
        MediaLog.setHandler { message in Self.heard.withLock { $0.append(message) } }
        defer { MediaLog.setHandler(nil) }
        let server = try CannedServer { request in
            "RTSP/1.0 401 Unauthorized\r\nCSeq: \(request.number)\r\nWWW-Authenticate: Basic realm=\"geheim-42\"\r\n\r\n"
        }
        let source = "rtsp://viewer:geheim-42@127.0.0.1:\(server.port)/x"
        #expect(throws: MediaError.self) { _ = try Reading(source) }
        let mine = Self.heard.withLock { $0 }.filter { $0.source?.contains(":\(server.port)/x") == true }
        #expect(mine.contains { $0.level == .error && $0.text.contains("401") })
        for message in mine { #expect(!"\(message)".contains("geheim")) }
    }

    @Test func aFloodIsCutAndCounted() {
        let log = LogContext(source: "flood") { $0 }
        Self.heard.withLock { $0 = [] }
        MediaLog.setHandler { message in
            if message.source == "flood" { Self.heard.withLock { $0.append(message) } }
        }
        defer { MediaLog.setHandler(nil) }
        for i in 0..<5_000 { log.record(level: .warning, origin: "h264", line: "message \(i)\n") }
        #expect(Self.heard.withLock { $0.count } <= 20)
        #expect(log.heard("message 4999"))
        Thread.sleep(forTimeInterval: 1.1)
        log.record(level: .warning, origin: "h264", line: "after\n")
        #expect(Self.heard.withLock { $0.last?.text.contains("left out") } == true)
    }
}
