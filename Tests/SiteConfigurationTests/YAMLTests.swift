import Domain
import Foundation
import Testing

@testable import SiteConfiguration

/// Text to nodes: sharing, repetitions, and texts that nobody wrote in good faith.
struct YAMLTests {
    @Test func anchorsAliasesAndMergesShareWhatCamerasHaveInCommon() throws {
        let settings = try load(
            """
            cameras:
              - &first
                id: gate
                source: rtsp://10.0.0.5/main
                transport: udp
                zones: &zones [{id: yard, polygon: &p [[0, 0], [1, 0], [1, 1]]}]
              - <<: *first
                id: back
                source: rtsp://10.0.0.6/main
              - {id: side, source: rtsp://10.0.0.7/main, zones: *zones, name: "a * b *c"}
            """)
        #expect(settings.cameras.map(\.id.rawValue) == ["gate", "back", "side"])
        #expect(settings.cameras.map(\.transport) == [.udp, .udp, .tcp])
        #expect(settings.cameras[1].zones == settings.cameras[0].zones)
        #expect(settings.cameras[2].zones == settings.cameras[0].zones)
        #expect(settings.cameras[2].name == "a * b *c")
        #expect(settings.cameras[1].source.revealed == "rtsp://10.0.0.6/main")
    }

    @Test(arguments: [
        ("name: *nothing", "4:11: no anchor '&nothing' stands before this alias."),
        ("name: *no thing", "4:11: a value that begins with '*' is the alias of an anchor, and this is none."),
        ("zones: &a [*a]", "4:16: no anchor '&a' stands before this alias"),
        ("name: !!binary aGk=", "4:11: YAML tags such as 'tag:yaml.org,2002:binary' mean nothing here."),
        ("name: !include x", "4:11: YAML tags such as '!include' mean nothing here."),
        ("? [a, b]\n    : 1", "4:7: a list or mapping cannot be a key."),
        ("<<: 1", "4:9: '<<' merges mappings only."),
        ("name: a\n    name: b", "5:5: the key 'name' stands twice in this mapping. Remove one of the two; the other"),
        ("\"name\": a\n    name: b", "5:5: the key 'name' stands twice in this mapping."),
    ])
    func misuseIsToldWithItsPlace(line: String, expected: String) {
        let found = faults(in: camera(line))
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test(arguments: [
        ("cameras:\n\t- id: x\n", "2:1: this is not YAML: found character that cannot start any token", "not tabs"),
        (
            "cameras: [{id: a, source: b}\n", "2:1: this is not YAML: did not find expected ',' or ']'",
            "Close the bracket"
        ),
        ("a: b: c\n", "1:5: this is not YAML: mapping values are not allowed in this context", "quotes"),
        ("a: \"b\n", "2:1: this is not YAML: found unexpected end of stream", "Close the quote"),
        ("a: 1\n---\nb: 2\n", "2:1: this is not one YAML document", "remove the '---'"),
        ("a: \"\\q\"\n", "1:5: this is not YAML: found unknown escape character", "Write \\\\ for a backslash"),
        ("", "1:1: the file is empty.", "Begin with 'cameras:'"),
        ("# nothing\n", "1:1: the file is empty.", "Begin with 'cameras:'"),
        ("a: \u{1}b\n", "1:4: the character U+1 may not stand in YAML.", "Delete it"),
        ("cameras: {secret: ${X}}\n", "1:20: this is not YAML", "quotes"),
        (
            "- a\n- b\n", "1:1: 'the configuration' must be a mapping with the keys site, storage, center, geography",
            "Change"
        ),
    ])
    func syntaxIsToldWithItsPlaceAndARemedy(text: String, expected: String, remedy: String) {
        let found = faults(in: text)
        #expect(found.count == 1 && found.first?.hasPrefix(expected) == true, "\(found)")
        #expect(found.first?.contains(remedy) == true, "\(found)")
    }

    @Test func aByteOrderMarkAndWindowsLineEndsAreNoFaults() throws {
        let text = "\u{FEFF}" + camera("name: Cổng", "zoness: 1").replacingOccurrences(of: "\n", with: "\r\n")
        #expect(faults(in: text).map { $0.prefix(20) } == ["5:5: unknown key 'zo"])
    }

    @Test func repeatedKeysAreAllReportedBesideOtherFaults() {
        let found = faults(
            in: camera("name: a", "name: b", "name: c", "detect: [smog]", "transport: tcp", "transport: udp"))
        #expect(found.map { String($0.prefix(4)) } == ["5:5:", "6:5:", "7:14", "9:5:"], "\(found)")
    }

    /// The classic: each line stands for nine of the line before.
    static func bomb(asKey: Bool) -> String {
        var lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        for i in 1...30 {
            lines.append("a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 9).joined(separator: ", ") + "]")
        }
        lines.append(asKey ? "? *a30\n: 1\n? {*a30 : 2}\n: 3\n? [*a29]\n: 4" : "cameras: *a30")
        return lines.joined(separator: "\n") + "\n"
    }

    /// Texts that make parsers slow, deep or large.
    static let hostile: [String: String] = [
        "aliases of aliases": bomb(asKey: false),
        "aliases of aliases as keys": bomb(asKey: true),
        "aliases in a chain": "a0: &a0 x\n" + (1...5_000).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined(),
        "merges of merges": "a0: &a0 {x: 1}\n"
            + (1...200).map { "a\($0): &a\($0) {<<: [*a\($0 - 1), *a\($0 - 1)], k\($0): 1}\n" }.joined(),
        "many merges of much": "a: &a {" + (0..<20_000).map { "k\($0): 1" }.joined(separator: ", ") + "}\nb: {<<: ["
            + Array(repeating: "*a", count: 100_000).joined(separator: ", ") + "]}\n",
        "many uses of much": "a: &a [" + Array(repeating: "1", count: 50_000).joined(separator: ", ") + "]\ncameras: ["
            + Array(repeating: "*a", count: 50_000).joined(separator: ", ") + "]\n",
        "open brackets": String(repeating: "[", count: 200_000),
        "open braces": String(repeating: "{", count: 200_000),
        "nested lists": String(repeating: "- ", count: 50_000) + "x",
        "nested keys": String(repeating: "? ", count: 50_000) + "x",
        "closed brackets": "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
        "one long key": String(repeating: "k", count: 300_000) + ": 1",
        "one long word": "cameras: " + String(repeating: "x", count: 1_000_000),
        "many keys": (0..<20_000).map { "k\($0): 1\n" }.joined(),
        "one key many times": String(repeating: "cameras: 1\n", count: 2_000),
        "many cameras in one line": "cameras: [" + String(repeating: "{id: a},", count: 20_000) + "]",
        "quotes": String(repeating: "\"", count: 100_001),
        "anchors only": String(repeating: "&a ", count: 50_000),
        "private-use characters": "cameras: \u{E000}\u{E001}\u{F0000}\u{F0069}\n",
        "too large": String(repeating: "# comment\n", count: 300_000),
        "line separators": String(repeating: "\u{2028}\u{85}", count: 50_000) + "a: [",
    ]

    @Test(arguments: hostile.keys.sorted())
    func hostileTextsAreRefusedSoon(name: String) throws {
        let text = try #require(Self.hostile[name])
        let start = ContinuousClock.now
        var caught: ConfigurationFaults?
        do throws(ConfigurationFaults) { _ = try load(text) } catch { caught = error }
        let faults = try #require(caught?.faults)
        #expect(!faults.isEmpty && faults.count <= FaultList.most)
        #expect(faults.allSatisfy { $0.line > 0 && $0.column > 0 && $0.description.utf8.count < 2_000 })
        // Debug builds on a busy machine take seconds; a parser that is caught takes years.
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func aThousandCamerasFitInAFile() throws {
        let zone = "{id: yard, polygon: [[0.1, 0.4], [0.9, 0.4], [0.9, 1.0], [0.1, 1.0]]}"
        let text =
            "cameras:\n"
            + (0..<1_000).map {
                "  - {id: cam-\($0), source: 'rtsp://viewer:${P}@10.0.0.5/\($0)', zones: [\(zone)], rules: [{kind: intrusion, zone: yard}]}\n"
            }.joined()
        let settings = try load(text, environment: ["P": "p@ss:w/rd%40"])
        #expect(settings.cameras.count == 1_000)
        #expect(Set(settings.cameras.map(\.id)).count == 1_000)
    }
}
