import Yams

/// What the YAML library says of a text that is no YAML, with its place and in words that help.
enum YAMLSyntax {
    static func add(_ error: YamlError, source: SourceText, to faults: inout FaultList) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let position = clamped(Position(line: mark.line, column: mark.column), in: source)
            let where_ = context.map { " (\($0.text) that starts in line \($0.mark.line))" } ?? ""
            faults.add(position, "this is not YAML: \(problem)\(where_)", remedy: remedy(for: problem))
        case .composer(_, let problem, let mark, _):
            let position = clamped(Position(line: mark.line, column: mark.column), in: source)
            faults.add(
                position, "this is not one YAML document: \(problem)",
                remedy: "A configuration is one document: remove the '---' or '...' and what follows it")
        case .reader(let problem, let offset, _, _):
            faults.add(
                source.position(of: offset ?? 0), "this is not YAML: \(problem)", remedy: "Save the file as UTF-8 text")
        default:
            faults.add(.start, "the file cannot be read as YAML", remedy: "Check it with an editor that knows YAML")
        }
    }

    /// At the end of a file the library counts a line that is not there.
    private static func clamped(_ position: Position, in source: SourceText) -> Position {
        min(position, source.position(of: source.scalars.count))
    }

    private static func remedy(for problem: String) -> String {
        let remedies: [(part: String, remedy: String)] = [
            ("cannot start any token", "Indent with spaces, not tabs, and put values that begin with % @ ` in quotes"),
            (
                "mapping values are not allowed",
                "Put a value that holds ': ' in quotes, and begin keys below each other"
            ),
            ("expected ',' or", "Close the bracket, and put values that hold , [ ] { } in quotes"),
            ("did not find expected key", "Indent keys of one mapping alike; put values with quotes inside in quotes"),
            ("expected <block end>", "Indent what belongs together alike; the items of a list begin with '- '"),
            ("expected '-' indicator", "Indent the items of a list alike and begin each with '- '"),
            ("could not find expected ':'", "Write 'key: value', with a space behind the colon"),
            ("unexpected end of stream", "Close the quote that is open"),
            ("unknown escape character", "Write \\\\ for a backslash in double quotes, or use single quotes"),
            ("maximum level", "No part of a configuration is nested so deep"),
            ("exceeded max", "No part of a configuration is nested so deep"),
        ]
        return remedies.first { problem.contains($0.part) }?.remedy
            ?? "Check the indentation, quotes and brackets here and in the line before"
    }
}
