import Domain

/// How faults name things.
enum Wording {
    /// `'text'`, without secrets, control characters and endless lines.
    static func quoted(_ text: String) -> String { "'\(shown(text))'" }

    /// A value as a fault may show it.
    static func shown(_ text: String) -> String {
        var line = ""
        for scalar in SourceAddress(text).redacted.unicodeScalars.prefix(80) {
            if scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format {
                line += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 80 ? line + "…" : line
    }

    /// `a, b or c`.
    static func choices(_ names: [String]) -> String {
        guard names.count > 1, let last = names.last else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The name that was probably meant: the same but for its case, or within a third of its letters.
    static func nearest(to name: String, of candidates: [String]) -> String? {
        // A name of a thousand letters is no slip of the pen, and comparing takes time with the square of its length.
        guard name.utf8.count <= 64 else { return nil }
        let folded = Array(name.lowercased().unicodeScalars)
        let scored = candidates.map { candidate in
            (candidate, editDistance(folded, Array(candidate.lowercased().unicodeScalars)))
        }
        guard let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= max(1, folded.count / 3) else { return nil }
        return best.0
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`: the restricted
    /// Damerau-Levenshtein distance (Boytsov 2011, "Indexing methods for approximate dictionary searching", 2.1).
    static func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in a.indices {
            var row = [i + 1]
            for j in b.indices {
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
