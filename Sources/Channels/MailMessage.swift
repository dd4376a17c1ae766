public import Domain
import Foundation

/// A mail in plain text, with files.
public struct MailMessage: Sendable {
    public struct Attachment: Sendable {
        public var name: String
        public var mediaType: String
        public var bytes: [UInt8]

        public init(name: String, mediaType: String, bytes: [UInt8]) {
            self.name = name
            self.mediaType = mediaType
            self.bytes = bytes
        }
    }

    /// Plain addresses, such as `duty@example.vn`.
    public var from: String
    public var to: [String]
    public var subject: String
    public var text: String
    public var attachments: [Attachment]
    /// The same for every repetition, so that receivers can drop them: letters, digits, `-`, `_` and `.`.
    public var key: String
    public var date: MediaTime

    public init(
        from: String, to: [String], subject: String, text: String, attachments: [Attachment] = [], key: String,
        date: MediaTime
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.attachments = attachments
        self.key = key
        self.date = date
    }

    /// The message as RFC 5322 and MIME want it, with CRLF at the end of each line.
    public var encoded: [UInt8] {
        let boundary = "=_\(key)"
        var lines = [
            "Date: \(Self.internetDate(date))", "From: Lookout <\(Self.plain(from))>",
            "To: \(to.map { Self.plain($0) }.joined(separator: ", "))", "Subject: \(Self.words(subject))",
            "Message-ID: <\(Self.plain(key))@\(Self.plain(from.split(separator: "@").last.map(String.init) ?? "lookout"))>",
            "X-Lookout-Key: \(Self.plain(key))", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: multipart/mixed; boundary=\"\(Self.plain(boundary))\"", "", "--\(Self.plain(boundary))",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
        ]
        lines += Self.base64([UInt8](text.utf8))
        for attachment in attachments {
            lines += [
                "--\(Self.plain(boundary))", "Content-Type: \(Self.plain(attachment.mediaType))",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename=\"\(Self.plain(attachment.name))\"", "",
            ]
            lines += Self.base64(attachment.bytes)
        }
        lines += ["--\(Self.plain(boundary))--", ""]
        return [UInt8](lines.joined(separator: "\r\n").utf8)
    }

    /// Without what could begin another header or end a quoted word.
    private static func plain(_ text: String) -> String {
        String(
            text.unicodeScalars.filter { $0.value > 0x20 && $0.value < 0x7F && !"<>\"\\".unicodeScalars.contains($0) })
    }

    private static func base64(_ bytes: [UInt8]) -> [String] {
        let text = Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return text.components(separatedBy: "\r\n")
    }

    /// RFC 2047 encoded words, each of whole characters and at most 75 bytes long.
    static func words(_ text: String) -> String {
        let clean = text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : String($0) }.joined()
        if clean.utf8.allSatisfy({ $0 < 0x7F }), !clean.contains("=?") { return clean }
        var parts: [String] = [""]
        for character in clean {
            if parts[parts.count - 1].utf8.count + character.utf8.count > 42 { parts.append("") }
            parts[parts.count - 1].append(character)
        }
        return parts.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// `Sun, 01 Feb 2026 13:00:05 +0000`.
    private static func internetDate(_ time: MediaTime) -> String {
        let civil = CivilTime(time)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = months[min(max(civil.month, 1), 12) - 1]
        return String(
            format: "%02d \(month) %04d %02d:%02d:%02d +0000", civil.day, civil.year, civil.hour, civil.minute,
            civil.second)
    }
}
