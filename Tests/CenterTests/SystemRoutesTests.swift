import Domain
import Foundation
import Hummingbird
import Testing

@testable import Center

@Suite struct SystemRoutesTests {
    private func get(
        _ uri: String, headers: HTTPFields = [:], from backend: TestBackend = populatedBackend()
    ) async throws -> TestResponse {
        try await makeServer(backend).application().test {
            try await $0.execute(uri: uri, method: .get, headers: headers)
        }
    }

    @Test func healthFollowsCamerasAndFaults() async throws {
        let backend = populatedBackend()
        let degraded = try await get("/healthz", from: backend)
        #expect(degraded.status == .ok)
        #expect(try json(degraded)["status"] as? String == "degraded")
        #expect(try json(degraded)["cameras"] as? [String: Int] == ["watching": 1, "blind": 1])
        backend.change { $0.cameras.removeLast() }
        #expect(try json(try await get("/healthz", from: backend))["status"] as? String == "ok")
        backend.change {
            $0.health.faults = [
                .init(component: "journal", problem: "the disk is full", remedy: "Free some space", isFatal: true)
            ]
        }
        let failing = try await get("/healthz", from: backend)
        #expect(failing.status == .serviceUnavailable)
        #expect(try json(failing)["status"] as? String == "failing")
        let faults = try #require(try json(failing)["faults"] as? [[String: Any]])
        #expect(faults.first?["remedy"] as? String == "Free some space")
    }

    @Test func camerasAreListedAsConfigured() async throws {
        let cameras = try #require(try json(try await get("/api/cameras"))["cameras"] as? [[String: Any]])
        #expect(cameras.compactMap { $0["camera"] as? String } == ["gate", "tower-3"])
        #expect(cameras[0]["name"] as? String == "Cổng <script>alert(1)</script>")
        #expect(cameras[1]["cause"] as? String == "No packet for 12 s. Check the camera's cable.")
        #expect((cameras[0]["counters"] as? [String: Any])?["framesPerSecond"] as? Double == 0)
    }

