import Foundation
import Glibc
import Synchronization

/// A web server on a free port of the loopback that answers as a test says, byte for byte.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        /// The request line and the headers.
        var head: String
        var body: [UInt8]
    }

    private struct Seen {
        var requests: [Request] = []
        var connectionCount = 0
        /// Those that are open: a closed one's number may be another's by now.
        var open: Set<Int32> = []
    }

    let port: UInt16
    private let listener: Int32
    private let seen = Mutex(Seen())
    private let answer: @Sendable (Request) -> [UInt8]?

    /// - Parameter answer: the whole answer; `nil` keeps silent, an empty one hangs up.
    init(_ answer: @escaping @Sendable (Request) -> [UInt8]?) {
        self.answer = answer
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(listener, $0, length) == 0 && listen(listener, 64) == 0)
                getsockname(listener, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        self.listener = listener
        Thread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else {
                    close(listener)
                    return
                }
                seen.withLock { seen in
                    seen.connectionCount += 1
                    seen.open.insert(connection)
                }
                Thread { [self] in serve(connection) }.start()
            }
        }.start()
    }

    var requests: [Request] { seen.withLock { $0.requests } }
    var connectionCount: Int { seen.withLock { $0.connectionCount } }

    /// The listener is closed by the thread that uses it, once that has seen its end.
    func stop() {
        shutdown(listener, Int32(SHUT_RDWR))
        seen.withLock { seen in
            for connection in seen.open { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ connection: Int32) {
        defer {
            seen.withLock { seen in
                seen.open.remove(connection)
                close(connection)
            }
        }
        while let request = Self.read(from: connection) {
            seen.withLock { $0.requests.append(request) }
            guard let bytes = answer(request) else { continue }
            if bytes.isEmpty { return }
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                sent += count
            }
        }
    }

    private static func read(from connection: Int32) -> Request? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
            var byte: UInt8 = 0
            guard recv(connection, &byte, 1, 0) == 1 else { return nil }
            head.append(byte)
        }
        let text = String(decoding: head, as: UTF8.self)
        let length = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) }
        var body = [UInt8](repeating: 0, count: length ?? 0)
        if !body.isEmpty, recv(connection, &body, body.count, Int32(MSG_WAITALL)) != body.count { return nil }
        return Request(head: text, body: body)
    }
}
