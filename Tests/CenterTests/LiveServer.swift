import Domain
import Foundation
import Glibc
import Testing

@testable import Center

/// Runs a center on a free port of loopback while `body` works with it.
func withLiveServer<Value: Sendable>(
    _ backend: TestBackend, settings: CenterSettings = makeSettings(),
    _ body: @escaping @Sendable (_ port: Int, CenterServer) async throws -> Value
) async throws -> Value {
    let (ports, announced) = AsyncStream<Int>.makeStream()
    let server = try makeServer(backend, settings: settings) { port in
        announced.yield(port)
        announced.finish()
    }
    return try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            try await server.run()
            return nil
        }
        group.addTask {
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            return try await body(port, server)
        }
        defer { group.cancelAll() }
        while let ended = try await group.next() {
            if let value = ended { return value }
        }
        throw CancellationError()
    }
}

/// A raw connection. It never blocks a thread, so that hundreds of them leave the server its threads.
final class Connection: Sendable {
    private let descriptor: Int32

    /// - Parameter receiveBuffer: bytes that the kernel holds for us; small makes a reader that stops felt sooner.
    init(port: Int, receiveBuffer: Int32? = nil) throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { throw Failure(call: "socket", code: errno) }
        descriptor = socket
        if var size = receiveBuffer {
            setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port)).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { Glibc.close(descriptor) }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    func send(_ text: String) async throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try await Task.sleep(for: .milliseconds(2))
            } else {
                throw Failure(call: "send", code: errno)
            }
        }
    }

    /// What has arrived; `nil` at the end of the connection.
    func receive(within limit: Duration = .seconds(10)) async throws -> [UInt8]? {
        let deadline = ContinuousClock.now + limit
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                recv(descriptor, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if count > 0 { return Array(buffer[..<count]) }
            if count == 0 || errno == ECONNRESET { return nil }
            guard errno == EAGAIN, ContinuousClock.now < deadline else { throw Failure(call: "recv", code: errno) }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Everything until the other side closes.
    func receiveAll(within limit: Duration = .seconds(10)) async throws -> String {
        var bytes: [UInt8] = []
        while let more = try await receive(within: limit) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// One server-sent event.
struct ServerSentEvent: Equatable {
    var id: Int64?
    var event = ""
    var data = ""

    var json: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(data.utf8)) as? [String: Any]) ?? [:]
    }
}

/// Reads an event stream off a connection: status line, chunked transfer coding, events.
final class EventReader {
    private let connection: Connection
    private var raw = ByteQueue()
    private var text = ByteQueue()
    private(set) var head = ""

    init(port: Int, headers: [String] = [], query: String = "", receiveBuffer: Int32? = nil) async throws {
        connection = try Connection(port: port, receiveBuffer: receiveBuffer)
        let lines = ["GET /api/events\(query) HTTP/1.1", "Host: localhost:\(port)"] + headers
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        while head.isEmpty {
            guard let more = try await connection.receive() else { break }
            raw.append(more)
            head = raw.take(through: "\r\n\r\n") ?? ""
        }
    }

    /// The next event; `nil` at the end of the stream.
    func next(within limit: Duration = .seconds(10)) async throws -> ServerSentEvent? {
        while true {
            unchunk()
            if let block = text.take(through: "\n\n") { return Self.parse(block) }
            guard let more = try await connection.receive(within: limit) else { return nil }
            raw.append(more)
        }
    }

    private var chunkSize: Int?

    private func unchunk() {
        while true {
            if chunkSize == nil { chunkSize = raw.take(through: "\r\n").flatMap { Int($0, radix: 16) } }
            guard let size = chunkSize, let chunk = raw.take(size + 2) else { return }
            text.append(chunk.dropLast(2))
            chunkSize = nil
        }
    }

    private static func parse(_ block: String) -> ServerSentEvent {
        var event = ServerSentEvent()
        for line in block.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            let value = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
            switch parts.first {
            case "id": event.id = Int64(value)
            case "event": event.event = value
            case "data": event.data = value
            default: break
            }
        }
        return event
    }
}

/// Bytes that come in at one end and go out at the other.
private struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ more: some Collection<UInt8>) {
        if start > 65_536 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += more
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard bytes.count - start >= count else { return nil }
        defer { start += count }
        return bytes[start..<start + count]
    }

    /// The text before `mark`, which goes out too.
    mutating func take(through mark: String) -> String? {
        let found = bytes[start...].firstRange(of: Array(mark.utf8))?.lowerBound
        guard let found else { return nil }
        defer { start = found + mark.utf8.count }
        return String(decoding: bytes[start..<found], as: UTF8.self)
    }
}

/// Waits for something that comes true soon.
func eventually(within limit: Duration = .seconds(10), _ condition: () -> Bool) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        try await Task.sleep(for: .milliseconds(5))
    }
    return true
}
