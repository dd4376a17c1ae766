internal import CFFmpeg
import Glibc

/// One MP4 file with one video track, and a track of sound where there is any, while it is being written.
@safe
struct ClipMuxer: ~Copyable {
    /// Ticks a second of everything that is passed in.
    static let timeBase = AVRational(num: 1, den: 90_000)

    /// `hvc1`: H.265 whose parameter sets stand in the file's front and nowhere else, which Apple's players ask for;
    /// `hev1` may have them among its pictures (ISO/IEC 14496-15, 8.3).
    static let setsApart: UInt32 = 0x3163_7668

    private let context: UnsafeMutablePointer<AVFormatContext>
    private let stream: UnsafeMutablePointer<AVStream>
    private let sound: UnsafeMutablePointer<AVStream>?
    private let bridge: StreamBridge
    /// FFmpeg holds its address: it lives as long as `context`.
    private let reread: RereadFiles
    private let log: LogContext
    private let path: String
    private var isEnded = false
    private var lastDecoding: Int64?

    /// - Parameters:
    ///   - movflags: of libavformat's muxer for MP4.
    ///   - notes: for whoever looks at the file: its `title`, a `comment`.
    ///   - sound: of the sound that goes with the pictures; `nil` where there is none.
    ///   - storage: where `path` lies.
    ///   - configure: fills in the codec's parameters; of its tag only `setsApart` counts.
    /// - Throws: `storage` where the file cannot be made, `unsupportedCodec` where MP4 does not hold such a track.
    init(
        path: String, movflags: String, notes: [String: String] = [:], log: LogContext,
        sound: UnsafePointer<AVCodecParameters>? = nil, in storage: any ClipStorage = LocalDisk(),
        configure: (UnsafeMutablePointer<AVCodecParameters>) -> Int32
    ) throws(MediaError) {
        MediaLog.install()
        var made: UnsafeMutablePointer<AVFormatContext>?
        let status = unsafe avformat_alloc_output_context2(&made, nil, SoundTrack.container(sound), path)
        guard status >= 0, let context = unsafe made else { throw Self.failed(path, status) }
        let reread = RereadFiles(storage)
        unsafe reread.serve(context)
        do {
            let tracks = unsafe try Self.addTracks(to: context, path: path, sound, configure)
            let bridge = try Self.create(path, in: storage)
            unsafe context.pointee.pb = bridge.io
            unsafe try Self.begin(context, path: path, movflags: movflags, notes: notes, log: log)
            unsafe (stream, self.sound) = tracks
            self.bridge = bridge
        } catch {
            unsafe avformat_free_context(context)
            throw error
        }
        unsafe self.context = context
        self.reread = reread
        self.log = log
        self.path = path
    }

    private static func addTracks(
        to context: UnsafeMutablePointer<AVFormatContext>, path: String, _ sound: UnsafePointer<AVCodecParameters>?,
        _ configure: (UnsafeMutablePointer<AVCodecParameters>) -> Int32
    ) throws(MediaError) -> (UnsafeMutablePointer<AVStream>, UnsafeMutablePointer<AVStream>?) {
        let pictures = unsafe try addPictures(to: context, path: path, configure)
        return unsafe (pictures, try add(sound, to: context, path: path))
    }

    private static func create(_ path: String, in storage: any ClipStorage) throws(MediaError) -> StreamBridge {
        do throws(StorageFault) {
            if let bridge = StreamBridge(try storage.create(path), for: .writing) { return bridge }
        } catch {
            throw failed(path, error.status)
        }
        throw failed(path, -ENOMEM)
    }