    @Test func picturesCarryTheirCaptureTimeAndAreSentOnce() async throws {
        let picture = try await get("/api/cameras/gate/latest.jpg")
        #expect(picture.status == .ok)
        #expect(picture.headers[.contentType] == "image/jpeg")
        #expect(picture.headers[.cacheControl] == "no-store")
        #expect(picture.headers[named: "X-Capture-Time"] == "2026-03-01T19:12:07.250Z")
        let tag = try #require(picture.headers[.eTag])
        let again = try await get("/api/cameras/gate/latest.jpg", headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
        #expect(again.body.readableBytes == 0)
        #expect(try await get("/api/cameras/tower-3/latest.jpg").status == .noContent)
        #expect(try await get("/api/cameras/nobody/latest.jpg").status == .notFound)
        #expect(try await get("/api/cameras/%3Cscript%3E/latest.jpg").status == .badRequest)
    }

    @Test func theSiteHasTheWordsOfBothLanguages() async throws {
        let site = try json(try await get("/api/site"))
        #expect(site["name"] as? String == "Phú Quốc")
        #expect(site["timeZone"] as? String == "Asia/Ho_Chi_Minh")
        #expect(site["canAcknowledge"] as? Bool == true)
        let vocabulary = try #require(site["vocabulary"] as? [String: [String: [String: String]]])
        #expect(vocabulary["kinds"]?.count == IncidentKind.allCases.count)
        #expect(vocabulary["kinds"]?["smoke"] == ["en": "Smoke", "vi": "Khói"])
        #expect(vocabulary["cameraStates"]?.count == CameraStatus.State.allCases.count)
        #expect(vocabulary["severities"]?.count == Severity.allCases.count)
    }

    @Test func pagesAreServedWhole() async throws {
        let index = try await get("/")
        let html = String(buffer: index.body)
        #expect(index.headers[.contentType] == "text/html; charset=utf-8")
        // Everything the page refers to is served, and nothing in it needs what the policy forbids.
        let references = html.matches(of: /(?:src|href)="([^"]+)"/).map { String($0.output.1) }
        #expect(references.count >= 3)
        for reference in references { #expect(try await get(reference).status == .ok, "\(reference)") }
        #expect(!html.contains("style=\"") && html.firstMatch(of: #/ on[a-z]+="/#) == nil)
        #expect(html.firstMatch(of: #/<script(?![^>]*src=)/#) == nil)
        let script = String(buffer: try await get("/app.js").body)
        for module in script.matches(of: /from '\.(\/[a-z]+\.js)'/).map({ String($0.output.1) }) {
            #expect(try await get(module).headers[.contentType] == "text/javascript; charset=utf-8")
        }
        let tag = try #require(index.headers[.eTag])
        #expect(try await get("/", headers: [.ifNoneMatch: tag]).status == .notModified)
    }

    /// Texts go into the page as text nodes; there is no way for a camera's name to become markup.
    @Test func theScriptsBuildNoMarkupFromText() async throws {
        for name in ["app", "cameras", "detail", "incidents", "page"] {
            let script = String(buffer: try await get("/\(name).js").body)
            for call in [
                "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http://", "https://",
            ] {
                #expect(!script.contains(call), "\(name).js: \(call)")
            }
        }
    }

    /// The words of Lookout's own that the page shows.
    @Test func thePageAsksForWordsThatThereAre() async throws {
        let site = try json(try await get("/api/site"))
        let vocabulary = try #require(site["vocabulary"] as? [String: [String: [String: String]]])
        var asked: Set<String> = []
        for name in ["app", "cameras", "coverage", "danger", "detail", "handling", "incidents", "orders", "recordings"]
        {
            let script = String(buffer: try await get("/\(name).js").body)
            asked.formUnion(script.matches(of: /\bword\('([A-Za-z]+)'/).map { String($0.output.1) })
        }
        #expect(asked.count > 5 && asked.isSubset(of: vocabulary.keys), "\(asked.subtracting(vocabulary.keys))")
        #expect(vocabulary["clipTruncations"]?.count == ClipTruncation.allCases.count)
    }

    @Test func bothLanguagesOfThePageHaveTheSameTexts() async throws {
        let script = String(buffer: try await get("/texts.js").body)
        let halves = script.components(separatedBy: "\n  vi: {")
        #expect(halves.count == 2)
        func keys(_ half: String) -> [String] {
            half.matches(of: /(?m)^    {1,3}'?([A-Za-z-]+)'?:/).map { String($0.output.1) }
        }
        #expect(keys(halves[0]).count > 50)
        #expect(keys(halves[0]) == keys(halves[1]))
    }
}

@Suite struct PrometheusTests {
    /// One line of the exposition format, version 0.0.4.
    struct Line: Equatable {
        var name: String
        var labels: [String: String]
        var value: Double
    }

    /// A strict reader of the format: names, label syntax, escapes, TYPE before samples, each family once.
    static func parse(_ text: String) throws -> [Line] {
        var lines: [Line] = []
        var types: [String: String] = [:]
        var helped: Set<String> = []
        var closed: Set<String> = []
        var current = ""
        #expect(text.hasSuffix("\n"))
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) .+/) {
                #expect(helped.insert(String(match.output.1)).inserted)
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)/) {
                closed.insert(current)
                current = String(match.output.1)
                #expect(helped.contains(current))
                #expect(types.updateValue(String(match.output.2), forKey: current) == nil)
            } else {
                let pattern = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\+Inf|-Inf|NaN|-?[0-9.eE+-]+)/
                let match = try #require(line.wholeMatch(of: pattern), "\(line)")
                let name = String(match.output.1)
                #expect(name == current && !closed.contains(name))
                #expect((types[name] == "counter") == name.hasSuffix("_total"), "\(name)")
                lines.append(
                    Line(name: name, labels: try labels(match.output.2 ?? ""), value: Double(match.output.3) ?? .nan))
            }
        }
        return lines
    }

    private static func labels(_ text: Substring) throws -> [String: String] {
        var found: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            let match = try #require(
                rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)",?/), "\(rest)")
            let value = match.output.2.replacing("\\\\", with: "\u{1}").replacing("\\\"", with: "\"")
                .replacing("\\n", with: "\n").replacing("\u{1}", with: "\\")
            #expect(found.updateValue(String(value), forKey: String(match.output.1)) == nil)
            rest = rest[match.range.upperBound...]
        }
        return found
    }

    @Test func metricsParseAndHoldTheCounters() async throws {
        let backend = populatedBackend()
        let hostile = "back\\slash \"quote\"\nline"
        backend.change { state in
            state.families = [
                MetricFamily(
                    "lookout_journal_bytes", .gauge, help: "Size of\nthe journal \\ on disk.",
                    samples: [
                        .init(1.5, labels: [.init("file", hostile)]), .init(.infinity, labels: [.init("file", "b")]),
                    ]),
                MetricFamily("lookout_empty", .gauge, help: "Nothing yet.", samples: []),
            ]
        }
        try await makeServer(backend).application().test { client in
            _ = try await client.execute(uri: "/api/incidents?limit=0", method: .get)
            _ = try await client.execute(uri: "/not/there", method: .get)
            let response = try await client.execute(uri: "/metrics", method: .get)
            #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = try Self.parse(String(buffer: response.body))
            func value(_ name: String, _ labels: [String: String]) -> Double? {
                lines.first { $0.name == name && $0.labels == labels }?.value
            }
            #expect(value("lookout_frames_decoded_total", ["camera": "gate"]) == 1234)
            #expect(value("lookout_camera_state", ["camera": "tower-3", "state": "blind"]) == 1)
            #expect(value("lookout_camera_state", ["camera": "tower-3", "state": "watching"]) == 0)
            #expect(value("lookout_camera_frames_per_second", ["camera": "gate"])?.isNaN == true)
            #expect(value("lookout_journal_bytes", ["file": hostile]) == 1.5)
            #expect(value("lookout_journal_bytes", ["file": "b"]) == .infinity)
            #expect(!lines.contains { $0.name == "lookout_empty" })
            #expect(
                value(
                    "lookout_http_requests_total", ["method": "GET", "route": "/api/incidents", "status": "400"]) == 1)
            #expect(value("lookout_http_requests_total", ["method": "GET", "route": "none", "status": "404"]) == 1)
            #expect(value("lookout_event_clients", [:]) == 0)
        }
    }
}

