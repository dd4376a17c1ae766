import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// Sends requests over HTTP/1.1 and HTTP/2. Runs on threads of its own; must be closed before it is dropped.
public final class WebClient: Sendable {
    private let client: HTTPClient

    public init() {
        var configuration = HTTPClient.Configuration()
        // A receiver that has moved is configured anew: what is signed for one address goes to no other.
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // The outbox tries again, and knows when.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Ends all connections; requests that are underway fail.
    public func close() async { try? await client.shutdown() }

    /// Returns once the receiver has taken the request: with a status from 200 to 299.
    public func send(_ request: WebRequest) async throws(ChannelError) {
        var outgoing = HTTPClientRequest(url: request.address.revealed)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for header in request.headers { outgoing.headers.replaceOrAdd(name: header.name, value: header.value) }
        if !outgoing.headers.contains(name: "user-agent") { outgoing.headers.add(name: "user-agent", value: "Lookout") }
        if request.method != .get { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        let status: Int
        let wait: String?
        var said = ""
        do {
            let response = try await client.execute(
                outgoing, timeout: .nanoseconds(request.timeout.inMicroseconds * 1_000))
            status = Int(response.status.code)
            wait = response.headers.first(name: "retry-after")
            // What was read of a good answer says nothing more; a refusal says why.
            if !(200...299).contains(status) { said = await Self.start(of: response.body) }
        } catch {
            throw Self.failure(error, of: request)
        }
        guard !(200...299).contains(status) else { return }
        throw Self.refusal(status, wait, said: request.address.scrub(said), of: request)
    }

    /// The first line of an answer's body, as far as it is text.
    private static func start(of body: HTTPClientResponse.Body) async -> String {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                bytes += part.readableBytesView.prefix(300 - bytes.count)
                if bytes.count >= 300 { break }
            }
        } catch {
            return ""
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return String(text.prefix { !$0.isNewline }.prefix(200))
    }

    private static func failure(_ error: any Error, of request: WebRequest) -> ChannelError {
        let place = request.address.redacted
        if let error = error as? HTTPClientError {
            if [HTTPClientError.connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout].contains(error) {
                return ChannelError(
                    .timedOut, problem: "\(place) gave no answer within \(request.timeout.inSeconds) seconds",
                    remedy: "Check that the receiver works, or give it more time by 'timeoutSeconds'")
            }
            if [.invalidURL, .emptyHost, .emptyScheme, .missingSocketPath].contains(error) {
                return ChannelError(
                    .misconfigured, problem: "\(place) is no web address",
                    remedy: "Give an address such as https://host/path")
            }
            if error == .cancelled || error == .alreadyShutdown {
                return ChannelError(.closed, problem: "sending to \(place) was broken off", remedy: "Send it again")
            }
        }
        return ChannelError(
            .unreachable,
            problem: "\(place) cannot be reached: \(request.address.scrub("\(error)").prefix(200))",
            remedy: "Check the address, the network and that the receiver runs")
    }

    private static func refusal(_ status: Int, _ wait: String?, said: String, of request: WebRequest) -> ChannelError {
        let place = request.address.redacted
        let words = said.isEmpty ? "" : ": \(said)"
        switch status {
        case 401, 403, 407:
            return ChannelError(
                .unauthorised, problem: "\(place) answered \(status)\(words)",
                remedy: "Check the credentials in the address, the headers or the signing secret")
        case 400, 406, 413, 415, 422:
            return ChannelError(
                .refused, problem: "\(place) refuses the message with \(status)\(words)",
                remedy: "Check that 'format', 'body' and 'headers' are what the receiver wants, then send it again")
        default:
            let seconds = wait.flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 3_600)) }
            return ChannelError(
                .unavailable, problem: "\(place) answered \(status)\(words)",
                remedy: "Look into the receiver's own log; Lookout tries again", retryAfter: seconds)
        }
    }
}
