import Domain
import Hummingbird

/// The parameters after `?`, each known and given once.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// - Throws: where a parameter is unknown, comes twice, or is badly encoded.
    init(_ request: Request, known: [String]) throws(Problem) {
        guard let query = request.uri.query, !query.isEmpty else { return }
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(pair[0]),
                let value = PercentCoding.decode(pair.count > 1 ? pair[1] : "")
            else {
                throw .badParameter(
                    "the query is badly percent-encoded", remedy: "Encode each parameter as UTF-8, percent-encoded")
            }
            guard known.contains(name) else {
                throw .badParameter(
                    "there is no parameter '\(name.prefix(64))'",
                    remedy: known.isEmpty ? "Leave it out" : "Use only \(known.joined(separator: ", "))")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw .badParameter("the parameter '\(name)' comes twice", remedy: "Give it once")
            }
        }
    }

    subscript(_ name: String) -> String? { values[name] }

    /// The parameter as one of an enumeration's raw values.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        try choice(name, of: Choice.allCases.map { ($0.rawValue, $0) })
    }

    /// The parameter as one of `choices`.
    func choice<Choice>(_ name: String, of choices: [(text: String, value: Choice)]) throws(Problem) -> Choice? {
        guard let text = values[name] else { return nil }
        if let choice = choices.first(where: { $0.text == text }) { return choice.value }
        throw .badParameter(
            "'\(text.prefix(64))' is no \(name)",
            remedy: "Use one of \(choices.map(\.text).joined(separator: ", "))")
    }

    func integer(_ name: String, in range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = values[name] else { return nil }
        if let value = Int64(text), range.contains(value) { return value }
        let bounds =
            range.upperBound == .max
            ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
        throw .badParameter("'\(text.prefix(64))' is no \(name)", remedy: "Use a whole number \(bounds)")
    }

    func instant(_ name: String) throws(Problem) -> MediaTime? {
        guard let text = values[name] else { return nil }
        if let time = Timestamp.parse(text) { return time }
        throw .badParameter(
            "'\(text.prefix(64))' is no instant for '\(name)'",
            remedy: "Write it as in RFC 3339, for example 2026-02-28T17:03:09Z")
    }
}
