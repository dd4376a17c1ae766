/// A table of text as spreadsheets save it: a first row of names, fields in quotes where they hold commas (RFC 4180).
struct CSVTable {
    struct Problem: Error {
        var line: Int
        var text: String
    }

    var columns: [String] = []
    /// Each with the line of the file on which it begins.
    var rows: [(line: Int, fields: [String: String])] = []
    /// Rows that cannot be read; the others can.
    var problems: [Problem] = []

    /// A table that is of use only whole.
    ///
    /// - Parameter text: separated by commas or, where the first line has none, by semicolons.
    init(_ text: String) throws(Problem) {
        self.init(eachRowOf: text)
        if let first = problems.first { throw first }
    }

    /// A table of rows that each count by themselves.
    init(eachRowOf text: String) {
        let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
        let first = text.prefix { !$0.isNewline }
        let separator: Character = first.contains(",") ? "," : ";"
        for (line, fields) in records(text, separator) {
            if columns.isEmpty {
                columns = fields.map { $0.filter { !$0.isWhitespace } }
                continue
            }
            guard fields.count <= columns.count else {
                problems.append(
                    Problem(
                        line: line,
                        text: "it has \(fields.count) fields and the first line \(columns.count). Put what holds a "
                            + "'\(separator)' into quotes"))
                continue
            }
            rows.append((line, Dictionary(zip(columns, fields)) { first, _ in first }))
        }
    }

    private mutating func records(_ text: String, _ separator: Character) -> [(Int, [String])] {
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
        if isQuoted {
            problems.append(
                Problem(line: began, text: "a quote is not closed: nothing from here on could be read. Close it"))
        } else {
            end()
        }
        return records
    }
}
