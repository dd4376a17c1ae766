/// The `id` of a camera in `streams.yaml`: 1 to 64 letters, digits, `-`, `_` or `.`, starting with a letter or digit.
public struct CameraID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var rawValue: String

    /// Accepts any text; `isValid` tells whether it may stand in a configuration.
    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }

    public var description: String { rawValue }
    public static func < (a: CameraID, b: CameraID) -> Bool { a.rawValue < b.rawValue }

    /// Whether it is safe as a file name, in a URL path and as an MQTT topic level.
    public var isValid: Bool { isPlainName(rawValue, maximumBytes: 64) }
}

/// Letters, digits, `-`, `_` and `.` of ASCII only, starting with a letter or digit.
private func isPlainName(_ text: String, maximumBytes: Int) -> Bool {
    func isLetterOrDigit(_ c: UInt8) -> Bool {
        (0x30...0x39).contains(c) || (0x41...0x5A).contains(c) || (0x61...0x7A).contains(c)
    }
    guard let first = text.utf8.first, text.utf8.count <= maximumBytes, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F }
}

/// The name of an incident, unique in a journal: `<camera>-<kind>-<UTC start, yyyymmddThhmmssmmm>`, with `-<n>` where two would collide.
public struct IncidentID: RawRepresentable, Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    public var rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }

    public var description: String { rawValue }

    /// Whether it is safe as a file name and in a URL path: as a camera's id, but up to 200 bytes.
    public var isValid: Bool { isPlainName(rawValue, maximumBytes: 200) }

    public static func < (a: IncidentID, b: IncidentID) -> Bool { a.rawValue < b.rawValue }
}
