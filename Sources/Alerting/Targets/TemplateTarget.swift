public import Channels
public import Domain

/// Fills a request's address, headers and body from a template: for SMS gateways, Zalo OA, Telegram and their like.
public struct TemplateTarget: DeliveryTarget {
    public struct Options: Sendable {
        public var method: WebRequest.Method
        /// With its secrets in place.
        public var address: AlertTemplate
        /// The address as it was configured, which knows what of it may be shown.
        public var source: SourceAddress
        public var headers: [(name: String, value: AlertTemplate)]
        public var body: AlertTemplate?
        public var contentType: String
        public var language: Language
        public var timeout: Duration

        public init(
            method: WebRequest.Method, address: AlertTemplate, source: SourceAddress,
            headers: [(name: String, value: AlertTemplate)], body: AlertTemplate?, contentType: String,
            language: Language, timeout: Duration
        ) {
            self.method = method
            self.address = address
            self.source = source
            self.headers = headers
            self.body = body
            self.contentType = contentType
            self.language = language
            self.timeout = timeout
        }
    }

    public let channel: String
    public let mostAtOnce: Int
    private let client: WebClient
    private let options: Options

    public init(channel: String, client: WebClient, options: Options, mostAtOnce: Int = 2) {
        self.channel = channel
        self.client = client
        self.options = options
        self.mostAtOnce = mostAtOnce
    }

    public func deliver(_ notice: AlertNotice, key: String) async throws(ChannelError) {
        guard notice.isForPeople else { return }
        do {
            try await client.send(request(notice, key: key))
        } catch {
            // A receiver may quote the token that stands in its address.
            throw ChannelError(
                error.code, problem: options.source.scrub(error.problem), remedy: error.remedy,
                retryAfter: error.retryAfter)
        }
    }

    func request(_ notice: AlertNotice, key: String) -> WebRequest {
        let address = text(options.address, .percent, notice, key)
        let type = options.contentType.lowercased()
        let escaping: AlertTemplate.Escaping =
            type.contains("json") ? .json : type.contains("x-www-form-urlencoded") ? .percent : .none
        var request = WebRequest(
            method: options.method,
            address: SourceAddress(address, template: options.source.redacted, secrets: []),
            timeout: options.timeout)
        request.headers = [.init("Content-Type", options.contentType), .init("Idempotency-Key", key)]
        request.headers += options.headers.map {
            .init($0.name, text($0.value, .line, notice, key))
        }
        if let body = options.body {
            request.body = [UInt8](text(body, escaping, notice, key).utf8)
        }
        return request
    }

    private func text(
        _ template: AlertTemplate, _ escaping: AlertTemplate.Escaping, _ notice: AlertNotice, _ key: String
    ) -> String {
        template.text(escaping: escaping) { notice.value(of: $0, key: key, in: options.language) }
    }
}
