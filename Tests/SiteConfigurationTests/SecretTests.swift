import Domain
import Foundation
import SiteConfiguration
import Testing

/// Passwords and tokens: they come from outside, arrive unharmed, and are shown to nobody.
struct SecretTests {
    static let awkward = [
        "p@ss:w/rd%40", "hunter2-hunter2", "a?b#c&d=e", "100%", "%zz%", "ü-mật khẩu", "[::1]", "://@", "$${x}",
        "\"quoted\"",
        "a b", "+plus+", "back\\slash", "rtsp://u:p@h/", "***", "ﷺ", "e\u{301}", "user=admin&password=x",
    ]

    @Test(arguments: awkward)
    func aPasswordArrivesUnharmedAndIsNotShown(password: String) throws {
        let settings = try load(
            "cameras: [{id: gate, source: 'rtsp://viewer:${PW}@10.0.0.5:554/main', detectSource: 'http://10.0.0.5/a?token=${PW}&x=1'}]",
            environment: ["PW": password])
        let camera = settings.cameras[0]
        // What FFmpeg does: user part up to the last @ before the first / ? #, split at the first colon, decoded.
        let revealed = camera.source.revealed
        let rest = try #require(revealed.firstRange(of: "://").map { revealed[$0.upperBound...] })
        let authority = rest.prefix { !"/?#".contains($0) }
        let at = try #require(authority.lastIndex(of: "@"))
        let colon = try #require(authority.firstIndex(of: ":"))
        #expect(PercentEncoding.decode(String(authority[authority.index(after: colon)..<at])) == password)
        #expect(authority[authority.index(after: at)...] == "10.0.0.5:554")
        #expect(revealed.hasSuffix("@10.0.0.5:554/main"))

        let query = try #require(camera.detectSource?.revealed.split(separator: "?").last)
        let token = try #require(query.split(separator: "&").first).dropFirst("token=".count)
        #expect(PercentEncoding.decode(String(token)) == password)

        #expect("\(camera.source)" == "rtsp://***@10.0.0.5:554/main")
        #expect(camera.detectSource?.description == "http://10.0.0.5/a?token=***&x=***")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in [dumped, "\(settings)", String(reflecting: settings)] where password != "***" {
            #expect(!text.contains(password) && !text.contains(PercentEncoding.encode(password)))
        }
        for said in ["401 for \(revealed)", "bad '\(password)'", "auth viewer:\(PercentEncoding.encode(password))@x"] {
            let scrubbed = camera.source.scrub(said)
            #expect(
                password == "***"
                    || (!scrubbed.contains(password) && !scrubbed.contains(PercentEncoding.encode(password))))
        }
    }

    @Test(arguments: [
        ("rtsp://viewer:hunter2@10.0.0.5/main", "a password stands in clear in this address"),
        ("rtsp://viewer:p@ss:w/rd%40@10.0.0.5/main", "a password stands in clear in this address"),
        ("rtsp://viewer:hunter2${PW}@10.0.0.5/main", "a password stands in clear in this address"),
        ("http://10.0.0.5/a?token=hunter2", "a token stands in clear in this address"),
        ("http://10.0.0.5/a?x=1&Access_Token=hunter2", "a access_token stands in clear in this address"),
        ("rtsp://10.0.0.5/user=admin&password=hunter2&channel=1", "a password stands in clear in this address"),
        ("rtsp://10.0.0.5/user=admin_password=hunter2_channel=1_stream=0.sdp", "stands in clear in this address"),
        ("viewer:hunter2@10.0.0.5/main", "a password stands in clear in this address"),
    ])
    func whatStandsInClearIsAFaultThatDoesNotRepeatIt(source: String, problem: String) throws {
        let text = "cameras: [{id: gate, source: '\(source)'}]"
        let found = faults(in: text, environment: ["PW": "x"])
        #expect(found.count == 1)
        #expect(found[0].hasPrefix("1:30: 'source': ") && found[0].contains(problem), "\(found)")
        #expect(found[0].contains("Write ${NAME} in its place"))
        #expect(!found[0].contains("hunter2") && !found[0].contains("w/rd"))
    }

    @Test(arguments: [
        ("rstp://10.0.0.5/main", "has an unknown scheme, did you mean 'rtsp'?"),
        ("rtsp://", "names no host"), ("rtsp://viewer:${PW}@/main", "names no host"),
        ("rtsp://10.0.0.5:99999/main", "has no valid port"), ("rtsp://10.0.0.5:/main", "has no valid port"),
        ("rtsp://10.0.0.5/ma in", "has a space in it"), ("rtsp://viewer:${PW@10.0.0.5/main", "'${' is not closed"),
        ("rtsp://viewer:${1PW}@10.0.0.5/main", "names no environment variable"),
        ("rtsp://viewer:${NOPE}@10.0.0.5/main", "the environment variable NOPE is not set"),
        ("rtsp://${BREAK}/main", "holds a control character once its secrets are filled in"),
        ("file:/nonexistent/secret", "the secret file '/nonexistent/secret' cannot be found"),
        (
            "rtsp://viewer:${file:/nonexistent/secret}@10.0.0.5/main",
            "the secret file '/nonexistent/secret' cannot be found"
        ),
        ("file:/dev/zero", "'/dev/zero' is no file"), ("file:/", "'/' is no file"),
    ])
    func addressesAreChecked(source: String, problem: String) {
        let found = faults(
            in: "cameras: [{id: gate, source: '\(source)'}]", environment: ["PW": "hunter2", "BREAK": "10.0.0.5\n"])
        #expect(found.count == 1 && found[0].contains(problem), "\(found)")
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func secretsComeFromFilesBesideTheConfiguration() throws {
        let folder = try TemporaryFolder()
        try folder.write("p@ss:w/rd%40\n", to: "password")
        try folder.write("rtsp://viewer:other%20one@10.0.0.6/main\r\n", to: "address")
        try folder.write("0123456789abcdef\n", to: "token")
        let path = try folder.write(
            """
            storage: {directory: store}
            center: {tokens: [{name: an, secret: "file:token"}, {name: binh, secret: "${BINH}"}]}
            cameras:
              - {id: a, source: "rtsp://viewer:${file:password}@10.0.0.5/main"}
              - {id: b, source: "file:address"}
              - {id: c, source: clips/gate.mp4}
              - {id: d, source: "file:///srv/gate.mp4"}
              - {id: e, source: "${WHOLE}"}
            """, to: "streams.yaml")
        let settings = try SiteSettings.load(
            path: path, environment: ["BINH": "fedcba9876543210", "WHOLE": "rtsp://u:p@ss:w/rd%40@10.0.0.7/x"])
        #expect(
            settings.cameras.map(\.source.revealed) == [
                "rtsp://viewer:p%40ss%3Aw%2Frd%2540@10.0.0.5/main", "rtsp://viewer:other%20one@10.0.0.6/main",
                folder.path + "/clips/gate.mp4", "file:///srv/gate.mp4", "rtsp://u:p%40ss%3Aw%2Frd%2540@10.0.0.7/x",
            ])
        #expect(
            settings.cameras.map(\.source.description) == [
                "rtsp://***@10.0.0.5/main", "rtsp://***@10.0.0.6/main", folder.path + "/clips/gate.mp4",
                "file:///srv/gate.mp4", "rtsp://***@10.0.0.7/x",
            ])
        #expect(settings.center.tokens.map(\.secret.revealed) == ["0123456789abcdef", "fedcba9876543210"])
        #expect(settings.storage.directory == folder.path + "/store")
    }

    @Test(arguments: [
        ("hunter2hunter2", "'secret' must be ${NAME} of an environment variable or file:PATH, never the token itself"),
        ("${NOPE}", "the environment variable NOPE is not set"), ("${SHORT}", "is too short or not plain"),
        ("${SPACE}", "is too short or not plain"), ("${EMPTY}", "is too short or not plain"),
        ("file:/nonexistent", "the secret file '/nonexistent' cannot be found"),
    ])
    func tokensAreChecked(secret: String, problem: String) {
        let environment = ["SHORT": "hunter2hunter2", "SPACE": "hunter2 hunter2 hunter2", "EMPTY": ""]
        let text = "center: {tokens: [{name: an, secret: '\(secret)'}]}\n" + camera()
        let found = faults(in: text, environment: environment)
        #expect(found.count == 1 && found[0].contains(problem), "\(found)")
        #expect(!found.joined().contains("hunter2"))
    }

    @Test func tokensOfOneSecretOrOneNameAreAFault() {
        let text = "center: {tokens: [{name: an, secret: '${A}'}, {name: an, secret: '${B}'}]}\n" + camera()
        let found = faults(in: text, environment: ["A": "0123456789abcdef", "B": "0123456789abcdef"])
        #expect(found.count == 2)
        #expect(found[0].contains("the token name 'an' is taken"))
        #expect(found[1].contains("this token has the same secret as 'an'"))
    }

    /// Whatever goes wrong with a file, its faults do not quote what may be a secret.
    @Test func faultsDoNotQuoteSecrets() {
        let texts = [
            "cameras: [{id: gate, source: [rtsp://viewer:hunter2@10.0.0.5/main]}]",
            "cameras: [{id: gate, sorce: rtsp://viewer:hunter2@10.0.0.5/main}]",
            "cameras: [{id: gate, 'rtsp://viewer:hunter2@10.0.0.5/main': 1}]",
            "cameras: ['rtsp://viewer:hunter2@10.0.0.5/main']",
            "cameras: rtsp://viewer:hunter2@10.0.0.5/main",
            "cameras: [{id: 'rtsp://viewer:hunter2@10.0.0.5/main', source: x}]",
            "cameras: [{id: gate, source: x, transport: 'viewer:hunter2@10.0.0.5'}]",
            "center: {listen: 'https://viewer:hunter2@0.0.0.0:80'}\n" + camera(),
            "center: {tokens: [{name: an, secret: 12345678}]}\n" + camera(),
            "center: {tokens: [{name: an, secret: [hunter2]}]}\n" + camera(),
            "center: {tokens: [{name: an, secret: {hunter2: 1}}]}\n" + camera(),
            "cameras: [{id: gate, source: \"rtsp://viewer:hunter2@10.0.0.5/main}]",
        ]
        for text in texts {
            let found = faults(in: text)
            #expect(!found.isEmpty)
            #expect(!found.joined().contains("hunter2") && !found.joined().contains("12345678"), "\(found)")
        }
    }
}
