internal import CFFmpeg
public import Domain

/// Turns JPEG files back into pictures.
///
/// `@unchecked Sendable`: the handle is the only owner of its decoder, and cannot be used by two threads at once.
public struct JPEGReader: ~Copyable, @unchecked Sendable {
    private var decoder: Decoder

    /// - Throws: `unsupportedCodec` where FFmpeg reads no JPEG here.
    public init() throws(MediaError) { decoder = try Decoder(Self.parameters()) }

    private static func parameters() throws(MediaError) -> CodecParameters {
        guard let raw = unsafe avcodec_parameters_alloc() else { throw ImageEncoder.failed(-ENOMEM) }
        var doomed: UnsafeMutablePointer<AVCodecParameters>? = unsafe raw
        defer { unsafe avcodec_parameters_free(&doomed) }
        unsafe raw.pointee.codec_type = AVMEDIA_TYPE_VIDEO
        unsafe raw.pointee.codec_id = AV_CODEC_ID_MJPEG
        let made = unsafe CodecParameters(
            copying: raw, timeBase: ClipMuxer.timeBase, frameRate: AVRational(num: 0, den: 1),
            log: LogContext(source: nil) { $0 })
        guard let made else { throw ImageEncoder.failed(-ENOMEM) }
        return made
    }

    /// Hands over the picture of a JPEG file.
    ///
    /// - Parameters:
    ///   - time: its capture time; later than that of the picture before.
    ///   - body: is called once.
    /// - Throws: `badStream` where the bytes give no picture, and what `body` throws.
    public mutating func read(
        _ jpeg: [UInt8], at time: MediaTime, _ body: (borrowing VideoFrame) throws(MediaError) -> Void
    ) throws(MediaError) {
        let captured = CaptureTime(time: time, uncertainty: .zero)
        guard let packet = Packet(bytes: jpeg, captureTime: captured, isKeyframe: true) else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        var isRead = false
        try decoder.decodeAlone(packet) { (frame) throws(MediaError) in
            guard !isRead, !frame.isCorrupt else { return }
            isRead = true
            try body(frame)
        }
        guard isRead else {
            throw MediaError(
                code: .badStream, problem: "\(jpeg.count) bytes are no whole JPEG picture",
                remedy: "Nothing needs to be done where it is a single one")
        }
    }
}
