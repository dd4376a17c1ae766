/// A table of text as spreadsheets save it: a first row of names, fields in quotes where they hold commas (RFC 4180).
struct CSVTable {
    struct Problem: Error {
        var line: Int
        var text: String
    }

    var columns: [String] = []
    /// Each with the line of the file on which it begins.
    var rows: [(line: Int, fields: [String: String])] = []

    /// - Parameter text: separated by commas or, where the first line has none, by semicolons.
    init(_ text: String) throws(Problem) {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        let first = text.prefix { !$0.isNewline }
        let separator: Character = first.contains(",") ? "," : ";"
        for (line, fields) in try Self.records(text, separator) {
            if columns.isEmpty {
                columns = fields.map { $0.filter { !$0.isWhitespace } }
                continue
            }
            guard fields.count <= columns.count else {
                throw Problem(line: line, text: "it has \(fields.count) fields and the first line \(columns.count)")
            }
            rows.append((line, Dictionary(zip(columns, fields)) { first, _ in first }))
        }
    }

    private static func records(_ text: String, _ separator: Character) throws(Problem) -> [(Int, [String])] {
        var records: [(Int, [String])] = []
        var fields: [String] = []
        var field = ""
        var isQuoted = false
        var line = 1
        var began = 1
        func isBlank() -> Bool { fields.isEmpty && field.allSatisfy(\.isWhitespace) }
        func end() {
            if !isBlank() { records.append((began, fields + [field])) }
            (fields, field, began) = ([], "", line)
        }
        var rest = Substring(text)
        while let next = rest.popFirst() {
            if next.isNewline { line += 1 }
            if isQuoted {
                if next != "\"" {
                    field.append(next)
                } else if rest.first == "\"" {
                    field.append(rest.removeFirst())
                } else {
                    isQuoted = false
                }
            } else if next == "\"", field.isEmpty {
                isQuoted = true
            } else if next == separator {
                fields.append(field)
                field = ""
            } else if next.isNewline {
                end()
            } else {
                field.append(next)
            }
        }
        guard !isQuoted else { throw Problem(line: began, text: "a quote is not closed") }
        end()
        return records
    }
}
