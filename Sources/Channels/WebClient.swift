import Domain

/// Sends requests over HTTP/1.1 and, with TLS, HTTP/2, many at a time on one thread of its own. Asks for a proxy's help
/// where the environment names one (`https_proxy`, `no_proxy`).
public final class WebClient: Sendable {
    private let desk: WebDesk

    public init() {
        desk = WebDesk()
        desk.start()
    }

    deinit { desk.close() }

    /// Ends all connections; requests that are underway fail, and so do later ones.
    public func close() async {
        desk.close()
        await desk.end()
    }

    /// Returns once the receiver has taken the request: with a status from 200 to 299. A redirection is no such status:
    /// what is signed for one address goes to no other. Ends early when the task is cancelled.
    public func send(_ request: WebRequest) async throws(ChannelError) {
        let address = request.address.revealed
        guard ["http://", "https://"].contains(where: { address.lowercased().hasPrefix($0) }), !address.contains("\0")
        else {
            throw Self.noAddress(request)
        }
        let headers = try Self.lines(of: request)
        let outcome = await desk.exchange(request, headers: headers)
        let place = request.address.redacted
        switch outcome {
        case .answered(let status, _, _) where (200...299).contains(status): return
        case .answered(let status, let wait, let said):
            throw Self.refusal(status, wait, said: request.address.scrub(Self.firstLine(of: said)), of: request)
        case .timedOut(let said):
            throw ChannelError(
                .timedOut, problem: "\(place) gave no answer in time: \(request.address.scrub(said))",
                remedy: "Check that the receiver works, or give it more time by 'timeoutSeconds'")
        case .notTrusted(let said):
            throw ChannelError(
                .unreachable, problem: "\(place) cannot be trusted: \(request.address.scrub(said))",
                remedy: "Check the receiver's certificate, and that this machine knows who issued it")
        case .badAddress: throw Self.noAddress(request)
        case .unreachable(let said):
            throw ChannelError(
                .unreachable, problem: "\(place) cannot be reached: \(request.address.scrub(said))",
                remedy: "Check the address, the network and that the receiver runs")
        case .closed:
            throw ChannelError(.closed, problem: "sending to \(place) was broken off", remedy: "Send it again")
        }
    }

    private static func noAddress(_ request: WebRequest) -> ChannelError {
        ChannelError(
            .misconfigured, problem: "\(request.address.redacted) is no web address",
            remedy: "Give an address such as https://host/path")
    }

    /// The headers as they are sent; of several with one name the last counts.
    private static func lines(of request: WebRequest) throws(ChannelError) -> [String] {
        var headers = [WebRequest.Header("User-Agent", "Lookout")]
        for header in request.headers {
            let name = header.name.lowercased()
            // A line break would begin another header, or the body.
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else {
                throw ChannelError(
                    .misconfigured,
                    problem: "the header '\(header.name)' for \(request.address.redacted) cannot be sent",
                    remedy: "Take line breaks and control characters out of it, and ':' and spaces out of its name")
            }
            headers.removeAll { $0.name.lowercased() == name }
            headers.append(header)
        }
        var lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        // libcurl's own additions: it would call the body a form, and ask before it sends a large one.
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) { lines.append("Content-Type:") }
        lines.append("Expect:")
        return lines
    }

    private static func firstLine(of said: String) -> String { String(said.prefix { !$0.isNewline }.prefix(200)) }

    private static func refusal(
        _ status: Int, _ wait: Duration?, said: String, of request: WebRequest
    ) -> ChannelError {
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
            return ChannelError(
                .unavailable, problem: "\(place) answered \(status)\(words)",
                remedy: "Look into the receiver's own log; Lookout tries again",
                retryAfter: wait.map { min($0, .seconds(3_600)) })
        }
    }
}
