/// Regular expressions that JSON Schema (ECMA 262) and Swift understand alike.
enum Pattern {
    /// Whether the expression describes the whole text. Compared by Unicode scalar, as JSON Schema does.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        guard let expression = try? Regex(pattern).matchingSemantics(.unicodeScalar) else { return false }
        return (try? expression.wholeMatch(in: text)) != nil
    }
}
