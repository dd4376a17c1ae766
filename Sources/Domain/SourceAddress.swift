/// Where a camera's pictures come from: a URL or a file path that may hold a password. It cannot be printed with it.
///
/// Everything that turns a value into text (`description`, interpolation, `dump`, `Mirror`, `debugDescription`) sees
/// only the redacted form; `Codable` is left out on purpose. The one way to the password is `revealed`, for the
/// library that opens the stream.
public struct SourceAddress: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let full: String
    /// The form without secrets where whoever made the address knows it better than this type can tell.
    private let shown: String?
    /// Values that must not appear anywhere, beside those that the address itself gives away.
    private let known: [String]

    /// - Parameter full: a URL or a path, as a person wrote it. A user part with characters that a URL does not allow
    ///   there (`p@ss:w/rd`) is taken as raw and percent-encoded; one without is taken as it stands.
    public init(_ full: String) {
        self.full = full
        shown = nil
        known = []
    }

    /// For addresses put together from parts of which some are secret.
    ///
    /// - Parameters:
    ///   - full: a URL whose user part is percent-encoded.
    ///   - template: the same with `***` for each secret. What else in it looks like a secret is redacted too.
    ///   - secrets: the values that stand for `***`, as they were before they were percent-encoded.
    public init(_ full: String, template: String, secrets: [String]) {
        self.full = full
        shown = template
        known = secrets
    }

    /// The whole address, secrets included, with its user part percent-encoded, so that the library that decodes it gets
    /// the password itself. Only for opening the stream: never log it, store it or send it.
    public var revealed: String { AddressParts(full)?.normalised ?? full }

    public var description: String { redacted }
    public var debugDescription: String { redacted }
    public var customMirror: Mirror { Mirror(self, children: ["redacted": redacted]) }

    /// Scheme, host, port and path. User and password become `***`, and so does every value of the query and everything
    /// from the first `=` of a path (`/user=admin&password=…`); the fragment is dropped. Where it cannot be told where the
    /// password ends, as little as possible is shown.
    public var redacted: String {
        let text = shown ?? full
        return AddressParts(text)?.redacted ?? AddressParts.redactedPath(text)
    }

    /// `rtsp`, `http`, `file`, … in lower case; `nil` for a plain path.
    public var scheme: String? { AddressParts(full)?.scheme.lowercased() }

    /// Host name or address, an IPv6 address with its brackets; `nil` for a path. Empty where the URL names none.
    public var host: String? { AddressParts(full)?.hostAndPort.host }

    /// What stands behind the host's `:`, a number or not; `nil` where nothing does.
    public var port: String? { AddressParts(full)?.hostAndPort.port }

    /// User and password as they are, not encoded, and the address without them; `nil` where it has no user part. As with
    /// `revealed`: for putting the password where it is kept.
    public var userPart: (user: String, password: String?, rest: String)? { AddressParts(full)?.userPart }

    /// `text` with the address and each secret of it replaced by `***`, as they are and percent-encoded: for messages of
    /// libraries that quote what they were given.
    ///
    /// Values of one to three characters are replaced only where they stand beside what they belong to (`user:1`,
    /// `channel=1`): elsewhere they would blacken every `1` and tell nobody anything.
    public func scrub(_ text: String) -> String {
        let hidden = secrets.filter { !$0.isEmpty }.sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        return hidden.reduce(text) { scrubbed, secret in scrubbed.replacingAll(secret, with: "***") }
    }

    private var secrets: Set<String> {
        let parts = AddressParts(full)
        guard shown != nil || redacted != full else { return [] }
        var found: Set<String> = [full, revealed]
        let values = known + (parts?.secretValues ?? AddressParts.secretValues(ofPath: full))
        for value in values where value.utf8.count > 3 { found.formUnion(value.spellings) }
        for value in parts?.contextual ?? [] { found.formUnion(value.spellings) }
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
