import Domain
import Testing

@testable import Media

@Suite struct StreamAddressTests {
    @Test(arguments: [
        ("rtsp://u:p@10.0.0.5/main", "rtsp://u:p@10.0.0.5/main", nil),
        ("rtsp://10.0.0.5:554/main", "rtsp://10.0.0.5:554/main", nil),
        // The password as it is, with everything that has a meaning in a URL.
        ("rtsp://u:p@ss:w/rd%40@10.0.0.5/main", "rtsp://u:p%40ss%3Aw%2Frd%2540@10.0.0.5/main", nil),
        ("rtsp://u:a?b#c@10.0.0.5:8554/x?y=z", "rtsp://u:a%3Fb%23c@10.0.0.5:8554/x?y=z", nil),
        // Already encoded, or literal: both can be meant.
        ("rtsp://u:p%40ss@10.0.0.5/", "rtsp://u:p%40ss@10.0.0.5/", "rtsp://u:p%2540ss@10.0.0.5/"),
        ("rtsp://u:100%@10.0.0.5/", "rtsp://u:100%25@10.0.0.5/", nil),
        // Names that look like hosts, paths with an @.
        ("rtsp://me@mail.example:pw@10.0.0.5/a", "rtsp://me:@", nil),
        ("rtsp://u:p@10.0.0.5/live@2", "rtsp://u:p@10.0.0.5/live@2", nil),
        ("rtsp://10.0.0.5/live@2", "rtsp://10.0.0.5/live@2", nil),
        ("rtsp://10.0.0.5/x?mail=a@b.example", "rtsp://10.0.0.5/x?mail=a@b.example", nil),
        ("rtsp://u:p@[fe80::1]:554/a", "rtsp://u:p@[fe80::1]:554/a", nil),
        ("rtsp://u:p@camera/a", "rtsp://u:p@camera/a", nil),
        ("rtsp://u:mật khẩu@10.0.0.5/a", "rtsp://u:m%E1%BA%ADt%20kh%E1%BA%A9u@10.0.0.5/a", nil),
        ("HTTP://u:p@10.0.0.5/video", "http://u:p@10.0.0.5/video", nil),
    ] as [(String, String, String?)])
    func userPartIsEncodedForFFmpeg(address: String, url: String, alternative: String?) throws {
        let parsed = try StreamAddress(SourceAddress(address))
        if url == "rtsp://me:@" {
            // An e-mail address as the user's name.
            #expect(parsed.url == "rtsp://me%40mail.example:pw@10.0.0.5/a")
        } else {
            #expect(parsed.url == url)
        }
        #expect(parsed.alternative == alternative)
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
