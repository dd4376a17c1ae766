import Foundation
import Glibc
import Synchronization

/// A server on loopback that answers each request with what a closure says; `nil` leaves the client waiting.
final class CannedServer: Sendable {
    struct Request {
        let method: String
        /// RTSP's CSeq, 0 without one.
        let number: Int
        let text: String
    }

    struct Failure: Error {}

    let port: Int
    private let listener: Int32
    private let isStopped = Atomic<Bool>(false)

    /// - Parameter body: what follows an answer, for as long as sending succeeds.
    init(
        body: (@Sendable (_ send: ([UInt8]) -> Bool) -> Void)? = nil, _ answer: @escaping @Sendable (Request) -> String?
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        guard bound else { throw Failure() }
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [weak self] in
            while true {
                let client = accept(listener, nil, nil)
                guard client >= 0 else { return }
                guard let self, !self.isStopped.load(ordering: .acquiring) else {
                    close(client)
                    return
                }
                Thread { Self.serve(client, body, answer) }.start()
            }
        }.start()
    }

    deinit {
        isStopped.store(true, ordering: .releasing)
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    private static func serve(
        _ client: Int32, _ body: (@Sendable (([UInt8]) -> Bool) -> Void)?, _ answer: @Sendable (Request) -> String?
    ) {
        defer { close(client) }
        var pending = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            pending += String(decoding: buffer[..<count], as: UTF8.self)
            while let end = pending.range(of: "\r\n\r\n") {
                let text = String(pending[..<end.lowerBound])
                pending = String(pending[end.upperBound...])
                let sequence = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("cseq:") }
                let number = sequence.flatMap { Int($0.dropFirst(5).filter(\.isNumber)) } ?? 0
                let method = String(text.prefix { $0 != " " })
                guard let reply = answer(Request(method: method, number: number, text: text)) else { continue }
                func sendAll(_ bytes: [UInt8]) -> Bool {
                    send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
                }
                guard sendAll(Array(reply.utf8)) else { return }
                if let body {
                    body(sendAll)
                    return
                }
            }
        }
    }
}
