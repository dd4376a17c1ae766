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
        /// It stood in an address.
        var isPasswordMoved: Bool
    }

    /// A row that cannot become a camera: what is wrong, and what to do, in sentences.
    struct Refusal: Error {
        var line: Int
        var text: String
    }

    private(set) var entries: [Entry] = []
    private(set) var refusals: [Refusal]

    /// Each row counts by itself.
    ///
    /// - Throws: `Failure` where the first line is wrong, on which all rows depend.
    init(_ table: CSVTable, file: String) throws {
        var faults: [String] = []
        for column in table.columns where !Self.columns.contains(column) {
            faults.append("\(file):1: unknown column '\(column)'. Use \(Self.columns.joined(separator: ", ")).")
        }
        for column in ["id", "source"] where !table.columns.contains(column) {
            faults.append("\(file):1: there is no column '\(column)'. Add it.")
        }
        guard faults.isEmpty else { throw Failure(.problemFound, faults.joined(separator: "\n")) }
        refusals = table.problems.map { Refusal(line: $0.line, text: $0.text + ".") }
        for (line, fields) in table.rows {
            do throws(Refusal) {
                entries.append(try entry(line, fields))
            } catch {
                refusals.append(error)
            }
        }
    }

    private func entry(_ line: Int, _ fields: [String: String]) throws(Refusal) -> Entry {
        func refuse(_ text: String) -> Refusal { Refusal(line: line, text: text) }
        func field(_ name: String) -> String? { fields[name].flatMap { $0.isEmpty ? nil : $0 } }
        let id = fields["id"] ?? ""
        guard CameraID(id).isValid else { throw refuse("'\(id)' is no id. Use letters, digits, '-', '_' and '.'.") }
        if let other = entries.first(where: { $0.id == id }) {
            throw refuse("the id '\(id)' stands in line \(other.line) already. Use another.")
        }
        guard !fields.values.contains(where: { $0.unicodeScalars.contains { $0.value < 0x20 } }) else {
            throw refuse("a field holds a control character. Remove it.")
        }
        guard let source = field("source") else { throw refuse("it has no source. Write the camera's address there.") }
        // A password never stands in the configuration: that of an address goes where that of the column goes.
        var (user, password) = (field("user"), field("password"))
        func address(_ text: String, _ column: String) throws(Refusal) -> String {
            guard !text.contains("${"), let part = SourceAddress(text).userPart else { return text }
            let given = part.password.flatMap { $0.isEmpty ? nil : $0 }
            guard (user ?? part.user) == part.user, given == nil || (password ?? given) == given else {
                throw refuse(
                    "\(column) holds another user or password than the rest of the row. Give one of them, or write the "
                        + "camera into the configuration by hand.")
            }
            (user, password) = (part.user, given ?? password)
            return part.rest
        }
        let main = try address(source, "source")
        let sub = try field("detectSource").map { text throws(Refusal) in try address(text, "detectSource") }
        guard password == nil || user != nil else {
            throw refuse("it has a password and no user. Fill in the column user.")
        }
        func complete(_ text: String) -> String {
            guard let user, SourceAddress(text).userPart == nil, let place = text.range(of: "://") else { return text }
            let secret = password == nil ? "" : ":${file:secrets/\(id)}"
            return text.replacingCharacters(in: place, with: "://\(PercentEncoding.encode(user))\(secret)@")
        }
        var yaml = ["- id: \(Self.quoted(id))"]
        func add(_ key: String, _ value: String?) {
            if let value { yaml.append("  \(key): \(Self.quoted(value))") }
        }
        add("name", field("name"))
        add("source", complete(main))
        add("detectSource", sub.map(complete))
        add("transport", field("transport"))
        add("uplink", field("uplink"))
        let detect = (field("detect") ?? "motion").split(whereSeparator: { " +/;".contains($0) }).map(String.init)
        yaml.append("  detect: [\(detect.map(Self.quoted).joined(separator: ", "))]")
        return Entry(
            id: id, line: line, yaml: yaml, password: password,
            isPasswordMoved: password != nil && field("password") == nil)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    /// `text` with entries at the end of its list of cameras. All else stays as it is, comments included.
    ///
    /// - Returns: `nil` where the list is not written one camera after the other; else the text, and the line in it on
    ///   which the first entry begins.
    static func adding(_ entries: [Entry], to text: String) -> (text: String, firstLine: Int)? {
        var lines = text.components(separatedBy: "\n")
        if lines.last == "" { lines.removeLast() }
        guard let start = lines.firstIndex(where: { $0.hasPrefix("cameras:") }) else {
            let whole = (lines + ["cameras:"] + block(entries, indent: "  ")).joined(separator: "\n") + "\n"
            return (whole, lines.count + 2)
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
        return (lines.joined(separator: "\n") + "\n", end + 1)
    }

    private static func block(_ entries: [Entry], indent: String) -> [String] {
        entries.flatMap { entry in entry.yaml.map { indent + $0 } }
    }
}
