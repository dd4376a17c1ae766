/// Requests about what people do with incidents and about the fire danger.
extension OpenAPITests {
    /// What is asked for with each step; some are refused where they were taken before.
    private static let steps: [(name: String, id: String, body: String, refusesTwice: Bool)] = [
        ("confirm", "gate-intrusion-0", #"{"note": "seen"}"#, true),
        ("dismiss", "gate-motion-2", #"{"reason": "insect"}"#, true),
        ("assign", "tower-3-smoke-1", #"{"to": "Bình"}"#, false), ("note", "tower-3-smoke-1", #"{"note": "x"}"#, false),
        ("report", "tower-3-smoke-1", #"{"stage": "observed"}"#, true),
        ("lock", "gate-motion-2", #"{"note": "court", "wholeFire": true}"#, true),
        ("unlock", "gate-motion-2", #"{"note": "over"}"#, true),
    ]

    static var handling: [Scenario] {
        steps.flatMap { step in
            let path = "/api/incidents/{id}/\(step.name)"
            func scenario(
                _ status: Int, _ fields: [String], body: String? = nil, id: String? = nil, site: Site = .local
            ) -> Scenario {
                let body = body ?? step.body
                let id = id ?? step.id
                return .init(
                    method: "POST", path: path, target: "/api/incidents/\(id)/\(step.name)",
                    fields: fields + ["Content-Length: \(body.utf8.count)"], body: body, site: site, status: status)
            }
            return [
                scenario(200, [bearer, asJSON]),
                scenario(400, [bearer, asJSON], body: "[]"), scenario(401, [asJSON]),
                scenario(403, [bearer, asJSON, "Origin: http://x"]), scenario(404, [bearer, asJSON], id: "nobody"),
                scenario(415, [bearer, "Content-Type: text/plain"]), scenario(503, [bearer, asJSON], site: .broken),
                .init(
                    method: "POST", path: path, target: "/api/incidents/x/\(step.name)",
                    fields: [bearer, "Transfer-Encoding: chunked"], status: 411),
                .init(
                    method: "POST", path: path, target: "/api/incidents/x/\(step.name)",
                    fields: [bearer, "Content-Length: 99999"], status: 413),
            ] + (step.refusesTwice ? [scenario(409, [bearer, asJSON])] : [])
        }
    }

    static var answers: [Scenario] {
        let path = "/answer/{id}"
        func scenario(_ status: Int, _ method: String, _ query: String, _ fields: [String] = [], site: Site = .local)
            -> Scenario
        {
            let length = method == "POST" && fields.isEmpty ? ["Content-Length: 0"] : []
            return .init(
                method: method, path: path, target: "/answer/gate-intrusion-0?\(query)", fields: fields + length,
                site: site, status: status)
        }
        let good = "by=B%C3%ACnh&until=4000000000&key=good"
        return [
            scenario(200, "GET", good), scenario(403, "GET", "by=an&until=4000000000&key=bad"),
            scenario(403, "GET", ""),
            scenario(410, "GET", "by=an&until=1&key=good"), scenario(503, "GET", good, site: .broken),
            scenario(403, "POST", "by=an&until=4000000000&key=bad"), scenario(200, "POST", good),
            scenario(410, "POST", good), scenario(503, "POST", good, site: .broken),
            scenario(403, "POST", good, ["Origin: http://x", "Content-Length: 0"]),
            scenario(411, "POST", good, ["Transfer-Encoding: chunked"]),
            scenario(413, "POST", good, ["Content-Length: 99999"]),
        ]
    }

    static var dangers: [Scenario] {
        putting(
            "/api/danger", good: #"{"level": 4, "hours": 6, "note": "theo Chi cục Kiểm lâm"}"#, alsoGood: ["{}"],
            bad: [#"{"level": 6}"#, #"{"level": 3, "hours": 0}"#])
    }

    static var weather: [Scenario] {
        func day(_ date: String, _ humidity: String, more: String = "") -> String {
            #"{"date": "\#(date)", "temperatureC": 33.5, "relativeHumidityPercent": \#(humidity), "rainMillimetres": 0\#(more)}"#
        }
        return putting(
            "/api/danger/weather", good: day("2026-01-30", "55"), alsoGood: [day("2026-01-28", "60")],
            bad: [
                day("30/01/2026", "55"), day("2026-02-29", "55"), day("2026-01-30", "0.55"), day("2026-01-30", "101"),
                day("2100-01-01", "55"), day("2026-01-30", "55", more: #", "p": 1"#), #"{"date": "2026-01-30"}"#,
            ])
    }

    /// What is asked of a route that shows a state and takes in a change of it.
    private static func putting(_ path: String, good: String, alsoGood: [String], bad: [String]) -> [Scenario] {
        func scenario(_ status: Int, _ body: String, fields: [String] = [bearer, asJSON], site: Site = .local)
            -> Scenario
        {
            .init(
                method: "PUT", path: path, fields: fields + ["Content-Length: \(body.utf8.count)"], body: body,
                site: site, status: status)
        }
        return ([good] + alsoGood).map { scenario(200, $0) } + bad.map { scenario(400, $0) } + [
            scenario(400, ""), scenario(401, good, fields: [asJSON]),
            scenario(403, good, fields: [bearer, asJSON, "Origin: http://x"]),
            scenario(415, good, fields: [bearer, "Content-Type: text/plain"]), scenario(503, good, site: .broken),
            .init(method: "PUT", path: path, fields: [bearer, "Transfer-Encoding: chunked"], status: 411),
            .init(method: "PUT", path: path, fields: [bearer, "Content-Length: 99999"], status: 413),
            .init(path: path, status: 200), .init(path: path, target: path + "?x=1", status: 400),
            .init(path: path, site: .remote, status: 401),
        ]
    }
}
