import Domain
import Testing

@testable import Media

@Suite struct StreamAddressTests {
    @Test(arguments: [
        ("rtsp://u:p@ss:w/rd%40@10.0.0.5/main", "rtsp://u:p%40ss%3Aw%2Frd%2540@10.0.0.5/main", true),
        ("HTTP://10.0.0.5/video", "http://10.0.0.5/video", false), ("/a b/c.mp4", "file:/a b/c.mp4", false),
        ("file:///a/c.mp4", "file:/a/c.mp4", false), ("rtsp:c.mp4", "file:rtsp:c.mp4", false),
    ])
    func isWrittenForFFmpeg(address: String, url: String, hasUser: Bool) throws {
        let parsed = try StreamAddress(SourceAddress(address))
        #expect(parsed.url == url)
        #expect(parsed.hasUser == hasUser)
    }

    @Test func secretsAreScrubbedInEveryForm() throws {
        let parsed = try StreamAddress(SourceAddress("rtsp://u:p@ss:w/rd%40@10.0.0.5/main?token=abc123"))
        let text = parsed.scrub(
            "cannot open rtsp://u:p@ss:w/rd%40@10.0.0.5/main?token=abc123 or \(parsed.url) with p%40ss%3Aw%2Frd%2540")
        for secret in ["p@ss", "w/rd", "p%40ss", "2540", "abc123"] { #expect(!text.contains(secret), "\(text)") }
        #expect(text.contains("cannot open"))
    }

    @Test(arguments: ["rtmp://10.0.0.5/live", "ftp://10.0.0.5/a.mp4", "concat://a|b", "x://u:secret@h/"])
    func otherSchemesAreRefused(address: String) {
        let error = #expect(throws: MediaError.self) { _ = try StreamAddress(SourceAddress(address)) }
        #expect(error?.code == .unsupportedAddress)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func protocolsAreTheFewThatTheSourceNeeds() throws {
        #expect(try StreamAddress(SourceAddress("/a/b.mp4")).protocols == "file")
        #expect(try StreamAddress(SourceAddress("rtsp://h/x")).protocols == "rtsp,rtp,udp,tcp")
        #expect(try !StreamAddress(SourceAddress("http://h/x")).protocols.contains("file"))
    }
}
