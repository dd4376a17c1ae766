internal import CFFmpeg
import Domain

/// Reads the packets of an MP4 file of ours with their own times, in ticks of `ClipMuxer.timeBase`; those of sound in samples.
@safe
struct ClipReader: ~Copyable {
    private let context: UnsafeMutablePointer<AVFormatContext>
    private let stream: UnsafeMutablePointer<AVStream>
    private let bridge: StreamBridge
    private let path: String
    private let isComplete: Bool
    let log: LogContext
    let parameters: UnsafeMutablePointer<AVCodecParameters>
    private let soundStream: UnsafeMutablePointer<AVStream>?
    /// Of the sound beside the pictures; `nil` where there is none.
    let sound: UnsafeMutablePointer<AVCodecParameters>?

    /// Of a file in which a box claims more than the file could hold it reads what stands before that box.
    ///
    /// - Parameter storage: where `path` lies.
    /// - Throws: `unreadable`.
    init(path: String, in storage: any ClipStorage = LocalDisk()) throws(MediaError) {
        MediaLog.install()
        let log = LogContext(source: path) { $0 }
        let stream = try Self.open(path, in: storage)
        let isClosed = Self.isClosed(stream)
        guard let bridge = StreamBridge(stream, for: .reading) else { throw Self.unreadable(path, -ENOMEM) }
        defer { withExtendedLifetime(bridge) {} }
        var made = unsafe avformat_alloc_context()
        unsafe made?.pointee.pb = bridge.io
        var settings: OpaquePointer?
        defer { unsafe av_dict_free(&settings) }
        // What a damaged file refers to is not opened.
        unsafe av_dict_set(&settings, "protocol_whitelist", "none", 0)
        let status = log.attributed {
            unsafe avformat_open_input(&made, path, av_find_input_format("mov"), &settings)
        }
        guard status >= 0, let context = unsafe made else { throw Self.unreadable(path, status) }
        let index = unsafe av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
        guard index >= 0, let track = unsafe context.pointee.streams[Int(index)],
            let parameters = unsafe track.pointee.codecpar
        else {
            unsafe avformat_close_input(&made)
            throw Self.unreadable(path, index)
        }
        let beside = unsafe av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, index, nil, 0)
        let soundStream = unsafe beside >= 0 ? context.pointee.streams[Int(beside)] : nil
        let sound = unsafe soundStream?.pointee.codecpar
        let isKept = unsafe sound.map { unsafe SoundTrack.isKept($0) } ?? false
        unsafe self.soundStream = isKept ? soundStream : nil
        unsafe self.sound = isKept ? sound : nil
        unsafe self.context = context
        unsafe self.stream = track
        self.bridge = bridge
        isComplete = isClosed
        unsafe self.parameters = parameters
        self.path = path
        self.log = log
    }

    private static func open(_ path: String, in storage: any ClipStorage) throws(MediaError) -> any ByteStream {
        do throws(StorageFault) {
            let stream = try storage.open(path)
            let believable = ClipClaims.believable(stream)
            return believable < stream.size ? CutStream(stream, size: believable) : stream
        } catch {
            throw unreadable(path, error.status)
        }
    }

    /// A closed fragmented file ends with a box that tells how far from the end its table of fragments begins.
    private static func isClosed(_ stream: any ByteStream) -> Bool {
        guard stream.seek(to: stream.size - 16) >= 0 else { return false }
        var tail = [UInt8](repeating: 0, count: 16)
        let count = unsafe tail.withUnsafeMutableBytes { bytes in unsafe stream.read(into: bytes) }
        return stream.seek(to: 0) == 0 && count == tail.count && tail[4..<8].elementsEqual("mfro".utf8)
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVFormatContext>? = unsafe context
        unsafe avformat_close_input(&doomed)
    }

    /// The next whole packet; `nil` at the end, or where the file is damaged from there on.
    func read() throws(MediaError) -> Packet? {
        guard let packet = unsafe av_packet_alloc() else { throw Self.unreadable(path, -ENOMEM) }
        while true {
            let status = log.attributed { unsafe av_read_frame(context, packet) }
            let isWhole = unsafe status >= 0 && packet.pointee.flags & AV_PKT_FLAG_CORRUPT == 0
            guard isWhole, unsafe packet.pointee.size > 0 else { break }
            let track = unsafe packet.pointee.stream_index
            guard unsafe track == stream.pointee.index || track == soundStream?.pointee.index else {
                unsafe av_packet_unref(packet)
                continue
            }
            guard let piece = unsafe timed(packet, isSound: track != stream.pointee.index) else { break }
            return piece
        }
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe packet
        unsafe av_packet_free(&doomed)
        return nil
    }

    /// - Returns: `nil` where its times are none that a clip can have. They are kept so small that sums and products of
    ///   them are numbers, too.
    private func timed(_ packet: UnsafeMutablePointer<AVPacket>, isSound: Bool) -> Packet? {
        let base = isSound ? AVRational(num: 1, den: sampleRate) : ClipMuxer.timeBase
        let own = unsafe isSound ? soundStream?.pointee.time_base : stream.pointee.time_base
        unsafe av_packet_rescale_ts(packet, own ?? base, base)
        let possible: ClosedRange<Int64> = -(1 << 48)...(1 << 48)
        guard unsafe possible.contains(packet.pointee.pts), unsafe possible.contains(packet.pointee.dts) else {
            return nil
        }
        let shown = unsafe av_rescale_q(packet.pointee.pts, base, AVRational(num: 1, den: 1_000_000))
        return unsafe Packet(
            adopting: packet, isDisposable: isSound,
            captureTime: CaptureTime(time: MediaTime(microseconds: shown), uncertainty: .zero), cameraTimeOffset: nil,
            isTimedInDecodingOrder: false, isSound: isSound)
    }

    /// Of the sound, a second; 1 where there is none.
    var sampleRate: Int32 { unsafe max(1, sound?.pointee.sample_rate ?? 1) }

    /// What the file says of itself; how many pictures it has is not counted here.
    var facts: ClipFile.Facts {
        let codec = unsafe String(cString: avcodec_get_name(parameters.pointee.codec_id))
        return unsafe ClipFile.Facts(
            codec: codec, width: Int(parameters.pointee.width), height: Int(parameters.pointee.height), pictures: 0,
            duration: .zero, isWebReady: arePicturesWebReady && isSoundWebReady,
            soundCodec: soundCodec, isComplete: isComplete)
    }

    /// What was noted in the file for whoever looks at it.
    var notes: [String: String] {
        var found: [String: String] = [:]
        for name in ["title", "comment"] {
            guard let entry = unsafe av_dict_get(context.pointee.metadata, name, nil, 0) else { continue }
            found[name] = unsafe String(cString: entry.pointee.value)
        }
        return found
    }

    /// What two files must share for their packets to stand in one: codec, size, headers.
    var coding: [UInt8] {
        let headers = unsafe UnsafeBufferPointer(
            start: parameters.pointee.extradata, count: Int(max(0, parameters.pointee.extradata_size)))
        let (codec, width, height) = unsafe (
            parameters.pointee.codec_id.rawValue, parameters.pointee.width, parameters.pointee.height
        )
        let bytes = unsafe Array(headers)
        let heard = unsafe sound.map {
            unsafe "\($0.pointee.codec_id.rawValue) \(SoundTrack.channels($0)) \(sampleRate)"
        }
        return Array("\(codec) \(width) \(height) \(heard ?? "silent") ".utf8) + bytes
    }

    private var soundCodec: String? {
        unsafe sound.map { unsafe String(cString: avcodec_get_name($0.pointee.codec_id)) }
    }

    private var isSoundWebReady: Bool { unsafe sound.map { unsafe SoundTrack.isWebReady($0) } ?? true }

    /// Whether browsers show the pictures as they are.
    var arePicturesWebReady: Bool { unsafe parameters.pointee.codec_id == AV_CODEC_ID_H264 && isCommonProfile }

    /// Baseline, Main or High: the profile stands in the second byte of the headers' record.
    private var isCommonProfile: Bool {
        guard let data = unsafe parameters.pointee.extradata, unsafe parameters.pointee.extradata_size > 3 else {
            return false
        }
        return unsafe [66, 77, 100].contains(data[1])
    }

    var empty: MediaError { Self.unreadable(path, lookout_error_invalid_data) }

    private static func unreadable(_ path: String, _ status: Int32) -> MediaError {
        MediaError(
            code: .unreadable, problem: "'\(path)' holds no whole picture (\(MediaError.text(status)))",
            remedy: "It is what a crash or a full disk left of a clip; nothing can be saved of it", status: status)
    }
}
