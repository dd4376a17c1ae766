/// Percent-encoding after RFC 3986, section 2.
public enum PercentEncoding {
    /// Every byte but letters, digits, `-`, `.`, `_` and `~` as `%XX`: safe in any part of a URL.
    public static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            if isUnreserved(byte) {
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return encoded
    }

    /// `%XX` back to bytes; a `%` that no two hexadecimal digits follow stays. Bytes that are no UTF-8 become U+FFFD.
    public static func decode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x25, index + 2 < bytes.count, let high = value(bytes[index + 1]),
                let low = value(bytes[index + 2])
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    private static let digits = Array("0123456789ABCDEF")

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}

extension String {
    /// The ways in which a library may quote this value: as it is, decoded, and encoded with capital or small digits.
    var spellings: Set<String> {
        let decoded = PercentEncoding.decode(self)
        var all: Set<String> = [self, decoded]
        for text in [self, decoded] {
            let encoded = PercentEncoding.encode(text)
            all.insert(encoded)
            all.insert(encoded.smallHexDigits)
        }
        return all
    }

    /// `%2F` as `%2f`.
    private var smallHexDigits: String {
        var result: [UInt8] = []
        var left = 0
        for byte in utf8 {
            result.append(left > 0 && (0x41...0x46).contains(byte) ? byte + 0x20 : byte)
            left = byte == 0x25 ? 2 : max(0, left - 1)
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Compared byte by byte, so that a combining character behind a secret does not hide it.
    func replacingAll(_ needle: String, with replacement: String) -> String {
        let wanted = Array(needle.utf8)
        let bytes = Array(utf8)
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return self }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == wanted[0], index + wanted.count <= bytes.count,
                bytes[index..<index + wanted.count].elementsEqual(wanted)
            {
                result.append(contentsOf: replacement.utf8)
                index += wanted.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
