import Domain

/// A source address taken apart for FFmpeg.
///
/// People write passwords into URLs as they are, so the user part may hold `@`, `:`, `/`, `?`, `#` and `%`. FFmpeg
/// needs them percent-encoded. Where the text has two readings (`%40` in it, and nothing that had to be encoded) the
/// first is that of RFC 3986, and `alternative` is the other one, worth a try when the first is answered with 401.
struct StreamAddress: Sendable {
    enum Kind: Sendable {
        case rtsp, http, file
    }

    let kind: Kind
    /// What FFmpeg is given: never to be printed.
    let url: String
    /// The other reading of the user part, where there is one.
    let alternative: String?
    let hasUser: Bool
    /// The redacted address, for messages.
    let printable: String
    /// Only FFmpeg's protocols that this kind of source needs: a hostile playlist or session description must not make
    /// it open local files or other hosts' services.
    let protocols: String
    private let source: SourceAddress
    private let secrets: [String]

    /// - Throws: `unsupportedAddress` for a scheme that Lookout does not open.
    init(_ source: SourceAddress) throws(MediaError) {
        self.source = source
        printable = source.redacted
        let full = source.revealed
        switch source.scheme {
        case "rtsp": (kind, protocols) = (.rtsp, "rtsp,rtp,udp,tcp")
        case "rtsps": (kind, protocols) = (.rtsp, "rtsp,rtp,srtp,udp,tcp,tls")
        case "http": (kind, protocols) = (.http, "http,https,tcp,tls")
        case "https": (kind, protocols) = (.http, "https,tcp,tls")
        case nil, "file": (kind, protocols) = (.file, "file")
        case let other?:
            throw MediaError(
                code: .unsupportedAddress, problem: "\(source.redacted): '\(other)' addresses are not supported",
                remedy: "Use rtsp://, rtsps://, http://, https:// or the path of a file or folder")
        }
        guard kind != .file, let separator = full.firstRange(of: "://") else {
            let path = full.hasPrefix("file://") ? String(full.dropFirst(7)) : full
            url = "file:\(path)"
            alternative = nil
            hasUser = false
            secrets = []
            return
        }
        let rest = full[separator.upperBound...]
        guard let at = Self.endOfUser(rest) else {
            url = full
            alternative = nil
            hasUser = false
            secrets = []
            return
        }
        let scheme = full[..<separator.lowerBound].lowercased()
        let tail = rest[rest.index(after: at)...]
        let literal = Self.encodeUser(rest[..<at], decodesFirst: false)
        let standard = Self.encodeUser(rest[..<at], decodesFirst: true)
        let readsAsEncoded = Self.isEncoded(rest[..<at])
        url = "\(scheme)://\(readsAsEncoded ? standard : literal)@\(tail)"
        alternative = readsAsEncoded && standard != literal ? "\(scheme)://\(literal)@\(tail)" : nil
        hasUser = true
        let users = [String(rest[..<at]), literal, standard]
        let passwords = users.compactMap { user in
            user.firstIndex(of: ":").map { String(user[user.index(after: $0)...]) }
        }
        secrets = (users + passwords).filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    var isLocal: Bool { kind == .file }

    /// The path of a local source.
    var path: String { String(url.dropFirst(5)) }

    /// `text` without this address's secrets, in whichever form it quotes them.
    func scrub(_ text: String) -> String {
        var clean = source.scrub(text)
        for secret in secrets {
            clean = clean.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
        return clean
    }

    // MARK: - The user part

    /// The `@` that ends the user part: the first one that a plausible host follows, or, where none does, the last one
    /// before the path.
    private static func endOfUser(_ rest: Substring) -> Substring.Index? {
        let authority = rest.prefix { !"/?#".contains($0) }
        if !authority.contains("@"), isHost(authority) { return nil }
        for at in rest.indices where rest[at] == "@" {
            let tail = rest[rest.index(after: at)...].prefix { !"/?#".contains($0) }
            if isHost(tail), isUnmistakable(tail) { return at }
        }
        return authority.lastIndex(of: "@")
            ?? rest.lastIndex { $0 == "@" }.flatMap { authority.contains(":") ? $0 : nil }
    }

    /// `name`, `name:port`, `[v6]` or `[v6]:port`.
    private static func isHost(_ text: Substring) -> Bool {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return false }
            let port = text[text.index(after: end)...]
            return port.isEmpty || (port.first == ":" && port.dropFirst().allSatisfy(\.isNumber))
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, !name.isEmpty, parts.count <= 2 else { return false }
        guard name.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else { return false }
        return parts.count == 1 || (!parts[1].isEmpty && parts[1].allSatisfy(\.isNumber))
    }

    /// A host that is not just as likely a piece of a password.
    private static func isUnmistakable(_ host: Substring) -> Bool {
        host.contains(".") || host.hasPrefix("[") || host == "localhost" || host.hasPrefix("localhost:")
    }

    /// Whether every character may stand in a user part as RFC 3986 wants it and there is a percent-encoded one.
    private static func isEncoded(_ user: Substring) -> Bool {
        guard user.contains("%") else { return false }
        var bytes = user.utf8.makeIterator()
        while let byte = bytes.next() {
            if byte == UInt8(ascii: "%") {
                guard let high = bytes.next(), let low = bytes.next(), hex(high) != nil, hex(low) != nil else {
                    return false
                }
            } else if !isUnreserved(byte), !"!$&'()*+,;=:".utf8.contains(byte) {
                return false
            }
        }
        return true
    }

    /// `name:password` with everything encoded but unreserved characters and the first colon.
    private static func encodeUser(_ user: Substring, decodesFirst: Bool) -> String {
        let colon = user.utf8.firstIndex(of: UInt8(ascii: ":")) ?? user.utf8.endIndex
        let name = encode(Array(user.utf8[..<colon]), decodesFirst: decodesFirst)
        guard colon != user.utf8.endIndex else { return name }
        let password = Array(user.utf8[user.utf8.index(after: colon)...])
        return "\(name):\(encode(password, decodesFirst: decodesFirst))"
    }

    private static func encode(_ bytes: [UInt8], decodesFirst: Bool) -> String {
        var plain: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if decodesFirst, bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
                let high = hex(bytes[index + 1]), let low = hex(bytes[index + 2])
            {
                plain.append(high << 4 | low)
                index += 3
            } else {
                plain.append(bytes[index])
                index += 1
            }
        }
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in plain {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
