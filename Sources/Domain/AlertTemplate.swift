/// A text with `{{name}}` where the words of an alert go.
public struct AlertTemplate: Sendable, Equatable {
    /// How values are written so that they cannot break out of their place.
    public enum Escaping: Sendable {
        /// As part of a string of JSON.
        case json
        /// As part of a URL or of a form.
        case percent
        /// On one line, as part of a header.
        case line
        case none
    }

    /// What may stand between `{{` and `}}`.
    public enum Name: String, Sendable, CaseIterable {
        case headline, description, event, key, incident, change, kind, kindTitle, camera, cameraName, zones, severity
        case state, stage, start, time, site, confidencePercent, latitude, longitude, place, dangerLevel, link,
            answerLink
    }

    private enum Piece: Sendable, Equatable {
        case literal(String)
        case value(Name)
    }

    private let pieces: [Piece]

    /// Why a template cannot be used.
    public struct Fault: Error, Equatable, Sendable {
        /// What stands between the braces; `nil` where they are not closed.
        public var name: String?
    }

    public init(_ text: String) throws(Fault) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let opening = rest.firstRange(of: "{{") {
            if opening.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<opening.lowerBound]))) }
            rest = rest[opening.upperBound...]
            guard let closing = rest.firstRange(of: "}}") else { throw Fault(name: nil) }
            let word = String(rest[..<closing.lowerBound].filter { $0 != " " })
            guard let name = Name(rawValue: word) else { throw Fault(name: word) }
            pieces.append(.value(name))
            rest = rest[closing.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// The text with each name's value, escaped, in its place.
    public func text(escaping: Escaping, _ value: (Name) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .value(let name): Self.escape(value(name), escaping)
            }
        }.joined()
    }

    private static func escape(_ text: String, _ escaping: Escaping) -> String {
        switch escaping {
        case .none: text
        case .percent: PercentEncoding.encode(text)
        case .line: text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
        case .json: json(text)
        }
    }

    /// RFC 8259, section 7, without the quotes around it.
    private static func json(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": escaped += "\\\""
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\t": escaped += "\\t"
            default:
                if scalar.value < 0x20 {
                    escaped += "\\u00" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
                } else {
                    escaped.unicodeScalars.append(scalar)
                }
            }
        }
        return escaped
    }
}
