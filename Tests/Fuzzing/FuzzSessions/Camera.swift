import Foundation
import Glibc
import Synchronization

/// Says everything that it has to say to whoever connects, without waiting for questions, and ends the connection.
final class Camera: Sendable {
    static let shared = Camera()

    let port: Int
    private let words = Mutex<[UInt8]>([])

    private init() {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, length) == 0 && listen(listener, 8) == 0
                    && getsockname(listener, generic, &length) == 0
            }
        }
        precondition(isBound, "no port is free")
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread { [self] in
            while true { answer(accept(listener, nil, nil)) }
        }.start()
    }

    func say(_ words: [UInt8]) { self.words.withLock { $0 = words } }

    private func answer(_ client: Int32) {
        guard client >= 0 else { return }
        let words = self.words.withLock { $0 }
        var sent = 0
        while sent < words.count {
            let count = words.withUnsafeBytes {
                send(client, $0.baseAddress! + sent, words.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { break }
            sent += count
        }
        shutdown(client, Int32(SHUT_WR))
        // Closing what was not read resets the connection, which takes from the other side what it has not read yet.
        var rest = [UInt8](repeating: 0, count: 4096)
        while recv(client, &rest, rest.count, 0) > 0 {}
        close(client)
    }
}
