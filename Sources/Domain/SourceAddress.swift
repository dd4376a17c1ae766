/// Where a camera's pictures come from: a URL or a file path that may hold a password. It cannot be printed with it.
///
/// Everything that turns a value into text (`description`, interpolation, `dump`, `Mirror`, `debugDescription`) sees
/// only the redacted form; `Codable` is left out on purpose. The one way to the password is `revealed`, for the
/// library that opens the stream.
public struct SourceAddress: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let full: String

    public init(_ full: String) { self.full = full }

    /// The whole address, secrets included. Only for opening the stream: never log it, store it or send it.
    public var revealed: String { full }

    public var description: String { redacted }
    public var debugDescription: String { redacted }
    public var customMirror: Mirror { Mirror(self, children: ["redacted": redacted]) }

    /// Scheme, host, port and path. User and password become `***`, and so does every value of the query; the
    /// fragment is dropped. The last `@` before the path ends the user part, since passwords hold `@` and `/` too.
    public var redacted: String {
        guard let separator = full.firstRange(of: "://") else {
            return full
        }
        let scheme = full[..<separator.lowerBound]
        var rest = full[separator.upperBound...]
        if let fragment = rest.lastIndex(of: "#"), !rest[fragment...].contains("@") { rest = rest[..<fragment] }
        var user = ""
        if let at = rest.lastIndex(of: "@") {
            user = "***@"
            rest = rest[rest.index(after: at)...]
        }
        guard let mark = rest.firstIndex(of: "?") else { return "\(scheme)://\(user)\(rest)" }
        let query = rest[rest.index(after: mark)...].split(separator: "&").map { part in
            part.contains("=") ? "\(part.prefix { $0 != "=" })=***" : "***"
        }
        return "\(scheme)://\(user)\(rest[..<mark])?\(query.joined(separator: "&"))"
    }

    /// `rtsp`, `http`, `file`, … in lower case; `nil` for a plain path.
    public var scheme: String? {
        guard let separator = full.firstRange(of: "://") else { return nil }
        return full[..<separator.lowerBound].lowercased()
    }

    /// What must never appear in a text that leaves the process: the whole address, its user part and its query values.
    /// `text` with each of them replaced by `***`: for messages of libraries that quote the address they were given.
    public func scrub(_ text: String) -> String {
        guard redacted != full else { return text }
        var scrubbed = text
        for secret in secrets.sorted(by: { $0.count > $1.count }) where !secret.isEmpty {
            scrubbed = scrubbed.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
        return scrubbed
    }

    private var secrets: [String] {
        guard let separator = full.firstRange(of: "://") else { return [] }
        let rest = full[separator.upperBound...]
        var found = [full, String(rest)]
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at]
            found.append(String(user))
            if let colon = user.firstIndex(of: ":") { found.append(String(user[user.index(after: colon)...])) }
        }
        if let mark = rest.lastIndex(of: "?") {
            for part in rest[rest.index(after: mark)...].split(separator: "&") {
                if let equals = part.firstIndex(of: "=") { found.append(String(part[part.index(after: equals)...])) }
            }
        }
        return found
    }
}

/// A password or token that cannot be printed.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The secret itself: only for comparing or for handing to the library that needs it.
    public var revealed: String { text }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
