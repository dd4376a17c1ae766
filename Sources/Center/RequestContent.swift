import Hummingbird

/// A request's body, whole, within bounds of size and time.
enum RequestContent {
    /// Time to send a body of at most 16 KB.
    private static let deadline = Duration.seconds(10)

    static func read(_ request: Request) async throws -> [UInt8] {
        let body = request.body
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask {
                var bytes: [UInt8] = []
                for try await buffer in body {
                    bytes += buffer.readableBytesView
                    guard bytes.count <= Gatekeeper.maximumBodyBytes else {
                        throw Problem(
                            status: .contentTooLarge, code: "body-too-large",
                            problem: "the request's body is larger than \(Gatekeeper.maximumBodyBytes) bytes",
                            remedy: "Shorten it", closesConnection: true)
                    }
                }
                return bytes
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                throw Problem(
                    status: .requestTimeout, code: "body-too-slow", problem: "the request's body did not arrive",
                    remedy: "Send it at once", closesConnection: true)
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }
}
