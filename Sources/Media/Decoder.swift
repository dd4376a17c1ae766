internal import CFFmpeg
import Domain

/// Turns packets into pictures, in software, on the thread that calls it.
///
/// Hostile or broken packets are counted and passed over. Pictures come out in the order of presentation, each with its
/// own packet's capture time, always later than the one before.
///
/// `@unchecked Sendable`: the handle is the codec context's only owner, and cannot be used by two threads at once.
@safe
public struct Decoder: ~Copyable, @unchecked Sendable {
    /// What a decoder has done since it was made.
    public struct Counters: Sendable, Equatable {
        public var packets = 0
        public var frames = 0
        /// Packets that the codec refused, and pictures that could not be converted.
        public var errors = 0
        /// Frames delivered with parts missing.
        public var corruptFrames = 0
        /// Frames whose pixel format had to be converted.
        public var convertedFrames = 0
        /// Packets of which no picture came: the codec withheld it because what it refers to is missing. The second
        /// fields of interlaced pictures count here too, where fields travel in packets of their own.
        public var packetsWithoutPicture = 0
    }

    private let context: UnsafeMutablePointer<AVCodecContext>
    private let log: LogContext
    private let maximumPixels: Int
    private var times = PresentationTimes()
    private var converter = PictureConverter()
    private var counted = Counters()

    public var counters: Counters {
        var all = counted
        all.packetsWithoutPicture = times.lostCount
        return all
    }

    /// - Throws: `unsupportedCodec` where there is no software decoder, `badStream` where the codec's headers are bad.
    public init(_ parameters: CodecParameters, options: StreamOptions = StreamOptions()) throws(MediaError) {
        MediaLog.install()
        let name = parameters.codec
        guard let codec = unsafe avcodec_find_decoder(parameters.raw.pointee.codec_id),
            unsafe codec.pointee.capabilities & Self.hardware == 0
        else {
            throw MediaError(
                code: .unsupportedCodec, problem: "Codec '\(name)' has no software decoder here",
                remedy: "Set the camera to H.264, H.265 or MJPEG", status: lookout_error_decoder_not_found)
        }
        let (width, height) = (parameters.width, parameters.height)
        guard width * height <= options.maximumPixels else {
            throw MediaError(
                code: .tooLarge, problem: "Its pictures of \(width)x\(height) pixels are larger than allowed",
                remedy: "Choose a smaller picture size in the camera's settings")
        }
        guard let allocated = unsafe avcodec_alloc_context3(codec) else { throw Self.unusable(name, -ENOMEM) }
        var doomed: UnsafeMutablePointer<AVCodecContext>? = unsafe allocated
        unsafe allocated.pointee.thread_count = 1
        unsafe allocated.pointee.max_pixels = Int64(options.maximumPixels)
        unsafe allocated.pointee.pkt_timebase = parameters.timeBase
        if options.skipsLoopFilter { unsafe allocated.pointee.skip_loop_filter = AVDISCARD_ALL }
        let status = parameters.log.attributed { () -> Int32 in
            let copied = unsafe avcodec_parameters_to_context(allocated, parameters.raw)
            return copied < 0 ? copied : unsafe avcodec_open2(allocated, codec, nil)
        }
        guard status >= 0 else {
            unsafe avcodec_free_context(&doomed)
            throw Self.unusable(name, status)
        }
        unsafe context = allocated
        log = parameters.log
        maximumPixels = options.maximumPixels
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVCodecContext>? = unsafe context
        unsafe avcodec_free_context(&doomed)
    }

    /// Decodes one packet and hands over the pictures that are ready: none, one, or several.
    /// - Throws: only what `body` throws; pictures behind that one are lost.
    public mutating func decode<E>(
        _ packet: borrowing Packet, _ body: (borrowing VideoFrame) throws(E) -> Void
    ) throws(E) {
        counted.packets += 1
        let raw = unsafe packet.raw
        let (pts, dts) = unsafe (raw.pointee.pts, raw.pointee.dts)
        let ticket = times.enter(packet.captureTime, isTimedInDecodingOrder: packet.isTimedInDecodingOrder)
        unsafe raw.pointee.pts = ticket
        unsafe raw.pointee.dts = lookout_no_timestamp
        var status = unsafe send(raw)
        if status == lookout_error_again {
            // Full of pictures: they are taken out, then the packet goes in.
            unsafe (raw.pointee.pts, raw.pointee.dts) = (pts, dts)
            try receive(body)
            unsafe (raw.pointee.pts, raw.pointee.dts) = (ticket, lookout_no_timestamp)
            status = unsafe send(raw)
        }
        unsafe (raw.pointee.pts, raw.pointee.dts) = (pts, dts)
        if status < 0 { counted.errors += 1 }
        try receive(body)
    }

