import Domain
import Foundation
import Testing

@testable import SiteConfiguration

/// The schema is the one source of truth: each key in it does something, and its JSON form accepts what the loader does.
struct SchemaTests {
    private static let cameras = "cameras: [{id: cam, source: rtsp://10.0.0.9/x}]"
    private static let zones =
        "[{id: yard, polygon: [[0, 0], [1, 0], [1, 1]]}, {id: road, polygon: [[0, 0], [1, 0], [1, 1]]}]"
    private static let corners = [
        "{picture: [0.1, 0.1], metres: [0, 20]}", "{picture: [0.8, 0.1], metres: [8, 20]}",
        "{picture: [0.9, 0.8], metres: [8, 0]}",
    ]
    private static let environment = [
        "GATE_PASSWORD": "p@ss:w/rd%40", "AN_TOKEN": "0123456789abcdef", "OTHER_TOKEN": "fedcba9876543210",
        "DUTY_TOKEN": "a-token", "DUTY_SECRET": "a-shared-secret", "GATEWAY_TOKEN": "another", "MONITOR_ID": "5f3a",
        "LINK_SECRET": "a-secret-of-links",
    ]
    private static let receivers =
        "channels:\n"
        + ["brigade", "home", "telegram"].map { "  - {id: \($0), type: http, url: \"https://x.example\"}\n" }
        .joined()
    private static let towers =
        "cameras:\n"
        + ["tower-1", "tower-3"].map {
            "  - {id: \($0), source: \"rtsp://10.0.0.9/x\", zones: [{id: yard, polygon: [[0, 0], [1, 0], [1, 1]]}]}\n"
        }.joined()

    /// A file around each section, whose keys go where `@` stands.
    private static let files: [String: String] = [
        "configuration": "@\n",
        "site": "site:\n  @\n\(cameras)\n",
        "mask": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    masks:\n      -\n        @\n",
        "groundPoint":
            "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    groundPoints:\n      - \(corners[0])\n      - "
            + "\(corners[1])\n      - \(corners[2])\n      -\n        @\n",
        "storage": "storage:\n  @\n\(cameras)\n",
        "center": "center:\n  @\n\(cameras)\n",
        "token": "center:\n  tokens:\n    -\n      @\n\(cameras)\n",
        "geography": "geography:\n  @\n\(cameras)\n",
        "alerts": "alerts:\n  @\n\(cameras)\n",
        "drill": receivers + "alerts:\n  drill:\n    @\n\(cameras)\n",
        "fireDanger":
            "channels: [{id: home, type: mqtt, url: \"mqtt://x.example\"}]\nfireDanger:\n  @\n\(cameras)\n",
        "dangerLevel": "fireDanger:\n  levels:\n    -\n      @\n\(cameras)\n",
        "channel": "channels:\n  -\n    @\n\(cameras)\n",
        "route": receivers + "routes:\n  -\n    @\n" + towers,
        "escalation": receivers + "routes:\n  - channels: brigade\n    escalation:\n      -\n        @\n" + towers,
        "camera": "cameras:\n  -\n    @\n",
        "pose": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    pose:\n      @\n",
        "motion": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    motion:\n      @\n",
        "smoke": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    smoke:\n      @\n",
        "secondOpinion":
            "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    smoke:\n      secondOpinion:\n        @\n",
        "recording": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    recording:\n      @\n",
        "clips": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    clips:\n      @\n",
        "classify": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    classify:\n      @\n",
        "zone": "cameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    zones:\n      -\n        @\n",
        "rule":
            "site: {latitude: 10, longitude: 104}\ncameras:\n  - id: cam\n    source: rtsp://10.0.0.9/x\n    "
            + "classify: {model: m.onnx}\n    "
            + "groundPoints: [\(corners.joined(separator: ", ")), {picture: [0.1, 0.8], metres: [0, 0]}]\n    "
            + "zones: \(zones)\n    rules:\n      -\n        @\n",
    ]

    /// What else a key needs beside it to mean anything.
    private static let companions: [String: [String: [String: String]]] = [
        "configuration": ["routes": ["channels": "[{id: duty, type: http, url: \"https://x.example\"}]"]],
        "channel": [
            "format": ["type": "webhook"], "secret": ["type": "webhook"],
            "topic": ["type": "mqtt", "url": "mqtt://x.example"],
            "discovery": ["type": "mqtt", "url": "mqtt://x.example"],
            "from": ["type": "email", "url": "smtp://x.example", "to": "c@d.vn"],
            "to": ["type": "email", "url": "smtp://x.example", "from": "a@b.vn"],
            "requireTLS": ["type": "email", "url": "smtp://x.example", "from": "a@b.vn", "to": "c@d.vn"],
        ],
        "alerts": ["linkSecret": ["webAddress": "https://duty.example"]],
        "fireDanger": ["channel": ["topic": "a/b"], "topic": ["channel": "home"]],
        "site": ["latitude": ["longitude": "103.9"], "longitude": ["latitude": "10.2"]],
        "rule": [
            "line": ["kind": "line-crossing"],
            "crossing": ["kind": "line-crossing", "line": "[[0.2, 0.5], [0.8, 0.5]]"],
            "allowedWay": ["kind": "wrong-direction"], "kilometresPerHour": ["kind": "speed"],
            "heightsPerSecond": ["kind": "speed"], "test": ["zone": "yard"],
            "minimumOverlap": ["zone": "yard", "test": "overlap"],
        ],
    ]

