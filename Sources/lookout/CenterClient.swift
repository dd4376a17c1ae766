import Domain
import Foundation
import FoundationNetworking
import SiteConfiguration

/// Talks to the center of a running Lookout in the name of one of the configured tokens.
struct CenterClient {
    let actor: String
    private let token: Secret
    private let base: String

    /// - Parameter actor: name of the token; the first one where `nil`.
    init(site: SiteSettings, actor: String?) throws {
        let tokens = site.center.tokens
        guard let found = actor.map({ name in tokens.first { $0.name == name } }) ?? tokens.first else {
            let known = tokens.map(\.name).joined(separator: ", ")
            throw Failure(
                .problemFound,
                tokens.isEmpty
                    ? "orders are given in the name of a token, and none is configured. Add one under center.tokens."
                    : "there is no token '\(actor ?? "")' under center.tokens. There are: \(known).")
        }
        let listen = site.center.listen
        guard listen.port > 0 else {
            throw Failure(.problemFound, "center.listen takes any free port. Give it a fixed one.")
        }
        self.actor = found.name
        token = found.secret
        // An address that stands for all of this machine's is not one to call.
        let host = ["0.0.0.0": "127.0.0.1", "::": "::1"][listen.host] ?? listen.host
        base = "http://\(ListenAddress(host: host, port: listen.port))"
    }

    private struct Problem: Decodable {
        var detail: String
        var remedy: String
    }

    /// - Returns: the body of the answer.
    func post(_ path: String, _ body: some Encodable) async throws -> Data {
        guard let url = URL(string: base + path) else { throw Failure(.problemFound, "'\(base)' is no address.") }
        var request = URLRequest(url: url, timeoutInterval: 10)
        request.httpMethod = "POST"
        request.httpBody = try JSONEncoder().encode(body)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("Bearer \(token.revealed)", forHTTPHeaderField: "Authorization")
        let settings = URLSessionConfiguration.ephemeral
        // The token must not pass through a proxy that the environment names.
        settings.connectionProxyDictionary = [:]
        let answer: (data: Data, response: URLResponse)
        do {
            answer = try await URLSession(configuration: settings).data(for: request)
        } catch {
            throw Failure(
                .problemFound, "no Lookout answers at \(base). Start `lookout run`, or look at center.listen.")
        }
        guard let status = (answer.response as? HTTPURLResponse)?.statusCode, (200..<300).contains(status) else {
            if let problem = try? JSONDecoder().decode(Problem.self, from: answer.data) {
                throw Failure(.problemFound, "\(problem.detail). \(problem.remedy).")
            }
            throw Failure(.problemFound, "what answers at \(base) is no Lookout. Look at center.listen.")
        }
        return answer.data
    }
}
