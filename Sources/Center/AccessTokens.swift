import Domain

/// The configured bearer tokens, compared in constant time.
struct AccessTokens: Sendable {
    static let maximumLength = 512

    private struct Entry: Sendable {
        let name: String
        let padded: [UInt8]
        let length: Int
    }

    private let entries: [Entry]

    init(_ tokens: [CenterSettings.AccessToken]) {
        entries = tokens.map { token in
            let bytes = Array(token.secret.revealed.utf8)
            return Entry(name: token.name, padded: Self.pad(bytes), length: bytes.count)
        }
    }

    var isEmpty: Bool { entries.isEmpty }

    /// The name of the token that was presented; `nil` for none of them. Every token is compared over its whole padded
    /// length whatever was presented, so that time tells neither which one came close nor how long one is.
    func name(of presented: String) -> String? {
        let bytes = Array(presented.utf8.prefix(Self.maximumLength + 1))
        let padded = Self.pad(bytes)
        var found: Int?
        for (index, entry) in entries.enumerated() {
            var difference = UInt64(truncatingIfNeeded: entry.length ^ bytes.count)
            for position in 0..<Self.maximumLength {
                difference |= UInt64(entry.padded[position] ^ padded[position])
            }
            if difference == 0 { found = index }
        }
        return found.map { entries[$0].name }
    }

    private static func pad(_ bytes: [UInt8]) -> [UInt8] {
        var padded = [UInt8](repeating: 0, count: maximumLength)
        for (index, byte) in bytes.prefix(maximumLength).enumerated() { padded[index] = byte }
        return padded
    }
}
