public import Domain
import Evidence

/// Makes and checks the links by which contacts acknowledge.
public struct AnswerLinks: Sendable {
    private let secret: Secret
    /// Where those who receive alerts reach the center, without a slash at its end.
    private let webAddress: String
    private let lifetime: Duration
    /// In whose name a channel's link acknowledges; no link for the others.
    private let contacts: [String: String]

    /// 128 bits, so that links fit into an SMS; nobody guesses one over a network.
    private static let signatureDigits = 32

    public init(secret: Secret, webAddress: String, lifetime: Duration, contacts: [String: String]) {
        self.secret = secret
        self.webAddress = webAddress.hasSuffix("/") ? String(webAddress.dropLast()) : webAddress
        self.lifetime = lifetime
        self.contacts = contacts
    }

    /// The same for each attempt of a delivery.
    ///
    /// - Parameter time: when the alert was put into the outbox.
    /// - Returns: `nil` for a channel that has no contact.
    public func address(for incident: IncidentID, channel: String, at time: MediaTime) -> String? {
        guard let contact = contacts[channel] else { return nil }
        var link = AnswerLink(
            incident: incident, contact: contact, expires: (time + lifetime).microseconds / 1_000_000, signature: "")
        link.signature = signature(of: link)
        return webAddress + link.path
    }

    /// - Throws: where it is not signed by us, or out of date.
    public func check(_ link: AnswerLink, at time: MediaTime) throws(AnswerState.Refusal) {
        guard Self.isSame(link.signature, signature(of: link)) else { throw .forged }
        guard time < link.end else { throw .expired }
    }

    /// What is remembered of a link once it was used: of no use to anybody who reads it.
    public static func digest(of link: AnswerLink) -> String {
        ContentHash.sha256Hexadecimal([UInt8]((link.signedText + "\n" + link.signature).utf8))
    }

    private func signature(of link: AnswerLink) -> String {
        String(
            MessageSignature.hmacSHA256([UInt8](link.signedText.utf8), secret: secret).prefix(Self.signatureDigits))
    }

    /// Without telling by its duration how much agrees.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension AlertNotice {
    /// With the contact's own link, where an answer is asked for.
    func asking(_ address: String?) -> AlertNotice {
        guard let address, change == .opened || escalation != nil else { return self }
        var notice = self
        notice.answerLink = address
        notice.en.description += "\nAcknowledge: \(address)"
        notice.vi.description += "\nTiếp nhận: \(address)"
        return notice
    }
}
