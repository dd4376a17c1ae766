import Domain
import Foundation
import PixelKernels
import Synchronization

@testable import Media

/// The machine's own clocks.
struct SystemTime: HostClock {
    private static let origin = ContinuousClock.now

    func wall() -> MediaTime { MediaTime(seconds: Date().timeIntervalSince1970) }
    func monotonic() -> Duration { ContinuousClock.now - Self.origin }
}

enum Footage {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let demo = root.appending(path: "Demo")

    /// The folder of real footage beside the project; `nil`, said aloud, where it is not.
    static func shared(_ path: String) -> URL? {
        let url = root.deletingLastPathComponent().appending(path: "shared/data").appending(path: path)
        if FileManager.default.fileExists(atPath: url.path) { return url }
        print("skipped: no ../shared")
        return nil
    }
}

/// A folder for one test's files, removed with it.
final class Scratch: Sendable {
    let url = FileManager.default.temporaryDirectory.appending(path: "lookout-media-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Makes a clip with the `ffmpeg` command line, which the test setup installs.
    @discardableResult
    func clip(_ name: String, _ arguments: String...) throws -> String {
        let path = path(name)
        try Command.run("ffmpeg", ["-nostdin", "-v", "error", "-y"] + arguments + [path])
        return path
    }
}

enum Command {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func run(_ name: String, _ arguments: [String]) throws { _ = try execute(name, arguments) }

    /// What it writes to standard output; little.
    static func output(_ name: String, _ arguments: [String]) throws -> String {
        try execute(name, arguments).output
    }

    /// What it writes to standard error; little.
    static func errorOutput(_ name: String, _ arguments: [String]) throws -> String {
        try execute(name, arguments).errors
    }

    private static func execute(_ name: String, _ arguments: [String]) throws -> (output: String, errors: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardError = errors
        process.standardOutput = output
        try process.run()
        let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let told = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(name) \(arguments.joined(separator: " ")): \(text)")
        }
        return (told, text)
    }
}

/// What became of a source that was read to its end.
struct Reading {
    var info: StreamInfo
    var packets = 0
    var disposable = 0
    var times: [MediaTime] = []
    var uncertainties: [Duration] = []
    var sizes: Set<[Int]> = []
    var ranges: Set<String> = []
    var lumaMeans: [Double] = []
    var counters = Decoder.Counters()
    var unreadable = 0

    /// Reads and decodes `source` to its end, or until it has given `limit` pictures.
    init(
        _ source: String, options: StreamOptions = StreamOptions(), limit: Int = .max, stop: StopFlag = StopFlag()
    ) throws(MediaError) {
        var demuxer = try Demuxer(opening: SourceAddress(source), options: options, stop: stop, clock: SystemTime())
        info = demuxer.info
        var decoder = try Decoder(info.parameters, options: options)
        while times.count < limit, let packet = try demuxer.read() {
            packets += 1
            if packet.isDisposable { disposable += 1 }
            decoder.decode(packet) { note($0) }
        }
        if times.count < limit { decoder.flush { note($0) } }
        counters = decoder.counters
        unreadable = demuxer.unreadableCount
    }

    private mutating func note(_ frame: borrowing VideoFrame) {
        times.append(frame.captureTime.time)
        uncertainties.append(frame.captureTime.uncertainty)
        sizes.insert([frame.width, frame.height])
        frame.withPicture { picture in
            ranges.insert("\(picture.range)")
            let row = picture.luma.row(picture.height / 2)
            var sum = 0
            for x in 0..<row.count { sum += Int(row[x]) }
            lumaMeans.append(Double(sum) / Double(row.count))
        }
    }
}
