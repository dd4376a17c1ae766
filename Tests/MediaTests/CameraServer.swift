import Foundation

/// The demo's RTSP server on a free port of loopback, for as long as this object lives.
final class CameraServer {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    private let process = Process()
    private let output = Pipe()

    /// - Parameter arguments: as on its command line, without the port.
    init(_ arguments: String...) throws {
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [Footage.demo.appending(path: "rtsp-server.py").path, "--port", "0"] + arguments
        process.standardOutput = output
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            let next = output.fileHandleForReading.readData(ofLength: 1)
            if next.isEmpty { break }
            line += String(decoding: next, as: UTF8.self)
        }
        guard line.hasPrefix("port "), let port = Int(line.dropFirst(5).dropLast()) else {
            throw Failure(description: "the RTSP server did not start: \(line)")
        }
        self.port = port
    }

    func url(_ mount: String, user: String? = nil) -> String {
        "rtsp://\(user.map { $0 + "@" } ?? "")127.0.0.1:\(port)\(mount)"
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }
}
