public import Channels
public import Domain

/// Sends notices by mail, with the incident's picture.
public struct MailTarget: DeliveryTarget {
    /// The picture of an incident, as JPEG; `nil` where there is none.
    public typealias Picture = @Sendable (IncidentID) async -> [UInt8]?

    public let channel: String
    public let mostAtOnce = 1
    private let client: MailClient
    private let from: String
    private let to: [String]
    private let language: Language
    private let clock: any HostClock
    private let picture: Picture

    public init(
        channel: String, client: MailClient, from: String, to: [String], language: Language, clock: any HostClock,
        picture: @escaping Picture
    ) {
        self.channel = channel
        self.client = client
        self.from = from
        self.to = to
        self.language = language
        self.clock = clock
        self.picture = picture
    }

    public func deliver(_ notice: AlertNotice, key: String) async throws(ChannelError) {
        guard notice.isForPeople else { return }
        let text = notice.text(in: language)
        var message = MailMessage(
            from: from, to: to, subject: text.headline, text: text.headline + "\n\n" + text.description + "\n",
            key: key,
            date: clock.wall())
        if let jpeg = await picture(notice.incident) {
            message.attachments.append(
                .init(name: "\(notice.incident.rawValue).jpg", mediaType: "image/jpeg", bytes: jpeg))
        }
        if let cap = notice.cap {
            message.attachments.append(
                .init(name: "\(notice.event).cap.xml", mediaType: "application/cap+xml", bytes: [UInt8](cap.utf8)))
        }
        try await client.send(message)
    }
}