    /// Values of keys that must be given, other than their examples.
    private static let ordinary: [String: [String: String]] = [
        "configuration": ["cameras": "[{id: cam, source: rtsp://10.0.0.9/x}]"],
        "camera": ["id": "cam", "source": "rtsp://10.0.0.9/x", "classify": "{model: other.onnx}"],
        "classify": ["model": "other.onnx"], "secondOpinion": ["model": "other.onnx"],
        "channel": ["id": "other", "type": "http", "url": "https://other.example"],
        "route": ["channels": "home"], "drill": ["at": "\"08:00\""], "dangerLevel": ["level": "2"],
        "escalation": ["afterMinutes": "7", "channels": "home"],
        "token": ["name": "binh", "secret": "${OTHER_TOKEN}"],
        "zone": ["id": "pond", "polygon": "[[0, 0], [1, 0], [1, 1]]"],
        "mask": ["polygon": "[[0, 0], [1, 0], [1, 1]]"],
        "groundPoint": ["picture": "[0.15, 0.85]", "metres": "[0, 0]"],
        "rule": ["kind": "motion"],
        "pose": [
            "latitude": "10", "longitude": "104", "heightMetres": "20", "azimuthDegrees": "90",
            "fieldOfViewDegrees": "60",
        ],
    ]

    /// A file that gives these keys of a section, and those that must be given too.
    private static func file(_ section: String, without left: String? = nil, _ given: [String: String] = [:]) -> String
    {
        var values = ordinary[section, default: [:]]
        if section == "rule", given["kind"] != nil { values["zone"] = "yard" }
        if let left { values[left] = nil }
        values.merge(given) { _, new in new }
        let template = files[section] ?? ""
        let line = template.split(separator: "\n").first { $0.contains("@") } ?? ""
        let indentation = String(line.prefix { $0 == " " })
        let keys = values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        // A section without any key is an empty mapping.
        return template.replacing("@", with: keys.isEmpty ? "{}" : keys.joined(separator: "\n" + indentation))
    }

    static let keys = SiteSchema.sections.flatMap { section in section.keys.map { (section.name, $0.name) } }

    private func key(_ sectionName: String, _ keyName: String) throws -> AnyKey {
        let section = try #require(SiteSchema.sections.first { $0.name == sectionName })
        return try #require(section.key(named: keyName))
    }

    @Test(arguments: keys)
    func everyKeyIsReadAndChangesTheSettings(section: String, name: String) throws {
        let key = try key(section, name)
        let beside = Self.companions[section]?[name] ?? [:]
        let with = try load(
            Self.file(section, beside.merging([name: key.example]) { own, _ in own }), environment: Self.environment)
        // Where the companions alone are faulty, the key is what they need.
        let usual =
            try (try? load(Self.file(section, beside), environment: Self.environment))
            ?? load(Self.file(section), environment: Self.environment)
        #expect(with != usual, "'\(name)' does nothing")
        let isMissed = faults(in: Self.file(section, without: name), environment: Self.environment).contains {
            $0.contains("'\(name)' is missing")
        }
        #expect(isMissed == key.isRequired)
    }

    @Test(arguments: keys)
    func aDefaultWrittenOutChangesNothing(section: String, name: String) throws {
        guard let fallback = try key(section, name).fallback else { return }
        let beside = Self.companions[section]?[name] ?? [:]
        let with = try load(
            Self.file(section, beside.merging([name: "\(fallback)"]) { own, _ in own }), environment: Self.environment)
        #expect(try with == load(Self.file(section, beside), environment: Self.environment))
    }

    @Test func everyKeyIsListedInItsSectionOnceAndOfAListedSection() {
        let names = Set(SiteSchema.sections.map(\.name))
        for section in SiteSchema.sections {
            #expect(Set(section.keys.map(\.name)).count == section.keys.count)
            for key in section.keys {
                switch key.form {
                case .section(let inner), .list(.section(let inner), _): #expect(names.contains(inner.name))
                default: break
                }
            }
        }
    }

    /// Values that have the wrong form in one way or another.
    static let wrong = [
        "[]", "{}", "true", "12", "-1", "1.5", "1e9", "\"12\"", "''", "null", "~", "no", "[1, 2]", "[[0, 0]]",
        "{a: 1}", "0x1F", ".inf", ".nan", "\"a\\nb\"", "25:00-26:00", "motion", "[motion, motion]", "[mot]", "☃",
        "1_000",
        "22:00-05:00", "[\"22:00-05:00\", mon]", "a b", "0.0", "+5", "5.", ".5", "on", "-", "?x",
    ]

    /// What the published schema refuses the loader refuses too, and the other way round: in form, that is, before the
    /// loader looks at what no schema can say.
    @Test(arguments: keys)
    func theJSONSchemaAgreesWithTheLoader(section: String, name: String) throws {
        let schema = SchemaValidator(JSONSchema.document)
        for value in [try key(section, name).example] + Self.wrong {
            let text = Self.file(section, [name: value])
            var list = FaultList(file: "streams.yaml")
            guard let node = YAMLReader.read(text, into: &list), list.isEmpty else { continue }
            var reader = SettingReader(faults: list)
            _ = reader.readSection(node, SiteSchema.root, name: "root")
            #expect(schema.accepts(node) == reader.faults.isEmpty, "\(name): \(value): \(reader.faults.faults)")
        }
    }
}
