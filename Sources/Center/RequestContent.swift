import Domain
import Foundation
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

    /// The body as a JSON object that has no other keys than these; `nil` where there is no body.
    ///
    /// - Parameter hint: what to send instead, where it is none.
    static func object<Object: Decodable>(
        _ type: Object.Type, keys: Set<String>, of request: Request, hint: String
    ) async throws -> Object? {
        let body = try await read(request)
        guard !body.isEmpty else { return nil }
        let mediaType = (request.headers[.contentType] ?? "").prefix { $0 != ";" }
        guard mediaType.lowercased() == "application/json" else {
            throw Problem(
                status: .unsupportedMediaType, code: "not-json", problem: "the body is not declared as JSON",
                remedy: "Send it with 'Content-Type: application/json'")
        }
        let data = Data(body)
        let problem = "the body is no JSON object of \(keys.sorted().joined(separator: ", "))"
        guard let found = try? JSONDecoder().decode([String: Anything].self, from: data),
            keys.isSuperset(of: found.keys)
        else { throw Problem.badBody(problem, remedy: hint) }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let fault as any ActionableError {
            throw Problem.badBody(fault.problem, remedy: fault.remedy)
        } catch {
            throw Problem.badBody(problem, remedy: hint)
        }
    }

    /// Any JSON value, of which only is asked that it is there.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    /// What a person wrote: up to 2,000 characters, no control characters; `nil` for nothing.
    static func cleanNote(_ note: String?, hint: String) throws(Problem) -> String? {
        guard let note, !note.isEmpty else { return nil }
        let isClean = note.unicodeScalars.allSatisfy {
            $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t"
        }
        guard note.count <= 2000, isClean else {
            throw Problem.badBody("the note is too long or holds control characters", remedy: hint)
        }
        return note
    }
}