    /// Decodes a packet that refers to no other and hands over its picture at once, although the decoder would wait for
    /// those that are shown before it.
    public mutating func decodeAlone<E>(
        _ packet: borrowing Packet, _ body: (borrowing VideoFrame) throws(E) -> Void
    ) throws(E) {
        try decode(packet, body)
        try flush(body)
    }

    /// Hands over the pictures that the decoder still holds. Decoding can go on afterwards, at a keyframe.
    public mutating func flush<E>(_ body: (borrowing VideoFrame) throws(E) -> Void) throws(E) {
        defer { reset() }
        _ = log.attributed { unsafe avcodec_send_packet(context, nil) }
        try receive(body)
    }

    /// Forgets what went in: for a gap in the stream. Decoding goes on at a keyframe.
    public mutating func reset() {
        unsafe avcodec_flush_buffers(context)
        times.forgetPending()
    }

    private func send(_ packet: UnsafeMutablePointer<AVPacket>) -> Int32 {
        log.attributed { unsafe avcodec_send_packet(context, packet) }
    }

    private mutating func receive<E>(_ body: (borrowing VideoFrame) throws(E) -> Void) throws(E) {
        while let raw = unsafe av_frame_alloc() {
            var doomed: UnsafeMutablePointer<AVFrame>? = unsafe raw
            let status = log.attributed { unsafe avcodec_receive_frame(context, raw) }
            guard status >= 0 else {
                unsafe av_frame_free(&doomed)
                if status == lookout_error_again || status == lookout_error_end { return }
                counted.errors += 1
                // A broken picture does not keep the next one from coming; what is not about data ends the matter.
                if status == lookout_error_invalid_data { continue }
                return
            }
            guard let frame = unsafe finish(raw) else {
                counted.errors += 1
                continue
            }
            counted.frames += 1
            if frame.isCorrupt { counted.corruptFrames += 1 }
            try body(frame)
        }
    }

    /// The picture with its time, converted where detectors could not read it; `nil` where that fails.
    private mutating func finish(_ raw: UnsafeMutablePointer<AVFrame>) -> VideoFrame? {
        let isKeyframe = unsafe raw.pointee.key_frame != 0
        let isCorrupt = unsafe raw.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || raw.pointee.decode_error_flags != 0
        let time = times.leave(unsafe raw.pointee.pts, isKeyframe: isKeyframe)
        if let layout = unsafe PlaneLayout(raw) {
            return unsafe VideoFrame(
                adopting: raw, layout: layout, captureTime: time, isKeyframe: isKeyframe, isCorrupt: isCorrupt)
        }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe raw
        defer { unsafe av_frame_free(&doomed) }
        let (width, height) = unsafe (raw.pointee.width, raw.pointee.height)
        guard width > 0, height > 0, Int(width) * Int(height) <= maximumPixels else { return nil }
        let isFull = unsafe PictureConverter.isFullRange(raw, AVPixelFormat(raw.pointee.format))
        let target = PictureConverter.Target(
            width: width, height: height, format: AV_PIX_FMT_YUV420P, isFullRange: isFull)
        guard let copy = unsafe converter.convert(raw, to: target) else { return nil }
        guard let layout = unsafe PlaneLayout(copy) else {
            var failed: UnsafeMutablePointer<AVFrame>? = unsafe copy
            unsafe av_frame_free(&failed)
            return nil
        }
        counted.convertedFrames += 1
        return unsafe VideoFrame(
            adopting: copy, layout: layout, captureTime: time, isKeyframe: isKeyframe, isCorrupt: isCorrupt)
    }

    private static let hardware = AV_CODEC_CAP_HARDWARE

    private static func unusable(_ codec: String, _ status: Int32) -> MediaError {
        MediaError(
            code: .badStream, problem: "The \(codec) decoder cannot start (\(MediaError.text(status)))",
            remedy: "Check the stream in another player; restart the camera if it plays nowhere", status: status)
    }
}
