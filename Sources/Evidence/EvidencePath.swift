import Domain

/// The path of an evidence file relative to the evidence directory: `yyyy-mm-dd/<incident>/<file>`, with `/`.
struct EvidencePath {
    /// One at least; each is a plain name.
    let components: [String]

    /// - Throws: `refused` for anything that could lead out of the directory: an absolute path, `..`, hidden or empty
    ///   names, control characters.
    init(parsing path: String) throws(EvidenceError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard path.utf8.count <= 1_024, parts.allSatisfy(Self.isPlain) else {
            throw EvidenceError(
                .refused, problem: "'\(Self.printable(path))' is not the path of an evidence file",
                remedy: "Ask for the path that an incident names")
        }
        components = parts
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.first != 0x2E && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
    }

    /// Short, and without control characters.
    private static func printable(_ path: String) -> String {
        String(path.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) })
    }
}
