public import Channels
public import Domain
import Evidence

/// Sends notices as JSON, or as CAP 1.2, to a web address, signed where a secret is agreed.
///
/// The signature is `sha256=` and the HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal digits.
public struct WebhookTarget: DeliveryTarget {
    public enum Format: String, Sendable, CaseIterable {
        case json
        /// Only what has a CAP message is sent: smoke and flame.
        case cap
    }

    public let channel: String
    public let mostAtOnce: Int
    private let client: WebClient
    private let address: SourceAddress
    private let format: Format
    private let secret: Secret?
    private let headers: [WebRequest.Header]
    private let timeout: Duration
    private let clock: any HostClock

    public init(
        channel: String, client: WebClient, address: SourceAddress, format: Format, secret: Secret?,
        headers: [WebRequest.Header] = [], timeout: Duration = .seconds(10), mostAtOnce: Int = 8, clock: any HostClock
    ) {
        self.channel = channel
        self.client = client
        self.address = address
        self.format = format
        self.secret = secret
        self.headers = headers
        self.timeout = timeout
        self.mostAtOnce = mostAtOnce
        self.clock = clock
    }

    public func deliver(_ notice: AlertNotice, key: String) async throws(ChannelError) {
        let body: [UInt8]
        switch format {
        case .cap:
            // What is no message of its own in CAP is told to those who read JSON.
            guard let cap = notice.cap else { return }
            body = [UInt8](cap.utf8)
        case .json: body = try notice.json(for: channel)
        }
        let timestamp = String(clock.wall().microseconds / 1_000_000)
        var request = WebRequest(address: address, headers: headers, body: body, timeout: timeout)
        request.headers += [
            .init("Content-Type", format == .cap ? "application/cap+xml" : "application/json"),
            .init("Idempotency-Key", key), .init("X-Lookout-Timestamp", timestamp),
        ]
        if let secret {
            let signature = MessageSignature.hmacSHA256([UInt8]("\(timestamp).".utf8) + body, secret: secret)
            request.headers.append(.init("X-Lookout-Signature", "sha256=\(signature)"))
        }
        try await client.send(request)
    }
}

extension AlertNotice {
    func json(for channel: String) throws(ChannelError) -> [UInt8] {
        do {
            return try json
        } catch {
            throw ChannelError(
                .refused, problem: "'\(event)' cannot be written as JSON for channel '\(channel)': \(error)",
                remedy: "Look the incident up in the journal")
        }
    }
}
