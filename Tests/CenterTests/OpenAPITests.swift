import Domain
import Foundation
import Hummingbird
import Testing

@testable import Center

/// Holds the OpenAPI file against the routes, over a real connection.
@Suite(.serialized) struct OpenAPITests: Sendable {
    /// The parsed file. `Sendable` because nobody changes what was parsed.
    private struct Description: @unchecked Sendable {
        let document: [String: Any]
        let paths: [String: [String: Any]]
    }

    private let description: Description
    private var document: [String: Any] { description.document }
    private var paths: [String: [String: Any]] { description.paths }

    init() throws {
        let parsed = try JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json))
        let document = try #require(parsed as? [String: Any])
        description = Description(
            document: document, paths: try #require(document["paths"] as? [String: [String: Any]]))
    }

    private struct Operation: Hashable {
        var method: String
        var path: String
    }

    private var documented: Set<Operation> {
        Set(paths.flatMap { path, methods in methods.keys.map { Operation(method: $0.uppercased(), path: path) } })
    }

    @Test func everyRouteIsDocumentedAndEveryDocumentedRouteExists() throws {
        let served = try makeServer(populatedBackend()).routes.map {
            Operation(method: $0.method.rawValue, path: $0.path)
        }
        #expect(Set(served).count == served.count)
        #expect(Set(served).subtracting(documented).isEmpty)
        #expect(documented.subtracting(served).isEmpty)
    }

    @Test func statedSecurityIsTheRoutesSecurity() throws {
        for route in try makeServer(populatedBackend()).routes {
            let operation = try #require(
                paths[route.path]?[route.method.rawValue.lowercased()] as? [String: Any], "\(route.path)")
            let stated = try #require(operation["security"] as? [[String: Any]], "\(route.path)")
            let expected: [Set<String>] =
                switch route.access {
                case .open: []
                case .read: [[], ["token"], ["session"]]
                case .write: [["token"]]
                }
            #expect(stated.map { Set($0.keys) } == expected, "\(route.path)")
        }
    }

    @Test func theDocumentHoldsTogether() throws {
        #expect((document["openapi"] as? String)?.hasPrefix("3.1") == true)
        let validator = SchemaValidator(document: document)
        var identifiers: Set<String> = []
        var used: Set<String> = []
        func visit(_ value: Any, at place: String) {
            if let object = value as? [String: Any] {
                if let reference = object["$ref"] as? String {
                    #expect(validator.resolve(reference) != nil, "\(place): \(reference)")
                    used.insert(reference)
                }
                if let identifier = object["operationId"] as? String {
                    #expect(identifiers.insert(identifier).inserted)
                }
                for (name, child) in object { visit(child, at: place + "/" + name) }
            } else if let array = value as? [Any] {
                for child in array { visit(child, at: place) }
            }
        }
        visit(document, at: "")
        #expect(identifiers.count == documented.count)
        let schemas = (document["components"] as? [String: Any])?["schemas"] as? [String: Any] ?? [:]
        // What the event stream's data is stands in no `$ref`, but in its description.
        let unused = Set(schemas.keys.map { "#/components/schemas/\($0)" }).subtracting(used)
        #expect(unused == ["#/components/schemas/StreamPosition"])
        let kinds = (schemas["IncidentKind"] as? [String: Any])?["enum"] as? [String]
        #expect(kinds == IncidentKind.allCases.map(\.rawValue))
        let states = (schemas["CameraState"] as? [String: Any])?["enum"] as? [String]
        #expect(states == CameraStatus.State.allCases.map(\.rawValue))
        let coverage = (schemas["CoverageState"] as? [String: Any])?["enum"] as? [String]
        #expect(coverage == CoverageState.allCases.map(\.rawValue))
        let faults = (schemas["CameraFault"] as? [String: Any])?["enum"] as? [String]
        #expect(faults == CameraFault.allCases.map(\.rawValue))
        let unrecorded = (schemas["UnrecordedSpan"] as? [String: Any])?["properties"] as? [String: Any]
        let recordingFaults = (unrecorded?["fault"] as? [String: Any])?["enum"] as? [String]
        #expect(recordingFaults == RecordingFault.allCases.map(\.rawValue))
        let severities = (schemas["Severity"] as? [String: Any])?["enum"] as? [String]
        #expect(severities == Severity.allCases.map(\.rawValue))
    }

    // MARK: Requests that bring about each documented answer

    enum Site: CaseIterable { case local, remote, broken, failing, taken, misconfigured }

    struct Scenario {
        var method = "GET"
        /// As documented.
        var path: String
        /// As asked for; `path` where it holds no parameter.
        var target: String?
        var fields: [String] = []
        var body = ""
        var site = Site.local
        var status: Int
    }

    static let bearer = "Authorization: Bearer \(token)"
    static let asJSON = "Content-Type: application/json"

    private static var scenarios: [Scenario] {
        let incident = "/api/incidents/{id}"
        let known = "/api/incidents/gate-intrusion-0"
        let evidence = "/api/evidence/{path}"
        let file = "/api/evidence/2026-03-01/gate-motion-1/snapshot.jpg"
        let clip = "/api/incidents/{id}/clip"
        let picture = "/api/cameras/{id}/latest.jpg"
        var list: [Scenario] = [
            .init(path: "/api/incidents", status: 200),
            .init(path: "/api/incidents", target: "/api/incidents?limit=2&kind=smoke&state=open", status: 200),
            .init(path: "/api/incidents", target: "/api/incidents?limit=x", status: 400),
            .init(path: "/api/incidents", site: .remote, status: 401),
            .init(path: "/api/incidents", site: .broken, status: 503),
            .init(path: incident, target: known, status: 200),
            .init(path: incident, target: "/api/incidents/a%20b", status: 400),
            .init(path: incident, target: known, site: .remote, status: 401),
            .init(path: incident, target: "/api/incidents/nobody", status: 404),
            .init(path: incident, target: known, site: .broken, status: 503),
            .init(path: evidence, target: file, status: 200),
            .init(path: evidence, target: file, fields: ["Range: bytes=1-2"], status: 206),
            .init(path: evidence, target: "/api/evidence/../x", status: 400),
            .init(path: evidence, target: file, site: .remote, status: 401),
            .init(path: evidence, target: "/api/evidence/none.jpg", status: 404),
            .init(path: evidence, target: file, fields: ["Range: bytes=100-"], status: 416),
            .init(path: evidence, target: file, site: .broken, status: 503),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip", status: 200),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip?part=2", status: 200),
            .init(
                path: clip, target: "/api/incidents/gate-intrusion-0/clip?part=1", fields: ["Range: bytes=1-2"],
                status: 206),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip?part=0", status: 400),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip", site: .remote, status: 401),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip?part=3", status: 404),
            .init(
                path: clip, target: "/api/incidents/gate-intrusion-0/clip", fields: ["Range: bytes=900-"], status: 416),
            .init(path: clip, target: "/api/incidents/gate-intrusion-0/clip", site: .broken, status: 503),
            .init(path: "/api/cameras", status: 200),
            .init(path: "/api/cameras", target: "/api/cameras?x=1", status: 400),
            .init(path: "/api/cameras", site: .remote, status: 401),
            .init(path: "/api/coverage", status: 200),
            .init(
                path: "/api/coverage",
                target: "/api/coverage?since=2026-03-01T12:00:00Z&until=2026-03-01T23:00:00Z", status: 200),
            .init(path: "/api/coverage", target: "/api/coverage?since=yesterday", status: 400),
            .init(path: "/api/coverage", site: .remote, status: 401),
            .init(path: "/api/coverage", target: "/api/coverage?camera=nobody", status: 404),
            .init(path: "/api/coverage", site: .broken, status: 503),
            .init(path: picture, target: "/api/cameras/gate/latest.jpg", status: 200),
            .init(path: picture, target: "/api/cameras/tower-3/latest.jpg", status: 204),
            .init(
                path: picture, target: "/api/cameras/gate/latest.jpg",
                fields: ["If-None-Match: \"\(night.microseconds)\""], status: 304),
            .init(path: picture, target: "/api/cameras/%00/latest.jpg", status: 400),
            .init(path: picture, target: "/api/cameras/gate/latest.jpg", site: .remote, status: 401),
            .init(path: picture, target: "/api/cameras/nobody/latest.jpg", status: 404),
            .init(path: picture, target: "/api/cameras/gate/latest.jpg", site: .broken, status: 503),
            .init(path: "/api/events", status: 200),
            .init(path: "/api/events", target: "/api/events?after=x", status: 400),
            .init(path: "/api/events", site: .remote, status: 401),
            .init(path: "/api/events", site: .broken, status: 503),
            .init(path: "/api/site", status: 200),
            .init(path: "/api/site", target: "/api/site?x=1", status: 400),
            .init(path: "/api/site", site: .remote, status: 401),
            .init(method: "POST", path: "/api/session", fields: [bearer, "Content-Length: 0"], status: 204),
            .init(method: "POST", path: "/api/session", fields: ["Content-Length: 0"], status: 401),
            .init(
                method: "POST", path: "/api/session", fields: [bearer, "Content-Length: 0", "Origin: http://x"],
                status: 403),
            .init(method: "DELETE", path: "/api/session", status: 204),
            .init(method: "DELETE", path: "/api/session", fields: ["Origin: http://x"], status: 403),
            .init(path: "/api/openapi.json", status: 200),
            .init(path: "/healthz", status: 200),
            .init(path: "/healthz", site: .failing, status: 503),
            .init(path: "/metrics", status: 200),
            .init(path: "/metrics", site: .remote, status: 401),
        ]
        for page in [
            "/", "/app.js", "/cameras.js", "/coverage.js", "/danger.js", "/detail.js", "/handling.js", "/incidents.js",
            "/orders.js", "/page.js", "/recordings.js", "/texts.js", "/style.css", "/icon.svg",
        ] {
            list.append(.init(path: page, status: 200))
            list.append(.init(path: page, status: 304))
        }
        return list + acknowledgements + handling + answers + orders + dangers + weather + decisions + reloads
            + recordings
    }

    private static var acknowledgements: [Scenario] {
        func scenario(
            _ status: Int, _ fields: [String], body: String = "", id: String = "gate-intrusion-0", site: Site = .local
        )
            -> Scenario
        {
            .init(
                method: "POST", path: "/api/incidents/{id}/acknowledge", target: "/api/incidents/\(id)/acknowledge",
                fields: fields + ["Content-Length: \(body.utf8.count)"], body: body, site: site, status: status)
        }
        return [
            scenario(200, [bearer, asJSON], body: #"{"note": "seen"}"#),
            scenario(400, [bearer, asJSON], body: "[]"),
            scenario(401, []),
            scenario(403, [bearer, "Origin: http://x"]),
            scenario(404, [bearer], id: "nobody"),
            scenario(409, [bearer], site: .taken),
            scenario(415, [bearer, "Content-Type: text/plain"], body: "x"),
            scenario(503, [bearer], site: .broken),
            .init(
                method: "POST", path: "/api/incidents/{id}/acknowledge", target: "/api/incidents/x/acknowledge",
                fields: [bearer, "Transfer-Encoding: chunked"], status: 411),
            .init(
                method: "POST", path: "/api/incidents/{id}/acknowledge", target: "/api/incidents/x/acknowledge",
                fields: [bearer, "Content-Length: 99999"], status: 413),
        ]
    }

    private static var orders: [Scenario] {
        func scenario(_ status: Int, _ body: String, fields: [String] = [bearer, asJSON], site: Site = .local)
            -> Scenario
        {
            .init(
                method: "POST", path: "/api/arming", fields: fields + ["Content-Length: \(body.utf8.count)"],
                body: body,
                site: site, status: status)
        }
        let good = #"{"action": "snooze", "camera": "gate", "zone": "yard", "minutes": 5, "note": "post"}"#
        return [
            scenario(200, good), scenario(200, #"{"action": "disarm", "kinds": ["smoke"]}"#),
            scenario(400, #"{"action": "snooze", "camera": "gate"}"#), scenario(401, good, fields: [asJSON]),
            scenario(403, good, fields: [bearer, asJSON, "Origin: http://x"]),
            scenario(404, #"{"action": "disarm", "camera": "nobody"}"#),
            scenario(415, good, fields: [bearer, "Content-Type: text/plain"]), scenario(503, good, site: .broken),
            .init(
                method: "POST", path: "/api/arming", fields: [bearer, "Transfer-Encoding: chunked"], status: 411),
            .init(method: "POST", path: "/api/arming", fields: [bearer, "Content-Length: 99999"], status: 413),
            .init(path: "/api/arming", status: 200), .init(path: "/api/arming", target: "/api/arming?x=1", status: 400),
            .init(path: "/api/arming", site: .remote, status: 401),
        ]
    }

    private static var recordings: [Scenario] {
        let list = "/api/cameras/{id}/recordings"
        let all = "/api/cameras/gate/recordings?since=2026-03-01T19:00:00Z&until=2026-03-01T20:00:00Z"
        let one = "/api/cameras/{id}/recording"
        let piece = "/api/cameras/gate/recording?since=2026-03-01T19:12:30Z&until=2026-03-01T19:14:30Z"
        return [
            .init(path: list, target: all, status: 200), .init(path: list, target: all + "&limit=2", status: 200),
            .init(path: list, target: "/api/cameras/gate/recordings?since=yesterday", status: 400),
            .init(path: list, target: all, site: .remote, status: 401),
            .init(path: list, target: "/api/cameras/nobody/recordings", status: 404),
            .init(path: list, target: all, site: .broken, status: 503),
            .init(path: one, target: piece, status: 200),
            .init(path: one, target: piece, fields: ["Range: bytes=1-2"], status: 206),
            .init(path: one, target: "/api/cameras/gate/recording", status: 400),
            .init(
                path: one, target: "/api/cameras/gate/recording?since=2026-03-01T19:00:00Z&until=2026-03-01T19:15:01Z",
                status: 400),
            .init(path: one, target: piece, site: .remote, status: 401),
            .init(path: one, target: "/api/cameras/gate/recording?since=2026-03-02T19:12:30Z", status: 404),
            .init(path: one, target: piece, fields: ["Range: bytes=600-"], status: 416),
            .init(path: one, target: piece, site: .broken, status: 503),
        ]
    }

    private static var reloads: [Scenario] {
        func scenario(_ status: Int, fields: [String] = [bearer, "Content-Length: 0"], site: Site = .local) -> Scenario
        {
            .init(method: "POST", path: "/api/reload", fields: fields, site: site, status: status)
        }
        return [
            scenario(200), scenario(401, fields: ["Content-Length: 0"]),
            scenario(403, fields: [bearer, "Content-Length: 0", "Origin: http://x"]),
            scenario(411, fields: [bearer, "Transfer-Encoding: chunked"]),
            scenario(413, fields: [bearer, "Content-Length: 99999"]), scenario(422, site: .misconfigured),
            scenario(503, site: .broken),
            .init(
                method: "POST", path: "/api/reload", target: "/api/reload?x=1", fields: [bearer, "Content-Length: 0"],
                status: 400),
        ]
    }

    private static var decisions: [Scenario] {
        let path = "/api/decisions"
        return [
            .init(path: path, target: path + "?camera=gate&from=2026-03-01T00:00:00Z&limit=1", status: 200),
            .init(path: path, target: path + "?outcome=perhaps", status: 400),
            .init(path: path, site: .remote, status: 401), .init(path: path, site: .broken, status: 503),
        ]
    }

    private struct Full: ActionableError {
        var problem: String { "the disk that holds the journal is full" }
        var remedy: String { "Free some space" }
    }

    private func site(_ site: Site) async throws -> (TestBackend, CenterSettings) {
        let backend = populatedBackend()
        switch site {
        case .local: break
        case .remote: return (backend, makeSettings(host: "0.0.0.0"))
        case .broken: backend.change { $0.failure = Full() }
        case .misconfigured:
            let refused = ConfigurationRefused(problem: "streams.yaml:3:1: unknown key 'x'.", remedy: "Correct it")
            backend.change { $0.failure = refused }
        case .failing:
            backend.change {
                $0.health.faults = [.init(component: "journal", problem: "full", remedy: "free", isFatal: true)]
            }
        case .taken:
            _ = try await backend.acknowledge(IncidentID("gate-intrusion-0"), actor: "bình", note: nil)
        }
        return (backend, makeSettings())
    }

    /// Answers that no request here brings about: 408 takes ten seconds of waiting.
    private static let untried: Set<String> = [
        "POST /api/incidents/{id}/acknowledge 408", "POST /api/arming 408", "POST /api/incidents/{id}/confirm 408",
        "POST /api/incidents/{id}/dismiss 408", "POST /api/incidents/{id}/assign 408",
        "POST /api/incidents/{id}/note 408", "POST /api/incidents/{id}/report 408",
        "POST /api/incidents/{id}/lock 408", "POST /api/incidents/{id}/unlock 408", "PUT /api/danger 408",
        "PUT /api/danger/weather 408",
    ]

    @Test(.timeLimit(.minutes(2))) func everyDocumentedAnswerComesAsDocumented() async throws {
        var seen: Set<String> = []
        for place in Site.allCases {
            let (backend, settings) = try await site(place)
            let scenarios = Self.scenarios.filter { $0.site == place }
            seen.formUnion(
                try await withLiveServer(backend, settings: settings) { port, _ in
                    var seen: Set<String> = []
                    for scenario in scenarios {
                        let answer = try await ask(scenario, port: port)
                        #expect(answer.status == scenario.status, "\(scenario)")
                        try check(answer, scenario)
                        seen.insert("\(scenario.method) \(scenario.path) \(answer.status)")
                    }
                    guard place == .local else { return seen }
                    // Under a foreign name, every address answers the same.
                    for operation in documented {
                        let scenario = Scenario(method: operation.method, path: operation.path, status: 421)
                        let answer = try await ask(scenario, port: port, host: "evil.example")
                        #expect(answer.status == 421, "\(operation)")
                        try check(answer, scenario)
                        seen.insert("\(operation.method) \(operation.path) 421")
                    }
                    return seen
                })
        }
        let promised = Set(
            paths.flatMap { path, methods in
                methods.flatMap { method, operation in
                    ((operation as? [String: Any])?["responses"] as? [String: Any] ?? [:]).keys.map {
                        "\(method.uppercased()) \(path) \($0)"
                    }
                }
            })
        #expect(promised.subtracting(seen) == Self.untried)
    }

    private func ask(_ scenario: Scenario, port: Int, host: String = "localhost") async throws -> Answer {
        var fields = scenario.fields
        let target = scenario.target ?? scenario.path
        if scenario.status == 304, scenario.path.hasPrefix("/api") == false {
            let first = try await ask(Scenario(path: scenario.path, status: 200), port: port)
            fields.append("If-None-Match: \(first.fields["etag"] ?? "")")
        }
        let connection = try Connection(port: port)
        let head = ["\(scenario.method) \(target) HTTP/1.1", "Host: \(host)", "Connection: close"] + fields
        try await connection.send(head.joined(separator: "\r\n") + "\r\n\r\n" + scenario.body)
        var bytes: [UInt8] = []
        while let more = try await connection.receive() {
            bytes += more
            // The event stream does not end; its first event says enough.
            if String(decoding: bytes, as: UTF8.self).contains("event: ready") { break }
        }
        return Answer(bytes)
    }

    private struct Answer {
        var status = 0
        var fields: [String: String] = [:]
        var body: [UInt8] = []

        init(_ bytes: [UInt8]) {
            guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return }
            body = Array(bytes[end.upperBound...])
            let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
            status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            for line in lines.dropFirst() {
                let pair = line.split(separator: ":", maxSplits: 1)
                fields[pair[0].lowercased()] = pair.count > 1 ? pair[1].trimmingCharacters(in: .whitespaces) : ""
            }
        }
    }

    private func check(_ answer: Answer, _ scenario: Scenario) throws {
        let operation = paths[scenario.path]?[scenario.method.lowercased()] as? [String: Any]
        let responses = try #require(operation?["responses"] as? [String: [String: Any]], "\(scenario.path)")
        let response = try #require(responses[String(answer.status)], "\(scenario.path) \(answer.status)")
        for name in (response["headers"] as? [String: Any] ?? [:]).keys {
            #expect(answer.fields[name.lowercased()] != nil, "\(scenario.path): \(name)")
        }
        guard let content = response["content"] as? [String: [String: Any]] else {
            #expect(answer.body.isEmpty, "\(scenario.path) \(answer.status)")
            return
        }
        let mediaType = String((answer.fields["content-type"] ?? "").prefix { $0 != ";" })
        let schema = try #require(content[mediaType]?["schema"], "\(scenario.path): \(mediaType)")
        guard mediaType.hasSuffix("json") else { return }
        let body = try JSONSerialization.jsonObject(with: Data(answer.body))
        let faults = SchemaValidator(document: document).faults(of: body, against: schema)
        #expect(faults.isEmpty, "\(scenario.path) \(answer.status): \(faults)")
    }

    @Test func theEventStreamsDataIsAsDocumented() async throws {
        let backend = populatedBackend()
        let faults = try await withLiveServer(backend) { port, _ in
            let reader = try await EventReader(port: port, query: "?after=0")
            let ready = try #require(try await reader.next())
            let event = try #require(try await reader.next())
            return [ready.data, event.data]
        }.enumerated().flatMap { index, data in
            SchemaValidator(document: document).faults(
                of: try JSONSerialization.jsonObject(with: Data(data.utf8)),
                against: ["$ref": "#/components/schemas/" + ["StreamPosition", "Revision"][index]])
        }
        #expect(faults == [])
    }

    @Test func theValidatorFindsFaults() {
        let validator = SchemaValidator(document: ["a": ["type": "integer", "minimum": 1.0]])
        let schema: [String: Any] = [
            "type": "object", "required": ["n"], "additionalProperties": false,
            "properties": [
                "n": ["$ref": "#/a"], "s": ["type": "string", "pattern": "^x+$"], "b": ["type": "boolean"],
            ],
        ]
        func faults(_ text: String) -> Int {
            guard let value = try? JSONSerialization.jsonObject(with: Data(text.utf8)) else { return -1 }
            return validator.faults(of: value, against: schema).count
        }
        #expect(faults(#"{"n": 1, "s": "xx", "b": true}"#) == 0)
        #expect(faults(#"{"n": 0}"#) == 1)
        #expect(faults(#"{"n": 1.5}"#) == 1)
        #expect(faults(#"{"n": true}"#) == 1)
        #expect(faults(#"{"n": 1, "b": 1}"#) == 1)
        #expect(faults(#"{"s": "y", "t": 1}"#) == 3)
        #expect(faults("[]") == 1)
        #expect(validator.faults(of: 1, against: ["oneOf": []]).count == 1)
    }
}