    private static func addPictures(
        to context: UnsafeMutablePointer<AVFormatContext>, path: String,
        _ configure: (UnsafeMutablePointer<AVCodecParameters>) -> Int32
    ) throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        guard let stream = unsafe avformat_new_stream(context, nil), let described = unsafe stream.pointee.codecpar
        else { throw failed(path, -ENOMEM) }
        let status = unsafe configure(described)
        guard status >= 0 else { throw failed(path, status) }
        // The tag of another container means nothing in this one.
        let isApart = unsafe described.pointee.codec_tag == setsApart
        unsafe described.pointee.codec_tag = isApart ? setsApart : 0
        unsafe stream.pointee.time_base = timeBase
        let codec = unsafe described.pointee.codec_id
        guard unsafe avformat_query_codec(context.pointee.oformat, codec, FF_COMPLIANCE_NORMAL) == 1 else {
            let name = unsafe String(cString: avcodec_get_name(codec))
            throw MediaError(
                code: .unsupportedCodec, problem: "An MP4 file cannot hold \(name) video",
                remedy: "Set the camera to H.264, H.265 or MJPEG to have clips of it")
        }
        return unsafe stream
    }

    private static func add(
        _ sound: UnsafePointer<AVCodecParameters>?, to context: UnsafeMutablePointer<AVFormatContext>, path: String
    ) throws(MediaError) -> UnsafeMutablePointer<AVStream>? {
        guard let sound = unsafe sound else { return nil }
        guard let stream = unsafe avformat_new_stream(context, nil), let described = unsafe stream.pointee.codecpar
        else { throw failed(path, -ENOMEM) }
        let status = unsafe SoundTrack.describe(described, as: sound)
        guard status >= 0 else { throw failed(path, status) }
        unsafe stream.pointee.time_base = AVRational(num: 1, den: sound.pointee.sample_rate)
        return unsafe stream
    }

    private static func begin(
        _ context: UnsafeMutablePointer<AVFormatContext>, path: String, movflags: String, notes: [String: String],
        log: LogContext
    ) throws(MediaError) {
        var settings: OpaquePointer?
        defer { unsafe av_dict_free(&settings) }
        unsafe av_dict_set(&settings, "movflags", movflags, 0)
        unsafe av_dict_set(&settings, "video_track_timescale", String(timeBase.den), 0)
        for (name, text) in notes { unsafe av_dict_set(&context.pointee.metadata, name, text, 0) }
        // Two files of the same packets are the same bytes: no time of making, no version of the library.
        unsafe context.pointee.flags |= AVFMT_FLAG_BITEXACT
        let status = log.attributed { unsafe avformat_write_header(context, &settings) }
        guard status >= 0 else { throw failed(path, status) }
    }

    deinit {
        // What the muxer holds is freed by its trailer only.
        if !isEnded { _ = log.attributed { unsafe av_write_trailer(context) } }
        unsafe avio_flush(bridge.io)
        unsafe avformat_free_context(context)
    }

    /// Writes a packet and leaves it as it was but for its times.
    /// - Parameters:
    ///   - presentation: in ticks of `timeBase`.
    ///   - decoding: in the same; rises from packet to packet.
    mutating func write(
        _ packet: UnsafeMutablePointer<AVPacket>, presentation: Int64, decoding: Int64
    ) throws(MediaError) {
        unsafe (packet.pointee.pts, packet.pointee.dts) = (presentation, decoding)
        // As long as the one before: without it the last picture would never be shown.
        unsafe packet.pointee.duration = max(1, lastDecoding.map { decoding - $0 } ?? 3_600)
        lastDecoding = decoding
        unsafe packet.pointee.stream_index = 0
        unsafe av_packet_rescale_ts(packet, Self.timeBase, stream.pointee.time_base)
        try check(log.attributed { unsafe av_write_frame(context, packet) })
    }

    /// Writes a piece of sound and leaves it as it was but for its times.
    /// - Parameters:
    ///   - place: in samples; rises from packet to packet.
    ///   - samples: how many it holds.
    mutating func writeSound(
        _ packet: UnsafeMutablePointer<AVPacket>, at place: Int64, samples: Int64
    ) throws(MediaError) {
        guard let sound = unsafe sound else { return }
        unsafe (packet.pointee.pts, packet.pointee.dts, packet.pointee.duration) = (place, place, samples)
        unsafe packet.pointee.stream_index = 1
        let rate = unsafe sound.pointee.codecpar?.pointee.sample_rate ?? 1
        unsafe av_packet_rescale_ts(packet, AVRational(num: 1, den: rate), sound.pointee.time_base)
        try check(log.attributed { unsafe av_write_frame(context, packet) })
    }

    /// Ends the current fragment and hands it to the system.
    mutating func endFragment() throws(MediaError) {
        try check(log.attributed { unsafe av_write_frame(context, nil) })
        try flush()
    }

    /// Completes the file.
    mutating func finish() throws(MediaError) {
        isEnded = true
        try check(log.attributed { unsafe av_write_trailer(context) })
        try flush()
    }

    private func flush() throws(MediaError) {
        unsafe avio_flush(bridge.io)
        try check(unsafe bridge.io.pointee.error)
    }

    private func check(_ status: Int32) throws(MediaError) {
        // A full disk is noted in the file's context; the muxer itself may not look there.
        let noted = unsafe bridge.io.pointee.error
        let worst = noted < 0 ? noted : status
        guard worst < 0 else { return }
        throw Self.failed(path, worst)
    }

    static func failed(_ path: String, _ status: Int32) -> MediaError {
        let isFull = status == -ENOSPC || status == -EDQUOT
        return MediaError(
            code: .storage, problem: "'\(path)' cannot be written (\(MediaError.text(status)))",
            remedy: isFull
                ? "Free space on its disk or lower storage.maximumGigabytes"
                : "Give the user who runs Lookout permission on the storage directory, and look at its disk",
            status: status)
    }
}
