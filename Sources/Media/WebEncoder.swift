internal import CFFmpeg
import Domain
import Glibc

/// Encodes pictures as H.264 into an MP4 file, which is made with the first of them.
@safe
struct WebEncoder: ~Copyable {
    private let path: String
    private let storage: any ClipStorage
    private let log: LogContext
    private let form: Form
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var muxer: ClipMuxer?
    private var sound: SoundCopy?
    private var converter = PictureConverter()
    private var size: (width: Int32, height: Int32) = (0, 0)
    private var origin = MediaTime.zero
    private var lastTicks: Int64 = -1

    /// What kind of file is made.
    struct Form {
        var movflags = "faststart"
        /// Title and comment for whoever looks at the file.
        var notes: [String: String] = [:]
        /// Each picture is encoded as it comes, and can be read from then on where the file is fragmented.
        var isAtOnce = false
    }

    init(path: String, in storage: any ClipStorage = LocalDisk(), log: LogContext, form: Form = Form()) {
        self.path = path
        self.storage = storage
        self.log = log
        self.form = form
        unsafe context = nil
    }

    deinit {
        var doomed = unsafe context
        unsafe avcodec_free_context(&doomed)
    }

    /// The file gets sound, too. To be called before the first picture.
    /// - Parameter source: of the sound that `take` is given.
    mutating func carry(_ source: UnsafePointer<AVCodecParameters>) throws(MediaError) {
        sound = unsafe try SoundCopy(of: source, log: log)
    }

    /// Takes in a packet of sound, whose times are in samples.
    mutating func take(_ packet: consuming Packet) throws(MediaError) {
        try sound?.take(packet)
        try writeSound()
    }

    private mutating func writeSound() throws(MediaError) {
        guard var open = muxer.take() else { return }
        do throws(MediaError) {
            try sound?.write(to: &open)
            muxer = consume open
        } catch {
            muxer = consume open
            throw error
        }
    }

    mutating func write(_ frame: borrowing VideoFrame, widest: Int) throws(MediaError) {
        if unsafe context == nil { try open(for: frame, widest: widest) }
        let target = PictureConverter.Target(
            width: size.width, height: size.height, format: AV_PIX_FMT_YUV420P, isFullRange: false)
        guard let picture = unsafe converter.convert(frame.raw, to: target) else { throw ImageEncoder.failed(-ENOMEM) }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe picture
        defer { unsafe av_frame_free(&doomed) }
        // An encoder takes no two pictures of one time.
        lastTicks = max(lastTicks + 1, (frame.captureTime.time - origin).inMicroseconds * 9 / 100)
        unsafe picture.pointee.pts = lastTicks
        try unsafe encode(picture)
        if form.isAtOnce { try muxer?.endFragment() }
    }

    /// - Returns: whether there was any picture.
    mutating func close() throws(MediaError) -> Bool {
        guard unsafe context != nil else { return false }
        try unsafe encode(nil)
        try sound?.finish()
        try writeSound()
        try muxer?.finish()
        return true
    }

    private mutating func open(for frame: borrowing VideoFrame, widest: Int) throws(MediaError) {
        let width = min(frame.width, widest)
        // 4:2:0 wants even sizes.
        size = (Int32(max(2, width & ~1)), Int32(max(2, frame.height * width / frame.width & ~1)))
        origin = frame.captureTime.time
        guard let codec = unsafe avcodec_find_encoder_by_name("libx264"),
            let made = unsafe avcodec_alloc_context3(codec)
        else {
            throw MediaError(
                code: .encoding,
                problem: "FFmpeg has no H.264 encoder here, so pictures cannot be made a film that browsers play",
                remedy: "Install FFmpeg with libx264, or download the original clip")
        }
        unsafe context = made
        unsafe (made.pointee.width, made.pointee.height) = size
        unsafe made.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        unsafe made.pointee.color_range = AVCOL_RANGE_MPEG
        unsafe made.pointee.time_base = ClipMuxer.timeBase
        unsafe made.pointee.gop_size = 50
        unsafe made.pointee.max_b_frames = 0
        unsafe made.pointee.thread_count = 1
        // The headers stand in the file's index.
        unsafe made.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        var settings: OpaquePointer?
        defer { unsafe av_dict_free(&settings) }
        unsafe av_dict_set(&settings, "preset", "veryfast", 0)
        unsafe av_dict_set(&settings, "crf", "25", 0)
        if form.isAtOnce { unsafe av_dict_set(&settings, "tune", "zerolatency", 0) }
        let status = log.attributed { unsafe avcodec_open2(made, codec, &settings) }
        guard status >= 0 else { throw ImageEncoder.failed(status) }
        let heard: UnsafeMutablePointer<AVCodecParameters>? =
            switch sound {
            case .some(let sound): unsafe sound.parameters
            case .none: nil
            }
        muxer = unsafe try ClipMuxer(
            path: path, movflags: form.movflags, notes: form.notes, log: log, sound: heard, in: storage
        ) { described in
            unsafe avcodec_parameters_from_context(described, made)
        }
    }

    /// - Parameter picture: `nil` takes out what the encoder still holds.
    private mutating func encode(_ picture: UnsafeMutablePointer<AVFrame>?) throws(MediaError) {
        guard let context = unsafe context, let packet = unsafe av_packet_alloc() else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe packet
        defer { unsafe av_packet_free(&doomed) }
        var status = log.attributed { unsafe avcodec_send_frame(context, picture) }
        while status >= 0 {
            status = log.attributed { unsafe avcodec_receive_packet(context, packet) }
            guard status >= 0 else { break }
            let (shown, decoded) = unsafe (packet.pointee.pts, packet.pointee.dts)
            unsafe try muxer?.write(packet, presentation: shown, decoding: decoded)
            unsafe av_packet_unref(packet)
        }
        guard status == lookout_error_again || status == lookout_error_end else { throw ImageEncoder.failed(status) }
    }
}