@Suite struct TimestampTests {
    @Test func agreesWithFoundation() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<2000 {
            // Whole seconds from 1583 on: Foundation counts in floating-point numbers, and in the Julian calendar before.
            let seconds = Int64.random(in: -12_212_553_600...253_402_300_799, using: &generator)
            let milliseconds = Int64.random(in: 0...999, using: &generator)
            let time = MediaTime(microseconds: seconds * 1_000_000 + milliseconds * 1000)
            let text = Timestamp.text(time + .microseconds(999))
            #expect(text.prefix(19) + "Z" == Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601))
            #expect(text.hasSuffix(String(format: ".%03dZ", Int(milliseconds))))
            #expect(Timestamp.parse(text) == time)
        }
    }

    @Test func staysWithinTheYearsItCanWrite() {
        #expect(Timestamp.text(MediaTime(microseconds: .max)) == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp.text(MediaTime(microseconds: .min)) == "0000-01-01T00:00:00.000Z")
        #expect(Timestamp.text(.zero) == "1970-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1970-01-01t00:00:01.5z", 1_500_000), ("1970-01-01T07:00:00+07:00", 0),
        ("1969-12-31T20:00:00.000001-04:00", 1), ("1970-01-01 00:00:00.123456789Z", 123_456),
        ("1972-06-30T23:59:60Z", 78_796_799_000_000),
    ])
    func reads(text: String, microseconds: Int64) {
        #expect(Timestamp.parse(text) == MediaTime(microseconds: microseconds))
    }

    @Test(arguments: [
        "", "now", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "1970-02-29T00:00:00Z",
        "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:61Z", "1970-01-01T00:00:00.Z",
        "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00+7", "1970-01-01T00:00:00Zx", "+1970-01-01T00:00:00Z",
        "١٩٧٠-01-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z",
    ])
    func refuses(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    /// SplitMix64.
    private struct SeededGenerator: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
