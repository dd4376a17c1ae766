import Foundation

/// A camera's encoder and the decoder at the other end: pictures go through H.264 at 500 kb/s, 12 a second, with a keyframe
/// each two seconds.
///
/// Near by each sixth of them is looked at. What lies between shows the scene as it was, with noise of its own: what moves
/// does so all at once, which costs more than it does in a real stream. From a tower all are taken to follow one another as
/// if there were nothing between, so that each costs more and is encoded worse.
struct CameraLink {
    /// What went wrong, for people.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static let picturesPerSecond = 12.0

    let width: Int
    let height: Int

    /// - Parameters:
    ///   - count: pictures that are sent.
    ///   - every: of how many one is kept at the other end, the first of them.
    ///   - picture: the picture of that number; asked for in order.
    func carry(_ count: Int, keeping every: Int, _ picture: (Int) -> Exposure) throws -> [Exposure] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("score-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (sent, stream, received) = ("sent.yuv", "stream.mkv", "received.yuv")
        let file = folder.appendingPathComponent(sent)
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        var kept: [Exposure] = []
        for number in 0..<count {
            let next = picture(number)
            try handle.write(contentsOf: next.planes.y + next.planes.u + next.planes.v)
            if number % every == 0 { kept.append(next) }
        }
        try handle.close()
        let layout = ["-f", "rawvideo", "-pix_fmt", "yuvj420p"]
        let rate = ["-b:v", "500k", "-maxrate", "500k", "-bufsize", "500k", "-g", "\(Int(2 * Self.picturesPerSecond))"]
        try run(
            layout + ["-s", "\(width)x\(height)", "-r", "\(Self.picturesPerSecond)", "-i", sent, "-c:v", "libx264"]
                + ["-preset", "veryfast", "-threads", "1", "-bf", "0"] + rate + [stream], in: folder)
        try run(
            ["-i", stream, "-fps_mode", "passthrough", "-vf", "select=not(mod(n\\,\(every)))"] + layout + [received],
            in: folder)
        let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(received)))
        let (luma, chroma) = (width * height, width * height / 4)
        guard bytes.count == kept.count * (luma + 2 * chroma) else {
            throw Failure(description: "ffmpeg gave back another number of pictures than it was given")
        }
        for index in kept.indices {
            let first = index * (luma + 2 * chroma)
            kept[index].planes = (
                Array(bytes[first..<first + luma]), Array(bytes[first + luma..<first + luma + chroma]),
                Array(bytes[first + luma + chroma..<first + luma + 2 * chroma])
            )
        }
        return kept
    }

    private func run(_ arguments: [String], in folder: URL) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ffmpeg", "-v", "error", "-nostdin", "-y"] + arguments
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "ffmpeg failed (\(process.terminationStatus)): is it there, with libx264?")
        }
    }
}
