public import Domain

/// A request to a receiver's web address.
public struct WebRequest: Sendable {
    public enum Method: String, Sendable, CaseIterable { case get = "GET", post = "POST", put = "PUT" }

    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var method: Method
    public var address: SourceAddress
    public var headers: [Header]
    public var body: [UInt8]
    /// For the whole exchange.
    public var timeout: Duration

    public init(
        method: Method = .post, address: SourceAddress, headers: [Header] = [], body: [UInt8] = [],
        timeout: Duration = .seconds(10)
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}
