/// The parts of a URL as people write it: with passwords that hold `@`, `:`, `/` or `%`.
struct AddressParts {
    let scheme: String
    private let shownScheme: String
    /// What follows `://`.
    private let rest: String
    /// Before the `@`; `nil` where there is none.
    private let user: String?
    /// Host, port, path, query and fragment.
    private let place: String

    /// `nil` where there is no `://`.
    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://") else { return nil }
        // What is no scheme may be anything, even a password that was pasted before the address.
        let scheme = text[..<separator.lowerBound]
        let isScheme = scheme.utf8.allSatisfy { Self.isLetter($0) || Self.isDigit($0) || "+-.".utf8.contains($0) }
        self.scheme = String(scheme)
        shownScheme = isScheme ? String(scheme) : "***"
        rest = String(text[separator.upperBound...])
        let authority = rest.prefix { !"/?#".contains($0) }
        if let at = authority.lastIndex(of: "@"), Self.isPlausibleHost(authority[authority.index(after: at)...]) {
            user = String(rest[..<at])
            place = String(rest[rest.index(after: at)...])
        } else if !authority.contains("@"), Self.isPlausibleHost(authority) {
            user = nil
            place = rest
        } else if let at = rest.lastIndex(of: "@") {
            // What looks like the host is none, so the user part goes on: `viewer:p@ss:w/rd@10.0.0.5`.
            user = String(rest[..<at])
            place = String(rest[rest.index(after: at)...])
        } else {
            user = nil
            place = rest
        }
    }

    /// With the user part percent-encoded where it holds what a URL does not allow there.
    var normalised: String {
        guard let user, !Self.isEncoded(user) else { return "\(scheme)://\(rest)" }
        let name = user.prefix { $0 != ":" }
        var encoded = PercentEncoding.encode(String(name))
        if name.endIndex < user.endIndex {
            encoded += ":" + PercentEncoding.encode(String(user[user.index(after: name.endIndex)...]))
        }
        return "\(scheme)://\(encoded)@\(place)"
    }

    /// The user part decoded, and the address without it.
    var userPart: (user: String, password: String?, rest: String)? {
        guard let user else { return nil }
        let plain = { (text: Substring) in
            Self.isEncoded(user) ? PercentEncoding.decode(String(text)) : String(text)
        }
        let name = user.prefix { $0 != ":" }
        let password = name.endIndex < user.endIndex ? plain(user[user.index(after: name.endIndex)...]) : nil
        return (plain(name), password, "\(scheme)://\(place)")
    }

    var hostAndPort: (host: String, port: String?) {
        let authority = place.prefix { !"/?#".contains($0) }
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        guard let colon = authority[bracket...].lastIndex(of: ":") else { return (String(authority), nil) }
        return (String(authority[..<colon]), String(authority[authority.index(after: colon)...]))
    }

    var redacted: String {
        guard let at = rest.lastIndex(of: "@") else { return "\(shownScheme)://\(Self.redactedPlace(rest))" }
        // A `?` before the last `@`: it may be part of the password, or the `@` part of a query. Nothing is safe to show.
        guard !rest[..<at].contains("?") else { return "\(shownScheme)://***" }
        return "\(shownScheme)://***@\(Self.redactedPlace(String(rest[rest.index(after: at)...])))"
    }

    /// Values that are worth hiding wherever they stand.
    var secretValues: [String] {
        var found: [String] = []
        if let at = rest.lastIndex(of: "@") { found += Self.userSecrets(String(rest[..<at])) }
        if let user { found += Self.userSecrets(user) }
        found += Self.valuesOfQuery(place).map(\.value)
        if let tail = Self.tailOfPath(place) { found += Self.pieces(tail) }
        return found
    }

    /// Values with what they belong to, which hides short ones too.
    var contextual: [String] {
        var found = Self.valuesOfQuery(place).map { "\($0.name)=\($0.value)" }
        if let user { found.append(user) }
        if let tail = Self.tailOfPath(place) { found.append("=" + tail) }
        return found
    }

    /// A path, or something that was meant to be a URL and lacks its scheme: `viewer:secret@10.0.0.5/main`.
    static func redactedPath(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@"), text[..<at].contains(":") else { return text }
        return "***" + text[at...]
    }

    static func secretValues(ofPath text: String) -> [String] {
        guard let at = text.lastIndex(of: "@"), text[..<at].contains(":") else { return [] }
        return userSecrets(String(text[..<at]))
    }

    private static func userSecrets(_ user: String) -> [String] {
        guard let colon = user.firstIndex(of: ":") else { return [user] }
        return [user, String(user[user.index(after: colon)...])]
    }

    private static func redactedPlace(_ place: String) -> String {
        let shown = place.prefix { $0 != "#" }
        let path = shown.prefix { $0 != "?" }
        if let equals = path.firstIndex(of: "=") { return path[...equals] + "***" }
        guard let mark = shown.firstIndex(of: "?") else { return String(shown) }
        let query = shown[shown.index(after: mark)...].split(separator: "&").map { part in
            part.contains("=") ? "\(part.prefix { $0 != "=" })=***" : "***"
        }
        return "\(path)?\(query.joined(separator: "&"))"
    }

    private static func valuesOfQuery(_ place: String) -> [(name: String, value: String)] {
        guard let mark = place.firstIndex(of: "?") else { return [] }
        return place[place.index(after: mark)...].split(separator: "&").map { part in
            guard let equals = part.firstIndex(of: "=") else { return ("", String(part)) }
            return (String(part[..<equals]), String(part[part.index(after: equals)...]))
        }
    }

    /// Everything after the first `=` of the path: `admin&password=…` of `/user=admin&password=…`.
    private static func tailOfPath(_ place: String) -> String? {
        let path = place.prefix { $0 != "?" && $0 != "#" }
        guard let equals = path.firstIndex(of: "=") else { return nil }
        return String(path[path.index(after: equals)...])
    }

    /// A camera's path cuts its values at `&`, `_`, `/` or `;`, and a value may hold one of those: the whole and the parts.
    private static func pieces(_ tail: String) -> [String] {
        var found = [tail]
        for separator in ["&", "_", "/", ";"] as [Character] {
            for part in tail.split(separator: separator) {
                if let equals = part.firstIndex(of: "=") { found.append(String(part[part.index(after: equals)...])) }
            }
        }
        return found
    }

    /// A name, an IPv4 address or `[IPv6]`, with or without a port.
    private static func isPlausibleHost(_ text: Substring) -> Bool {
        var host = text
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return false }
            let port = host[host.index(after: end)...]
            return port.isEmpty || (port.first == ":" && port.dropFirst().utf8.allSatisfy(isDigit))
        }
        if let colon = host.lastIndex(of: ":") {
            guard host[host.index(after: colon)...].utf8.allSatisfy(isDigit) else { return false }
            host = host[..<colon]
        }
        return host.utf8.allSatisfy { $0 >= 0x80 || isLetter($0) || isDigit($0) || "-._".utf8.contains($0) }
    }

    /// Whether a user part consists of what RFC 3986 allows: unreserved, percent-encoded, sub-delimiters and `:`.
    private static func isEncoded(_ user: String) -> Bool {
        var hexDigitsDue = 0
        for byte in user.utf8 {
            if hexDigitsDue > 0 {
                guard isDigit(byte) || (0x41...0x46).contains(byte & 0xDF) else { return false }
                hexDigitsDue -= 1
            } else if byte == 0x25 {
                hexDigitsDue = 2
            } else if !(isLetter(byte) || isDigit(byte) || "-._~!$&'()*+,;=:".utf8.contains(byte)) {
                return false
            }
        }
        return hexDigitsDue == 0
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
}
