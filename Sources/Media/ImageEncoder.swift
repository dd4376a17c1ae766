internal import CFFmpeg

/// Encodes single pictures with one of FFmpeg's image encoders, kept open as long as size and format stay the same.
@safe
struct ImageEncoder: ~Copyable {
    private let codec: AVCodecID
    private let quality: Int32?
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var pictures: Int64 = 0

    /// - Parameter quality: the encoder's quantiser scale, 2 (best) to 31; `nil` for lossless encoders.
    init(codec: AVCodecID, quality: Int32?) {
        self.codec = codec
        self.quality = quality
        unsafe context = nil
    }

    deinit { unsafe Self.free(context) }

    /// The file's bytes.
    /// - Throws: `encoding` where the encoder refuses the picture or memory is short.
    mutating func encode(_ frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) -> [UInt8] {
        let context = try unsafe opened(for: frame)
        guard let packet = unsafe av_packet_alloc() else { throw Self.failed(-ENOMEM) }
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe packet
        defer { unsafe av_packet_free(&doomed) }
        if let quality {
            unsafe frame.pointee.quality = quality * FF_QP2LAMBDA
        }
        // An encoder takes no two pictures of one time.
        pictures += 1
        unsafe frame.pointee.pts = pictures
        unsafe frame.pointee.pict_type = AV_PICTURE_TYPE_NONE
        var status = unsafe avcodec_send_frame(context, frame)
        if status >= 0 { status = unsafe avcodec_receive_packet(context, packet) }
        guard status >= 0, let data = unsafe packet.pointee.data else {
            // A failed encoder is not asked again.
            unsafe Self.free(self.context)
            unsafe self.context = nil
            throw Self.failed(status)
        }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(packet.pointee.size)))
    }

    private mutating func opened(
        for frame: UnsafeMutablePointer<AVFrame>
    ) throws(MediaError) -> UnsafeMutablePointer<AVCodecContext> {
        let (width, height) = unsafe (frame.pointee.width, frame.pointee.height)
        let format = AVPixelFormat(unsafe frame.pointee.format)
        if let current = unsafe context, unsafe current.pointee.width == width,
            unsafe current.pointee.height == height, unsafe current.pointee.pix_fmt == format
        {
            return unsafe current
        }
        unsafe Self.free(context)
        unsafe context = nil
        guard let encoder = unsafe avcodec_find_encoder(codec), let made = unsafe avcodec_alloc_context3(encoder) else {
            throw Self.failed(-ENOMEM)
        }
        unsafe (made.pointee.width, made.pointee.height, made.pointee.pix_fmt) = (width, height, format)
        unsafe made.pointee.time_base = AVRational(num: 1, den: 25)
        unsafe made.pointee.color_range = frame.pointee.color_range
        unsafe made.pointee.thread_count = 1
        if let quality {
            unsafe made.pointee.flags |= AV_CODEC_FLAG_QSCALE
            unsafe made.pointee.global_quality = quality * FF_QP2LAMBDA
        }
        let status = unsafe avcodec_open2(made, encoder, nil)
        guard status >= 0 else {
            unsafe Self.free(made)
            throw Self.failed(status)
        }
        unsafe context = made
        return unsafe made
    }

    private static func free(_ context: UnsafeMutablePointer<AVCodecContext>?) {
        var doomed = unsafe context
        unsafe avcodec_free_context(&doomed)
    }

    static func failed(_ status: Int32) -> MediaError {
        MediaError(
            code: .encoding, problem: "The picture cannot be encoded (\(MediaError.text(status)))",
            remedy: "Try again; if it happens with every picture, report it with the stream's codec and size",
            status: status)
    }
}
