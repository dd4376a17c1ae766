/// A file's text as Unicode scalars, with its lines counted as YAML does.
struct SourceText {
    let scalars: [Unicode.Scalar]

    /// A byte order mark at the start is no part of the text.
    init(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.scalars = scalars
    }

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var text: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The first character that YAML does not allow (YAML 1.1, production 1, `c-printable`).
    var firstForbidden: (Position, Unicode.Scalar)? {
        for index in scalars.indices where !Self.isPrintable(scalars[index]) {
            return (position(of: index), scalars[index])
        }
        return nil
    }

    /// The line and column of a scalar; past the end: behind the last one.
    func position(of index: Int) -> Position {
        var position = Position.start
        for i in 0..<min(max(index, 0), scalars.count) {
            if isLineBreak(at: i) {
                position = Position(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        return position
    }

    /// `nil` past the end.
    func index(of wanted: Position) -> Int? {
        var position = Position.start
        for i in scalars.indices {
            if position == wanted { return i }
            if isLineBreak(at: i) {
                position = Position(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        return nil
    }

    /// A carriage return before a line feed is part of one break, which the line feed ends.
    private func isLineBreak(at index: Int) -> Bool {
        switch scalars[index].value {
        case 0x0A, 0x85, 0x2028, 0x2029: true
        case 0x0D: index + 1 >= scalars.count || scalars[index + 1] != "\n"
        default: false
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
            true
        default: false
        }
    }
}
