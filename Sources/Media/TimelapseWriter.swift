internal import CFFmpeg
import Domain

/// Makes a film of single pictures: H.264 in MP4, five pictures a second, however far apart they were taken.
///
/// The file is fragmented, a picture each: what a crash leaves can be played. `ClipFile.finish` makes an ordinary file of
/// it. What it says of itself, title and comment, tells that it is derived. Encodes and blocks on the disk, so it belongs
/// on a thread of its own.
///
/// `@unchecked Sendable`: the handle is the only owner of what it writes with, and cannot be used by two threads at once.
public struct TimelapseWriter: ~Copyable, @unchecked Sendable {
    /// How fast it plays.
    public static let picturesPerSecond = 5

    private var reader: JPEGReader
    private var encoder: WebEncoder
    private let widest: Int
    /// Pictures that are in the file.
    public private(set) var pictureCount = 0

    /// Nothing is made on disk before the first picture.
    ///
    /// - Parameters:
    ///   - path: of a file that is made or replaced.
    ///   - title: what it shows.
    ///   - comment: where it comes from.
    ///   - widest: in pixels; wider pictures are made smaller.
    /// - Throws: `unsupportedCodec` where FFmpeg reads no JPEG here.
    public init(path: String, title: String, comment: String, widest: Int) throws(MediaError) {
        reader = try JPEGReader()
        let form = WebEncoder.Form(
            movflags: "empty_moov+default_base_moof+frag_custom", notes: ["title": title, "comment": comment],
            isAtOnce: true)
        encoder = WebEncoder(path: path, log: LogContext(source: path) { $0 }, form: form)
        self.widest = widest
    }

    /// Adds a picture; a later one of another size is fitted to the first.
    ///
    /// - Parameter jpeg: the bytes of a JPEG file.
    /// - Throws: `badStream` where the bytes give no picture, `encoding`, `storage`.
    public mutating func write(_ jpeg: [UInt8]) throws(MediaError) {
        let shown = MediaTime(seconds: Double(pictureCount) / Double(Self.picturesPerSecond))
        let widest = widest
        try reader.read(jpeg, at: shown) { (frame) throws(MediaError) in try encoder.write(frame, widest: widest) }
        pictureCount += 1
    }

    /// Completes the file.
    /// - Throws: `storage`, `encoding`.
    public consuming func close() throws(MediaError) { _ = try encoder.close() }
}
