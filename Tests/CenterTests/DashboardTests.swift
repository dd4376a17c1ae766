import Domain
import Foundation
import Testing

@testable import Center

/// The dashboard in a real browser, where one is installed.
///
/// With `LOOKOUT_SCREENSHOTS=DIR`, pictures of it at desk and phone width are left there, to be looked at.
@Suite(.serialized) struct DashboardTests {
    private static func program(_ names: [String]) -> String? {
        names.map { "/usr/bin/" + $0 }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static let browser = program(["chromium", "chromium-browser", "google-chrome"])

    /// Two cameras with pictures, a blind one with a hostile name, and incidents of all severities.
    private func demoBackend() throws -> TestBackend {
        let backend = populatedBackend(incidents: 0)
        let now = RealClock().wall()
        var gateStatus = CameraStatus(camera: gate, name: "Cổng chính", state: .watching, since: now - .seconds(4000))
        gateStatus.width = 1920
        gateStatus.height = 1080
        gateStatus.codec = "h264"
        gateStatus.counters.framesPerSecond = 9.97
        var hillside = gateStatus
        hillside.camera = CameraID("hillside")
        hillside.name = "Sườn đồi phía bắc"
        var hostile = CameraStatus(
            camera: tower, name: "<script>document.title='owned'</script><img src=x>", state: .blind,
            since: now - .seconds(70))
        hostile.cause = "No packet for 70 s. Check the camera's power and its cable."
        let jpeg = try Self.testPicture()
        backend.change { state in
            state.cameras = [gateStatus, hillside, hostile]
            state.pictures = [
                gate: CameraPicture(jpeg: jpeg, time: now), hillside.camera: CameraPicture(jpeg: jpeg, time: now),
            ]
        }
        for (index, kind) in [IncidentKind.motion, .cameraCovered, .smoke, .loitering, .intrusion].enumerated() {
            var incident = makeIncident(index, kind: kind)
            incident.camera = [gate, tower, hillside.camera, gate, gate][index]
            incident.severity = [.info, .warning, .critical, .warning, .critical][index]
            incident.start = now - .seconds(3000 - 700 * index)
            incident.lastSeen = incident.start + .seconds(25)
            incident.state = index < 2 ? .closed : .open
            for position in incident.evidence.indices {
                let item = incident.evidence[position]
                backend.change { $0.files[item.path] = EvidenceFile(bytes: jpeg, mediaType: "image/jpeg") }
            }
            if kind == .loitering {
                incident.acknowledgement = Acknowledgement(actor: "bình", time: now - .seconds(500))
            }
            backend.store(incident, .opened)
        }
        return backend
    }

    private static func testPicture() throws -> [UInt8] {
        guard let ffmpeg = program(["ffmpeg"]) else { return [] }
        let arguments = "-loglevel error -f lavfi -i testsrc2=size=640x360 -frames:v 1 -f mjpeg -"
        return Array(try run(ffmpeg, arguments.split(separator: " ").map { String($0) }))
    }

    /// What the program prints. Called from threads of its own, never from the test's.
    private static func run(_ program: String, _ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return data
    }

    /// Opens a page and returns its document as it stands after two seconds of the page's time.
    private func visit(
        _ address: String, language: String = "en-US", size: String = "1440,900", screenshot: String? = nil
    ) async throws -> String {
        let browser = try #require(Self.browser)
        let profile = FileManager.default.temporaryDirectory.appending(path: "lookout-browser-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: profile) }
        var arguments = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--lang=\(language)", "--accept-lang=\(language)", "--user-data-dir=\(profile.path)",
            "--window-size=\(size)", "--virtual-time-budget=4000",
        ]
        if let screenshot { arguments.append("--screenshot=\(screenshot)") }
        arguments += ["--dump-dom", address]
        let settled = arguments
        let data = try await withCheckedThrowingContinuation { (done: CheckedContinuation<Data, any Error>) in
            Thread { done.resume(with: Result { try Self.run(browser, settled) }) }.start()
        }
        return String(decoding: data, as: UTF8.self)
    }

    @Test(.timeLimit(.minutes(2))) func showsCamerasAndIncidentsInBothLanguages() async throws {
        guard Self.browser != nil else {
            print("skipped: no browser")
            return
        }
        let backend = try demoBackend()
        let pictures = ProcessInfo.processInfo.environment["LOOKOUT_SCREENSHOTS"]
        try await withLiveServer(backend) { port, _ in
            let address = "http://127.0.0.1:\(port)/"
            let english = try await visit(address, screenshot: pictures.map { $0 + "/desk.png" })
            #expect(english.contains("data-state=\"live\">Live<"))
            #expect(english.matches(of: /<li class="camera"/).count == 3)
            #expect(english.matches(of: /<li class="incident/).count == 5)
            #expect(english.contains("Intrusion") && english.contains("Cổng chính"))
            #expect(english.contains("3 to acknowledge"))
            #expect(english.contains("No packet for 70 s."))
            // The hostile name is text, and no script of it ran.
            #expect(english.contains("&lt;script&gt;document.title"))
            #expect(!english.contains("<title>owned"))
            let vietnamese = try await visit(
                address, language: "vi", size: "390,844", screenshot: pictures.map { $0 + "/phone.png" })
            #expect(vietnamese.contains("<html lang=\"vi\">"))
            #expect(vietnamese.contains("Xâm nhập") && vietnamese.contains("Tiếp nhận"))
            #expect(vietnamese.contains("data-state=\"live\">Trực tiếp<"))
        }
    }
}
