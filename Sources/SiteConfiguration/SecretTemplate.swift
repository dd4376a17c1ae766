/// A text with `${…}` in it, taken apart.
struct SecretTemplate {
    enum Piece: Equatable {
        case literal(String)
        /// `NAME` or `file:PATH`.
        case reference(String)
    }

    let pieces: [Piece]

    init(_ text: String) throws(Trouble) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let opening = rest.firstRange(of: "${") {
            if opening.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<opening.lowerBound]))) }
            rest = rest[opening.upperBound...]
            guard let end = rest.firstIndex(of: "}") else {
                throw Trouble(problem: "'${' is not closed", remedy: "Write ${NAME}")
            }
            pieces.append(.reference(String(rest[..<end])))
            rest = rest[rest.index(after: end)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// With `replacement` for each reference.
    func text(replacingReferencesWith replacement: String) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .reference: replacement
            }
        }.joined()
    }
}
