import Foundation

/// A camera's encoder and the decoder at the other end: pictures go through H.264 at 500 kb/s, 12.5 a second, with a
/// keyframe each two seconds.
///
/// The pictures that the detector looks at follow one another in the stream as if they were all there were of it: between
/// them more has changed than between two pictures of a real stream, so that each costs more and is encoded worse.
struct CameraLink {
    /// What went wrong, for people.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let width: Int
    let height: Int

    /// - Returns: as many pictures as were sent.
    func carry(_ pictures: [Exposure]) throws -> [Exposure] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("score-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (sent, stream, received) = ("sent.yuv", "stream.mkv", "received.yuv")
        var raw = Data()
        for picture in pictures { raw += picture.planes.y + picture.planes.u + picture.planes.v }
        try raw.write(to: folder.appendingPathComponent(sent))
        let layout = ["-f", "rawvideo", "-pix_fmt", "yuvj420p"]
        try run(
            layout + ["-s", "\(width)x\(height)", "-r", "12.5", "-i", sent, "-c:v", "libx264", "-preset", "veryfast"]
                + ["-threads", "1", "-bf", "0", "-g", "25", "-b:v", "500k", "-maxrate", "500k", "-bufsize", "500k"]
                + [stream], in: folder)
        try run(["-i", stream, "-fps_mode", "passthrough"] + layout + [received], in: folder)
        let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(received)))
        let (luma, chroma) = (width * height, width * height / 4)
        guard bytes.count == pictures.count * (luma + 2 * chroma) else {
            throw Failure(description: "ffmpeg gave back another number of pictures than it was given")
        }
        return pictures.enumerated().map { index, picture in
            let first = index * (luma + 2 * chroma)
            var carried = picture
            carried.planes = (
                Array(bytes[first..<first + luma]), Array(bytes[first + luma..<first + luma + chroma]),
                Array(bytes[first + luma + chroma..<first + luma + 2 * chroma])
            )
            return carried
        }
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
