import Foundation
import Glibc
import Synchronization

/// A headless Chromium, driven over its debugging pipe: commands in on descriptor 3, answers out on descriptor 4, each a
/// JSON object ended by a zero byte.
final class Browser: Sendable {
    struct Failure: Error {
        var text: String
    }

    /// Where one is installed.
    static let program = ["chromium", "chromium-browser", "google-chrome"].map { "/usr/bin/" + $0 }
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    private let process: Mutex<Process>
    private let directory: URL
    private let input: FileHandle
    private let answers: AsyncStream<Data>
    private let count = Mutex(0)
    private let session = Mutex<String?>(nil)

    init(program: String, language: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "lookout-browser-\(UUID().uuidString)")
        self.directory = directory
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let pipes = ["in", "out"].map { directory.appending(path: $0).path }
        for pipe in pipes where mkfifo(pipe, 0o600) != 0 { throw Failure(text: "mkfifo: \(errno)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        let flags = [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--remote-debugging-pipe", "--lang=\(language)", "--accept-lang=\(language)",
            "--user-data-dir=\(directory.appending(path: "profile").path)", "about:blank",
        ]
        process.arguments = ["-c", "i=$1 o=$2; shift 2; exec \"$0\" \"$@\" 3<\"$i\" 4>\"$o\"", program] + pipes + flags
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process = Mutex(process)
        // Opened for both directions, so that opening waits for nobody.
        input = FileHandle(fileDescriptor: Glibc.open(pipes[0], O_RDWR), closeOnDealloc: true)
        let (answers, arrived) = AsyncStream<Data>.makeStream()
        self.answers = answers
        Thread { Self.split(pipes[1], into: arrived) }.start()
        try await attach()
    }

    /// Reads until the browser ends.
    private static func split(_ pipe: String, into arrived: AsyncStream<Data>.Continuation) {
        let descriptor = Glibc.open(pipe, O_RDONLY)
        var rest = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let length = read(descriptor, &buffer, buffer.count)
            guard length > 0 else { break }
            rest += buffer[..<length]
            while let end = rest.firstIndex(of: 0) {
                arrived.yield(Data(rest[..<end]))
                rest = Data(rest[(end + 1)...])
            }
        }
        arrived.finish()
        Glibc.close(descriptor)
    }

    private func attach() async throws {
        let targets = try await call("Target.getTargets")["targetInfos"] as? [[String: Any]] ?? []
        guard let page = targets.first(where: { $0["type"] as? String == "page" })?["targetId"] as? String,
            let id = try await call("Target.attachToTarget", ["targetId": page, "flatten": true])["sessionId"]
                as? String
        else { throw Failure(text: "the browser has no page") }
        session.withLock { $0 = id }
    }

    @discardableResult
    private func call(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        let id = count.withLock { count in
            count += 1
            return count
        }
        var command: [String: Any] = ["id": id, "method": method, "params": parameters]
        if let session = session.withLock({ $0 }) { command["sessionId"] = session }
        try input.write(contentsOf: JSONSerialization.data(withJSONObject: command) + [0])
        for await data in answers {
            guard let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any],
                answer["id"] as? Int == id
            else { continue }
            if let error = answer["error"] { throw Failure(text: "\(method): \(error)") }
            return answer["result"] as? [String: Any] ?? [:]
        }
        throw Failure(text: "the browser ended")
    }

    func open(_ address: String, width: Int, height: Int) async throws {
        try await call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
        try await call("Page.navigate", ["url": address])
    }

    /// The value of a JavaScript expression, as text.
    func value(_ expression: String) async throws -> String {
        let answer = try await call("Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true])
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    /// Waits until an expression is true; what the page shows where it never is.
    func wait(for expression: String, within limit: Duration = .seconds(30)) async throws {
        let deadline = ContinuousClock.now + limit
        // A page that is being left for the next one answers nothing.
        while (try? await value(expression)) != "true" {
            guard ContinuousClock.now < deadline else {
                throw Failure(text: "never true: \(expression)\n\(try await value("document.body.innerText"))")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    func screenshot(to path: String) async throws {
        let answer = try await call("Page.captureScreenshot", ["format": "png"])
        guard let text = answer["data"] as? String, let data = Data(base64Encoded: text) else { return }
        try data.write(to: URL(fileURLWithPath: path))
    }

    deinit {
        process.withLock { process in
            process.terminate()
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: directory)
    }
}
