import Dispatch
import Foundation
import HTTPTypes
import Hummingbird

@testable import Center

/// Any text as a request: `METHOD TARGET`, lines of headers, an empty line, a body. Whatever comes is answered, and with
/// something that is no fault of the server.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    guard let request = FuzzedRequest(text) else { return 0 }
    let status = Desk.shared.answer(request)
    precondition(status < 500 || status == 503, "answered \(status)")
    return 0
}

struct FuzzedRequest: Sendable {
    var method: HTTPRequest.Method
    var target: String
    var headers = HTTPFields()
    var body: String

    /// - Returns: `nil` for what no HTTP server would hand on, and for event streams, which never end.
    init?(_ text: String) {
        let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = parts[0].split(separator: "\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", maxSplits: 1)
        guard words.count == 2, let method = HTTPRequest.Method(rawValue: String(words[0])),
            words[1].utf8.first == UInt8(ascii: "/"), words[1].utf8.allSatisfy({ $0 > 32 && $0 < 127 }),
            !words[1].hasPrefix("/api/events")
        else { return nil }
        self.method = method
        target = String(words[1])
        body = parts.count > 1 ? String(parts[1]) : ""
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2, let name = HTTPField.Name(String(pair[0])) else { continue }
            headers.append(HTTPField(name: name, value: String(pair[1]).trimmingCharacters(in: .whitespaces)))
        }
        if method != .get { headers[.contentLength] = "\(body.utf8.count)" }
    }
}

/// A center with a few incidents, and a queue at its door: libFuzzer calls without async.
final class Desk: Sendable {
    static let shared = Desk()

    private let requests: AsyncStream<(FuzzedRequest, Reply)>
    private let line: AsyncStream<(FuzzedRequest, Reply)>.Continuation

    final class Reply: @unchecked Sendable {
        let isThere = DispatchSemaphore(value: 0)
        /// Written before the semaphore is raised, read after it.
        var status = 0
    }

    private init() {
        (requests, line) = AsyncStream.makeStream()
        Task.detached { [requests] in
            do {
                // What earlier requests left behind would fill the memory in the end.
                while true { try await Self.serve(requests, count: 20_000) }
            } catch {
                fatalError("\(error)")
            }
        }
    }

    private static func serve(_ requests: AsyncStream<(FuzzedRequest, Reply)>, count: Int) async throws {
        try await makeServer(populatedBackend()).application().test { client in
            var answered = 0
            for await (request, reply) in requests {
                let answer = try await client.execute(
                    uri: request.target, method: request.method, headers: request.headers,
                    body: ByteBuffer(string: request.body))
                reply.status = Int(answer.status.code)
                reply.isThere.signal()
                answered += 1
                if answered == count { break }
            }
        }
    }

    func answer(_ request: FuzzedRequest) -> Int {
        let reply = Reply()
        line.yield((request, reply))
        reply.isThere.wait()
        return reply.status
    }
}
