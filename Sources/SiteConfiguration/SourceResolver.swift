import Domain

/// Makes a `SourceAddress` of what stands in the file: fetches secrets, encodes them, refuses those written in clear.
struct SourceResolver {
    private static let networkSchemes = ["rtsp", "rtsps", "http", "https"]
    /// Stands for a reference while the template's structure is looked at: no URL has it.
    private static let placeholder: Character = "\u{0}"
    /// Names of query and path parameters whose values give access.
    private static let credentialNames: Set<String> = [
        "password", "passwd", "pass", "passwort", "pwd", "psw", "pw", "token", "access_token", "accesstoken", "auth",
        "authorization", "secret", "key", "apikey", "api_key", "sig", "signature", "session", "sessionid",
    ]

    let secrets: SecretReader
    var schemes = Self.networkSchemes
    /// Whether a file or a folder may be named too.
    var allowsPaths = true

    /// - Parameter text: as it stands in the file.
    func address(_ text: String) throws(Trouble) -> SourceAddress {
        if text.hasPrefix("file:"), !text.hasPrefix("file://") {
            let whole = try secrets.file(String(text.dropFirst(5)))
            try check(whole, shown: "the address in \(Wording.quoted(text))")
            return SourceAddress(whole)
        }
        let template = try SecretTemplate(text)
        try refuseClearSecrets(in: template)
        var full = ""
        var values: [String] = []
        for piece in template.pieces {
            switch piece {
            case .literal(let literal): full += literal
            case .reference(let reference):
                let value = try secrets.value(of: reference)
                full += encoded(value, behind: full, in: template)
                values.append(value)
            }
        }
        try check(full, shown: values.isEmpty ? Wording.quoted(text) : "the address \(Wording.quoted(text))")
        let isPath = !full.contains("://")
        let place = isPath ? SitePath.absolute(full, in: secrets.folder) : full
        guard !values.isEmpty else { return SourceAddress(place) }
        let shown = template.text(replacingReferencesWith: "***")
        // A reference that stands for the whole address is shown as any address is, without its password only.
        if template.pieces.count == 1 { return SourceAddress(place) }
        return SourceAddress(
            place, template: isPath ? SitePath.absolute(shown, in: secrets.folder) : shown, secrets: values)
    }

    /// A value is raw text and is encoded for the place where it goes; a whole address or the part of one that holds the
    /// scheme is taken as it stands.
    private func encoded(_ value: String, behind text: String, in template: SecretTemplate) -> String {
        let shape = template.text(replacingReferencesWith: String(Self.placeholder))
        guard let separator = shape.firstRange(of: "://"), let start = text.firstRange(of: "://") else { return value }
        let authority = shape[separator.upperBound...].prefix { !"/?#".contains($0) }
        let behind = text[start.upperBound...]
        if authority.contains("@"), !behind.contains("@"), !behind.contains("/") {
            return PercentEncoding.encode(value)
        }
        return behind.contains("?") ? PercentEncoding.encode(value) : value
    }

    private func refuseClearSecrets(in template: SecretTemplate) throws(Trouble) {
        let shape = template.text(replacingReferencesWith: String(Self.placeholder))
        let remedy = "Write ${NAME} in its place and set that environment variable, or ${file:PATH}"
        let rest = shape.firstRange(of: "://").map { shape[$0.upperBound...] } ?? Substring(shape)
        if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
            let password = rest[rest.index(after: colon)..<at]
            guard password.allSatisfy({ $0 == Self.placeholder }) else {
                throw Trouble(problem: "a password stands in clear in this address", remedy: remedy)
            }
        }
        let place = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        for part in place.split(whereSeparator: { "?&;/".contains($0) }) {
            // "user=admin_password=x_channel=1": cameras that separate by '_' have names with it, too.
            let names = part.split(separator: "=", omittingEmptySubsequences: false)
            for (name, value) in zip(names, names.dropFirst()) where Self.isCredential(name) {
                guard value.isEmpty || value.first == Self.placeholder else {
                    throw Trouble(problem: "a \(name.lowercased()) stands in clear in this address", remedy: remedy)
                }
            }
        }
    }

    private static func isCredential(_ name: Substring) -> Bool {
        let lower = name.lowercased()
        return credentialNames.contains(lower)
            || lower.split(separator: "_").last.map { credentialNames.contains(String($0)) } == true
    }

    /// - Parameter shown: names the address in faults, without its secrets.
    private func check(_ address: String, shown: String) throws(Trouble) {
        guard !address.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            throw Trouble(
                problem: "\(shown) holds a control character once its secrets are filled in",
                remedy: "Look for a line break in the environment variable or file")
        }
        guard let separator = address.firstRange(of: "://") else {
            guard !address.isEmpty else { throw Trouble(problem: "\(shown) is empty", remedy: "Write an address") }
            guard allowsPaths else {
                throw Trouble(
                    problem: "\(shown) is no address",
                    remedy: "Begin it with \(Wording.choices(schemes.map { $0 + "://" }))")
            }
            return
        }
        let scheme = address[..<separator.lowerBound].lowercased()
        guard scheme != "file" || !allowsPaths else { return }
        guard schemes.contains(scheme) else {
            let known = schemes + (allowsPaths ? ["file"] : [])
            let near = Wording.nearest(to: scheme, of: known).map { ", did you mean '\($0)'?" } ?? ""
            throw Trouble(
                problem: "\(shown) has an unknown scheme\(near)",
                remedy: "An address begins with \(Wording.choices(known.map { $0 + "://" }))"
                    + (allowsPaths ? ", a file needs none" : ""))
        }
        let parts = address[separator.upperBound...]
        guard !parts.contains(" ") else {
            throw Trouble(problem: "\(shown) has a space in it", remedy: "Write %20 for a space, or remove it")
        }
        let host = SourceAddress(address).host
        guard let host, !host.isEmpty else {
            throw Trouble(problem: "\(shown) names no host", remedy: "Write for example \(scheme)://10.0.0.5/main")
        }
        guard let port = SourceAddress(address).port else { return }
        guard let number = Int(port), (1...65_535).contains(number) else {
            throw Trouble(problem: "\(shown) has no valid port", remedy: "A port is a number from 1 to 65535")
        }
    }
}
