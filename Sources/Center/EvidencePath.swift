/// Addresses of evidence files, and the other way.
enum EvidencePath {
    static let prefix = "/api/evidence/"

    static func address(of path: String) -> String {
        prefix + path.split(separator: "/", omittingEmptySubsequences: false).map { encode($0) }.joined(separator: "/")
    }

    /// The path inside the evidence directory that an address names.
    /// - Returns: `nil` where it could leave that directory or names nothing that Lookout writes. After decoding once,
    ///   each step is 1 to 128 letters, digits, `-`, `_` or `.`, and starts with no `.`.
    static func path(ofAddress address: String) -> String? {
        guard address.hasPrefix(prefix) else { return nil }
        let steps = address.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard (1...8).contains(steps.count) else { return nil }
        var decoded: [String] = []
        for step in steps {
            guard let name = PercentCoding.decode(step), (1...128).contains(name.utf8.count), !name.hasPrefix("."),
                name.utf8.allSatisfy(PercentCoding.isUnreserved)
            else { return nil }
            decoded.append(name)
        }
        return decoded.joined(separator: "/")
    }

    private static func encode(_ step: Substring) -> String {
        var text = ""
        for byte in step.utf8 {
            if PercentCoding.isUnreserved(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text
    }
}

/// Percent-encoding of one step of a path.
enum PercentCoding {
    /// Letters, digits, `-`, `_`, `.`
    static func isUnreserved(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == 0x2D || byte == 0x2E || byte == 0x5F
    }

    /// Decodes once. `nil` where an escape is cut or the bytes are no UTF-8.
    static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
