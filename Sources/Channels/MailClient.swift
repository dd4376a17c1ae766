import CCurl
import Dispatch
public import Domain
import Foundation

/// Hands mails to a server over SMTP, one after the other, on a thread of its own.
public final class MailClient: Sendable {
    public struct Options: Sendable {
        public var host: String
        public var port: Int
        /// TLS from the first byte (`smtps`); else by STARTTLS.
        public var usesImplicitTLS: Bool
        /// Whether to refuse to speak without TLS.
        public var requiresTLS: Bool
        public var user: String?
        public var password: Secret?
        public var timeoutSeconds: Int

        public init(
            host: String, port: Int, usesImplicitTLS: Bool, requiresTLS: Bool, user: String? = nil,
            password: Secret? = nil, timeoutSeconds: Int = 30
        ) {
            self.host = host
            self.port = port
            self.usesImplicitTLS = usesImplicitTLS
            self.requiresTLS = requiresTLS
            self.user = user
            self.password = password
            self.timeoutSeconds = timeoutSeconds
        }
    }

    private let options: Options
    private let queue = DispatchQueue(label: "lookout.mail")

    public init(_ options: Options) { self.options = options }

    /// Returns once the server has taken the message.
    public func send(_ message: MailMessage) async throws(ChannelError) {
        let outcome: Result<Void, ChannelError> = await withCheckedContinuation { done in
            queue.async { [options] in
                done.resume(returning: Result { () throws(ChannelError) in try Self.send(message, options) })
            }
        }
        try outcome.get()
    }

    /// Blocks until the server has answered.
    private static func send(_ message: MailMessage, _ options: Options) throws(ChannelError) {
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        let place = "\(options.usesImplicitTLS ? "smtps" : "smtp")://\(host):\(options.port)"
        let bytes = message.encoded
        var detail = [CChar](repeating: 0, count: 512)
        let result = unsafe place.withCString { url in
            unsafe message.from.withCString { from in
                unsafe withCStrings(message.to) { recipients in
                    unsafe withOptionalCString(options.user) { user in
                        unsafe withOptionalCString(options.password?.revealed) { password in
                            unsafe bytes.withUnsafeBytes { content in
                                var mail = unsafe lookout_mail()
                                unsafe mail.url = url
                                unsafe mail.user = user
                                unsafe mail.password = password
                                unsafe mail.requires_tls = options.requiresTLS ? 1 : 0
                                unsafe mail.from = from
                                unsafe mail.recipients = recipients.baseAddress
                                unsafe mail.recipient_count = recipients.count
                                unsafe mail.message = content.bindMemory(to: CChar.self).baseAddress
                                unsafe mail.message_length = content.count
                                unsafe mail.timeout_seconds = options.timeoutSeconds
                                return unsafe lookout_mail_send(&mail, &detail, detail.count)
                            }
                        }
                    }
                }
            }
        }
        let said = String(decoding: detail.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let error = failure(result, place: place, said: said) { throw error }
    }

    private static func failure(_ result: lookout_mail_result, place: String, said: String) -> ChannelError? {
        let problem =
            "the mail server \(place) did not take the message: \(said.hasSuffix(".") ? String(said.dropLast()) : said)"
        switch result {
        case LOOKOUT_MAIL_SENT: return nil
        case LOOKOUT_MAIL_UNREACHABLE:
            return ChannelError(
                .unreachable, problem: problem, remedy: "Check the address, the network and that the server runs")
        case LOOKOUT_MAIL_TIMED_OUT:
            return ChannelError(
                .timedOut, problem: problem, remedy: "Check that the server works, or give it more time")
        case LOOKOUT_MAIL_UNAUTHORISED:
            return ChannelError(
                .unauthorised, problem: problem, remedy: "Check user and password in the channel's 'url'")
        case LOOKOUT_MAIL_TLS:
            return ChannelError(
                .misconfigured, problem: problem,
                remedy:
                    "Check the server's certificate and that it speaks TLS on this port; 'requireTLS: false' allows none"
            )
        case LOOKOUT_MAIL_REFUSED:
            return ChannelError(.refused, problem: problem, remedy: "Check 'from' and 'to', then send it again")
        default:
            return ChannelError(
                .unavailable, problem: problem, remedy: "Look into the mail server's log; Lookout tries again")
        }
    }
}
