/// JSON with the order of its keys kept, as the published schema wants it.
indirect enum JSONValue: Sendable, Equatable, CustomStringConvertible {
    case string(String)
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case array([JSONValue])
    case object([Member])

    struct Member: Sendable, Equatable {
        var key: String
        var value: JSONValue
    }

    /// An object with its members in this order; those without a value are left out.
    static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    /// On one line.
    var description: String {
        switch self {
        case .string(let text): Self.quoted(text)
        case .integer(let value): String(value)
        case .number(let value): Self.decimal(value)
        case .boolean(let value): String(value)
        case .array(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { "\(Self.quoted($0.key)): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    /// On several lines where one would be longer than 100 characters.
    func pretty(indentation: Int = 0) -> String {
        let flat = description
        guard flat.count + indentation > 100 else { return flat }
        let inner = String(repeating: " ", count: indentation + 2)
        let outer = String(repeating: " ", count: indentation)
        switch self {
        case .array(let items):
            let lines = items.map { inner + $0.pretty(indentation: indentation + 2) }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members):
            let lines = members.map {
                "\(inner)\(Self.quoted($0.key)): \($0.value.pretty(indentation: indentation + 2))"
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n\(outer)}"
        default: return flat
        }
    }

    /// `0.00001` rather than `1e-05`, and whole numbers without a point.
    private static func decimal(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
        let text = String(value)
        let parts = text.split(separator: "e-")
        guard parts.count == 2, let exponent = Int(parts[1]), exponent < 20 else { return text }
        let digits = parts[0].filter(\.isNumber)
        let sign = value < 0 ? "-" : ""
        let significant = digits.hasSuffix("0") && parts[0].contains(".0") ? String(digits.dropLast()) : digits
        return sign + "0." + String(repeating: "0", count: exponent - 1) + significant
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
