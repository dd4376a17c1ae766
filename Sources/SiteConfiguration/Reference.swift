extension SiteSettings {
    /// The reference of `streams.yaml` in Markdown: every key with its form, default and meaning.
    public static var reference: String { Reference.document }
}

/// Renders the schema of the configuration for people.
enum Reference {
    static var document: String {
        ([preface] + SiteSchema.sections.map(chapter)).joined(separator: "\n")
    }

    /// Stands in the reference; a test parses it.
    static let example = """
        site: {name: Phú Quốc, timezone: Asia/Ho_Chi_Minh}
        storage: {directory: data, keepDays: 30, maximumGigabytes: 200}
        center:
          listen: 127.0.0.1:8080
          tokens:
            - {name: duty, secret: "${DUTY_TOKEN}"}
        cameras:
          - id: gate
            name: Cổng chính
            source: rtsp://viewer:${GATE_PASSWORD}@10.0.0.5/main
            detectSource: rtsp://viewer:${GATE_PASSWORD}@10.0.0.5/sub
            zones:
              - {id: yard, polygon: [[0.1, 0.4], [0.9, 0.4], [0.9, 1.0], [0.1, 1.0]]}
            rules: &night
              - {kind: motion, minimumSeconds: 1}
              - {kind: intrusion, zone: yard, when: "22:00-05:00"}
          - id: back
            source: file:secrets/back-address
            zones:
              - {id: yard, polygon: [[0.0, 0.5], [1.0, 0.5], [1.0, 1.0], [0.0, 1.0]]}
            rules: *night
        """

    private static let preface = """
        # The configuration: streams.yaml

        <!-- Made from the schema in Sources/SiteConfiguration by the tests (LOOKOUT_WRITE_GENERATED=1): edit it there. -->

        One file describes a site. `lookout check` reports everything that is wrong with it at once, each fault with line,
        column and remedy. Editors that know JSON Schema complete and check it by `streams.schema.json`: let the file begin
        with `# yaml-language-server: $schema=streams.schema.json`.

        - Every key has a default but those marked **required**. A key that nothing answers to is a fault.
        - Units stand in the names. Places in the picture are fractions of its width and height, from the upper left corner.
        - Passwords and tokens never stand in the file. `${NAME}` takes the value of an environment variable, `${file:PATH}`
          the one line of a file. Values are taken as they are: `p@ss:w/rd%40` needs no encoding.
        - Relative paths start at the folder of the file.
        - Anchors (`&name`), aliases (`*name`) and merges (`<<: *name`) may share what cameras have in common.

        ```yaml
        \(example)
        ```

        """

    private static func chapter(_ section: Section) -> String {
        var lines = [
            "## \(section.name)", "", section.summary, "", "| key | value | default | meaning |", "|---|---|---|---|",
        ]
        for key in section.keys {
            let fallback = key.isRequired ? "**required**" : key.fallback.map { "`\($0)`" } ?? ""
            lines.append("| `\(key.name)` | \(cell(title(key.form))) | \(cell(fallback)) | \(cell(meaning(key))) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func meaning(_ key: AnyKey) -> String {
        guard case .choice(let form) = key.form else { return key.summary }
        return key.summary + " " + form.choices.map { "`\($0.word)`: \($0.meaning)" }.joined(separator: "; ") + "."
    }

    private static func title(_ form: Form) -> String {
        switch form {
        case .text: "text"
        case .integer(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "number, \(JSONValue.number(range.lowerBound)) to \(JSONValue.number(range.upperBound))"
        case .boolean: "`true` or `false`"
        case .choice(let form): form.words.map { "`\($0)`" }.joined(separator: ", ")
        case .list(.section(let section), _): "list of [\(section.name)](#\(section.name))"
        case .list(let item, _): "list of: \(title(item))"
        case .oneOrMore(let item, _): "\(title(item)), or a list of them"
        case .section(let section): "[\(section.name)](#\(section.name))"
        }
    }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
