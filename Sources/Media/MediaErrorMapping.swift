internal import CFFmpeg
import Domain

extension MediaError {
    /// The error of opening or reading `address`, from FFmpeg's status and what it logged meanwhile.
    init(status: Int32, address: StreamAddress, log: LogContext, options: StreamOptions) {
        let name = address.printable
        func fault(_ code: Code, _ problem: String, _ remedy: String) -> MediaError {
            MediaError(code: code, problem: "\(name): \(problem)", remedy: remedy, status: status)
        }
        switch status {
        case lookout_error_http_unauthorized:
            self = fault(
                .unauthorized, "401 Unauthorized",
                address.hasUser
                    ? "The camera does not accept this user and password: correct them in the source address"
                    : "Set user and password in the source address, as in rtsp://user:${PASSWORD}@host/path")
        case lookout_error_http_forbidden:
            self = fault(
                .forbidden, "403 Forbidden", "Give this user the right to view the stream, in the camera's settings")
        case lookout_error_http_not_found:
            self = fault(
                .notFound, "404 Not Found",
                "The camera has no stream of that name: look the path up in the camera's settings or manual")
        case lookout_error_http_bad_request, lookout_error_http_other_4xx, lookout_error_http_server:
            self = fault(
                .rejected, "the server rejects the request (\(Self.text(status)))",
                "Check the path, and whether the camera allows another viewer")
        case -ECONNREFUSED:
            self = fault(
                .refused, "connection refused",
                "Check the port, and that the camera's streaming service is switched on")
        case -EHOSTUNREACH, -ENETUNREACH, -EHOSTDOWN, -ENETDOWN:
            self = fault(.unreachable, "no route to the host", "Check the address, the cable and the network's route")
        case -EPROTONOSUPPORT where address.kind == .rtsp:
            self = fault(
                .transport, "the camera does not offer RTP over \(options.transport.rawValue)",
                "Set the transport to \(options.transport == .udp ? "tcp" : "udp") or automatic")
        case -ETIMEDOUT:
            self = .timedOut(address, after: options.openTimeout)
        case -ENOENT, -ENOTDIR:
            self = fault(.unreadable, "no such file", "Check the path")
        case -EACCES, -EPERM:
            self = fault(.unreadable, "not allowed to read it", "Give this user the right to read it")
        case lookout_error_protocol_not_found:
            self = fault(
                .unsupportedAddress, "this kind of address is not supported",
                "Use rtsp://, http://, https:// or the path of a file or folder")
        case lookout_error_decoder_not_found:
            self = fault(.unsupportedCodec, "its codec is not supported", "Set the camera to H.264 or H.265")
        default:
            if log.heard("resolve hostname") {
                self = fault(.unreachable, "the host's name is unknown", "Check the name, or write the IP address")
            } else if address.isLocal {
                self = fault(
                    .unreadable, "not a video that can be read (\(Self.text(status)))",
                    "Check that the file is complete and really is a video")
            } else {
                self = fault(
                    .badStream, "what arrives is not a stream that can be understood (\(Self.text(status)))",
                    "Check the address in another player; restart the camera if it plays nowhere")
            }
        }
    }

    static func timedOut(_ address: StreamAddress, after wait: Duration) -> MediaError {
        MediaError(
            code: .timeout, problem: "\(address.printable): nothing came within \(Self.seconds(wait))",
            remedy: "Check that the camera is on and not overloaded, and that no firewall drops its packets",
            status: -ETIMEDOUT)
    }

    static func clockSet(_ address: StreamAddress) -> MediaError {
        MediaError(
            code: .clockSet, problem: "\(address.printable): the computer's clock was set while it was read",
            remedy: "It is opened again, so that its times are right; check the time service where it happens again")
    }

    static func stopped(_ address: StreamAddress) -> MediaError {
        MediaError(
            code: .stopped, problem: "\(address.printable): stopped while reading", remedy: "Nothing needs to be done",
            status: lookout_error_exit)
    }

    /// FFmpeg's words for one of its error numbers.
    static func text(_ status: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        _ = unsafe buffer.withUnsafeMutableBufferPointer { unsafe av_strerror(status, $0.baseAddress, $0.count) }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func seconds(_ duration: Duration) -> String {
        let tenths = (duration.inSeconds * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths)) s" : "\(tenths) s"
    }
}
