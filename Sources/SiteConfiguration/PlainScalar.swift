/// What a scalar without quotes is: the core schema of YAML 1.2, which editors and JSON Schema go by, so that `no` and
/// `22:30` are text.
enum PlainScalar: Equatable {
    case null, boolean, number, text

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE", "false", "False", "FALSE": self = .boolean
        case ".nan", ".NaN", ".NAN": self = .number
        default:
            let unsigned = text.drop { $0 == "-" || $0 == "+" }
            let isSpecial = text.count - unsigned.count <= 1 && [".inf", ".Inf", ".INF"].contains(unsigned)
            self = isSpecial || Self.isDecimal(text) || Self.isOctalOrHexadecimal(text) ? .number : .text
        }
    }

    var title: String {
        switch self {
        case .null: "missing value"
        case .boolean: "truth value"
        case .number: "number"
        case .text: "text"
        }
    }

    /// A finite decimal number.
    static func number(_ text: String) -> Double? {
        guard isDecimal(text) else { return nil }
        let unsigned = text.first == "+" ? String(text.dropFirst()) : text
        guard let value = Double(unsigned), value.isFinite else { return nil }
        return value
    }

    /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, as the core schema has it.
    private static func isDecimal(_ text: String) -> Bool {
        var rest = Substring(text).utf8
        func skipSign() { if let first = rest.first, first == 0x2B || first == 0x2D { rest.removeFirst() } }
        func skipDigits() -> Int {
            let digits = rest.prefix { (0x30...0x39).contains($0) }.count
            rest.removeFirst(digits)
            return digits
        }
        skipSign()
        var digits = skipDigits()
        if rest.first == 0x2E {
            rest.removeFirst()
            digits += skipDigits()
        }
        guard digits > 0 else { return false }
        if let exponent = rest.first, exponent | 0x20 == 0x65 {
            rest.removeFirst()
            skipSign()
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func isOctalOrHexadecimal(_ text: String) -> Bool {
        guard text.utf8.count > 2 else { return false }
        let digits = text.dropFirst(2)
        return (text.hasPrefix("0o") && digits.allSatisfy { "01234567".contains($0) })
            || (text.hasPrefix("0x") && digits.allSatisfy { $0.isASCII && $0.isHexDigit })
    }

    /// A whole number, also written as `30.0`.
    static func integer(_ text: String) -> Int? {
        number(text).flatMap(Int.init(exactly:))
    }
}
