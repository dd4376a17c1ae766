import Domain
import Testing

/// Addresses are opened with their secrets and shown without.
struct SourceAddressTests {
    @Test(
        arguments: [
            ("rtsp://viewer:hunter2@10.0.0.5:554/main", "viewer", "hunter2", "rtsp://10.0.0.5:554/main"),
            ("rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main", "viewer", "p@ss:w/rd%40", "rtsp://10.0.0.5/main"),
            ("rtsp://view%20er:p%40ss@[fe80::1]/a@b", "view er", "p@ss", "rtsp://[fe80::1]/a@b"),
            ("rtsp://viewer@10.0.0.5/main", "viewer", nil, "rtsp://10.0.0.5/main"),
        ] as [(String, String, String?, String)])
    func theUserPartCanBeTakenOut(text: String, user: String, password: String?, rest: String) throws {
        let part = try #require(SourceAddress(text).userPart)
        #expect(part.user == user && part.password == password && part.rest == rest)
        #expect(SourceAddress(rest).userPart == nil)
    }

    @Test(arguments: [
        ("rtsp://10.0.0.5/main", "rtsp://10.0.0.5/main"),
        ("rtsp://viewer:hunter2@10.0.0.5:554/main", "rtsp://***@10.0.0.5:554/main"),
        ("rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main", "rtsp://***@10.0.0.5/main"),
        ("rtsp://viewer:a#b@10.0.0.5/main", "rtsp://***@10.0.0.5/main"),
        ("rtsp://viewer:a?b@10.0.0.5/main", "rtsp://***"),
        ("rtsp://token@10.0.0.5/main", "rtsp://***@10.0.0.5/main"),
        ("rtsp://[fe80::1]:554/main", "rtsp://[fe80::1]:554/main"),
        ("http://10.0.0.5/a.mjpg?token=hunter2&x", "http://10.0.0.5/a.mjpg?token=***&***"),
        ("http://10.0.0.5/a.mjpg?token=a@b", "http://***"),
        ("http://10.0.0.5/a#hunter2", "http://10.0.0.5/a"),
        ("rtsp://10.0.0.5:554/user=admin&password=hunter2_channel=1", "rtsp://10.0.0.5:554/user=***"),
        ("rtsp://10.0.0.5/user=admin_password=hunter2_channel=1_stream=0.sdp?real_stream", "rtsp://10.0.0.5/user=***"),
        ("hunter2 rtsp://10.0.0.5/main", "***://10.0.0.5/main"),
        ("viewer:hunter2@10.0.0.5/main", "***@10.0.0.5/main"),
        ("/videos/a@b.mp4", "/videos/a@b.mp4"), ("clip.mp4", "clip.mp4"), ("", ""), ("://", "://"),
        ("rtsp://", "rtsp://"),
    ])
    func theyAreShownWithoutSecrets(text: String, shown: String) {
        let address = SourceAddress(text)
        var dumped = ""
        dump(address, to: &dumped)
        #expect(address.redacted == shown)
        #expect("\(address)" == shown && String(describing: address) == shown && String(reflecting: address) == shown)
        let inside = "\([address]) \(["x": address]) \(Optional(address) as Any) \((address, 1))"
        let mirrored = Mirror(reflecting: address).children.map { "\($0.value)" }.joined()
        for said in [dumped, inside, mirrored] { #expect(!said.contains("hunter2") && !said.contains("w/rd")) }
    }

    @Test(arguments: [
        // A user part that a URL allows stands as it is.
        ("rtsp://viewer:p%40ss@10.0.0.5/main", "rtsp://viewer:p%40ss@10.0.0.5/main"),
        ("rtsp://viewer:hunter2@10.0.0.5/a@2x", "rtsp://viewer:hunter2@10.0.0.5/a@2x"),
        ("rtsp://10.0.0.5/a@2x?b=c@d", "rtsp://10.0.0.5/a@2x?b=c@d"),
        // One that it does not allow is raw.
        ("rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main", "rtsp://viewer:p%40ss%3Aw%2Frd%2540@10.0.0.5/main"),
        ("rtsp://viewer:p@ss@10.0.0.5/main", "rtsp://viewer:p%40ss@10.0.0.5/main"),
        ("rtsp://viewer:100%@10.0.0.5/main", "rtsp://viewer:100%25@10.0.0.5/main"),
        ("rtsp://viewer:a b@10.0.0.5/main", "rtsp://viewer:a%20b@10.0.0.5/main"),
        ("rtsp://mật:khẩu@10.0.0.5/main", "rtsp://m%E1%BA%ADt:kh%E1%BA%A9u@10.0.0.5/main"),
        ("rtsp://viewer:x@[fe80::1]:554/main", "rtsp://viewer:x@[fe80::1]:554/main"),
        ("/videos/a b@c.mp4", "/videos/a b@c.mp4"),
    ])
    func theyAreOpenedWithAnEncodedUserPart(text: String, revealed: String) {
        #expect(SourceAddress(text).revealed == revealed)
    }

    @Test(
        arguments: [
            ("rtsp://viewer:p@10.0.0.5:554/main", "10.0.0.5", "554"), ("rtsp://[fe80::1]:554/", "[fe80::1]", "554"),
            ("http://camera.example/x:1", "camera.example", nil), ("rtsp://", "", nil),
        ] as [(String, String, String?)])
    func hostAndPortAreFound(text: String, host: String, port: String?) {
        #expect(SourceAddress(text).host == host && SourceAddress(text).port == port)
        #expect(SourceAddress("/a/b.mp4").host == nil)
    }

    @Test func messagesOfLibrariesAreScrubbed() {
        let address = SourceAddress("rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main")
        for said in [
            "cannot open rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main", "cannot open \(address.revealed)",
            "password p@ss:w/rd%40 refused", "password p%40ss%3aw%2frd%2540 refused", "viewer:p%40ss%3Aw%2Frd%2540",
            "the decoded form is p@ss:w/rd@",
        ] {
            let scrubbed = address.scrub(said)
            #expect(scrubbed.contains("***"), "\(scrubbed)")
            for part in ["p@ss", "w/rd", "w%2F", "w%2f"] { #expect(!scrubbed.contains(part), "\(scrubbed)") }
        }
        #expect(address.scrub("Connection refused") == "Connection refused")
        #expect(
            SourceAddress("/videos/gate.mp4").scrub("no such file /videos/gate.mp4") == "no such file /videos/gate.mp4")
    }

    @Test func shortValuesAreScrubbedWhereTheyBelongAndNowhereElse() {
        let query = SourceAddress("http://10.0.0.5/a?channel=1&token=ab")
        #expect(query.scrub("401 for /a?channel=1&token=ab in 11 s") == "401 for /a?***&*** in 11 s")
        let user = SourceAddress("rtsp://u:1@10.0.0.5/a")
        #expect(user.scrub("401 for u:1@10.0.0.5 in 11 s") == "401 for ***@10.0.0.5 in 11 s")
        let path = SourceAddress("rtsp://10.0.0.5/user=admin&password=hunter2&channel=1")
        #expect(!path.scrub("bad login with hunter2").contains("hunter2"))
        #expect(!path.scrub("bad path /user=admin&password=hunter2&channel=1").contains("hunter2"))
    }

    @Test func partsKnownToBeSecretAreHiddenWhereverTheyStand() {
        let address = SourceAddress(
            "rtsp://10.0.0.5/live/hunter2/main", template: "rtsp://10.0.0.5/live/***/main", secrets: ["hunter2"])
        #expect(address.revealed == "rtsp://10.0.0.5/live/hunter2/main")
        #expect("\(address)" == "rtsp://10.0.0.5/live/***/main")
        #expect(address.scrub("404 on hunter2") == "404 on ***")
        #expect(address.scrub(address.revealed) == "***")
    }

    @Test func aSecretIsNeverPrinted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(["a": secret], to: &dumped)
        let mirrored = Mirror(reflecting: secret).children.count
        #expect(!"\(secret) \(String(reflecting: secret)) \(Optional(secret) as Any) \(dumped)".contains("hunter2"))
        #expect(mirrored == 0 && secret.revealed == "hunter2" && secret == Secret("hunter2"))
    }

    @Test func percentEncodingGoesBothWays() {
        var state: UInt64 = 7
        for _ in 0..<500 {
            let text = String(
                decoding: (0..<12).map { _ -> UInt8 in
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return UInt8(truncatingIfNeeded: state >> 33) & 0x7F
                }, as: UTF8.self)
            #expect(PercentEncoding.decode(PercentEncoding.encode(text)) == text)
            #expect(
                PercentEncoding.encode(text).utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"@:/?#&=".utf8.contains($0) })
        }
        #expect(PercentEncoding.decode("100%") == "100%" && PercentEncoding.decode("%4") == "%4")
        #expect(PercentEncoding.decode("%zz%41") == "%zzA" && PercentEncoding.decode("%FF") == "\u{FFFD}")
    }
}
