import Domain
import Foundation
import SiteConfiguration

/// Turns rows of a table into cameras of a configuration: as text, which is checked before it is written.
struct CameraImport {
    static let columns = [
        "id", "name", "source", "detectSource", "user", "password", "transport", "detect", "uplink",
    ]

    struct Entry {
        var id: String
        var line: Int
        /// As it stands in the configuration.
        var yaml: [String]
        /// For a file of its own; `nil` where the table gives none.
        var password: String?
    }

    let entries: [Entry]

    /// - Throws: `Failure` with everything that is wrong with the table.
    init(_ table: CSVTable, file: String) throws {
        var faults: [String] = []
        for column in table.columns where !Self.columns.contains(column) {
            faults.append("\(file):1: unknown column '\(column)'. Use \(Self.columns.joined(separator: ", ")).")
        }
        for column in ["id", "source"] where !table.columns.contains(column) {
            faults.append("\(file):1: there is no column '\(column)'. Add it.")
        }
        var entries: [Entry] = []
        if faults.isEmpty {
            for (line, fields) in table.rows {
                let id = fields["id"] ?? ""
                if !CameraID(id).isValid {
                    faults.append("\(file):\(line): '\(id)' is no id. Use letters, digits, '-', '_' and '.'.")
                } else if entries.contains(where: { $0.id == id }) {
                    faults.append("\(file):\(line): the id '\(id)' stands there twice. Use another.")
                } else if fields.values.contains(where: { $0.unicodeScalars.contains { $0.value < 0x20 } }) {
                    faults.append("\(file):\(line): a field holds a control character. Remove it.")
                } else {
                    entries.append(Self.entry(id, line, fields))
                }
            }
        }
        guard faults.isEmpty else { throw Failure(.problemFound, faults.joined(separator: "\n")) }
        self.entries = entries
    }

    private static func entry(_ id: String, _ line: Int, _ fields: [String: String]) -> Entry {
        func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
        let password = field("password")
        func address(_ text: String) -> String {
            guard let user = field("user"), let place = text.range(of: "://") else { return text }
            let name = user.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let secret = password == nil ? "" : ":${file:secrets/\(id)}"
            return text.replacingCharacters(in: place, with: "://\(name)\(secret)@")
        }
        var yaml = ["- id: \(quoted(id))"]
        if let name = field("name") { yaml.append("  name: \(quoted(name))") }
        yaml.append("  source: \(quoted(address(field("source") ?? "")))")
        if let sub = field("detectSource") { yaml.append("  detectSource: \(quoted(address(sub)))") }
        if let transport = field("transport") { yaml.append("  transport: \(quoted(transport))") }
        if let uplink = field("uplink") { yaml.append("  uplink: \(quoted(uplink))") }
        let detect = (field("detect") ?? "motion").split(whereSeparator: { " +/;".contains($0) }).map(String.init)
        yaml.append("  detect: [\(detect.map(quoted).joined(separator: ", "))]")
        return Entry(id: id, line: line, yaml: yaml, password: password)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// `text` with entries at the end of its list of cameras. All else stays as it is, comments included.
    ///
    /// - Returns: `nil` where the list is not written one camera after the other.
    static func adding(_ entries: [Entry], to text: String) -> String? {
        var lines = text.components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("cameras:") }) else {
            return (lines + ["cameras:"] + block(entries, indent: "  ")).joined(separator: "\n") + "\n"
        }
        let rest = lines[start].dropFirst("cameras:".count).prefix { $0 != "#" }.filter { !$0.isWhitespace }
        if rest == "[]" { lines[start] = "cameras:" } else if !rest.isEmpty { return nil }
        // The list ends where something else begins in the first column.
        let after = lines[(start + 1)...].firstIndex { line in
            guard let first = line.first else { return false }
            return first != " " && first != "#" && first != "-"
        }
        var end = after ?? lines.endIndex
        while end > start + 1, lines[end - 1].allSatisfy(\.isWhitespace) || lines[end - 1].hasPrefix("#") { end -= 1 }
        let item = lines[(start + 1)..<end].first { $0.drop { $0 == " " }.hasPrefix("- ") }
        let indent = item.map { String($0.prefix { $0 == " " }) } ?? "  "
        lines.insert(contentsOf: block(entries, indent: indent), at: end)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func block(_ entries: [Entry], indent: String) -> [String] {
        entries.flatMap { entry in entry.yaml.map { indent + $0 } }
    }
}
