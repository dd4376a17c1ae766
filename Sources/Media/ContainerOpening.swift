internal import CFFmpeg
import Domain

extension ContainerReader {
    /// Formats that are lists of other sources, or that any text passes for: never opened.
    private static let refusedFormats: Set<String> = [
        "concat", "hls", "dash", "imf", "sdp", "rtsp", "rtp", "sap", "lavfi", "tty", "bin", "xbin", "adf", "idf",
        "image2pipe", "rawvideo", "data", "ffmetadata", "tedcaptions", "vapoursynth", "libopenmpt", "libgme",
    ]

    /// Opens a stream or a file and finds its video track.
    /// - Parameter stream: is read in place of what lies at `address`.
    static func open(
        _ address: StreamAddress, reading stream: (any ByteStream)? = nil, options: StreamOptions, stop: StopFlag,
        clock: any HostClock
    ) throws(MediaError) -> ContainerReader {
        let log = LogContext(source: address.printable) { address.scrub($0) }
        func attempt(_ options: StreamOptions, _ interrupt: InterruptGuard) throws(MediaError) -> ContainerReader {
            try Attempt(
                address: address, stream: stream, options: options, interrupt: interrupt, clock: clock, log: log
            ).open()
        }
        func interrupt() -> InterruptGuard {
            let interrupt = InterruptGuard(stop: stop, clock: clock)
            interrupt.allow(options.openTimeout)
            return interrupt
        }
        var silent = options
        silent.keepsSound = false
        let first = interrupt()
        var reader: ContainerReader
        do {
            reader = try attempt(options, first)
        } catch {
            // FFmpeg gives the whole stream up where the camera refuses its sound: sound never costs the picture.
            guard options.keepsSound, address.kind == .rtsp,
                [.rejected, .notFound, .forbidden, .badStream, .transport].contains(error.code)
            else { throw error }
            return try attempt(silent, first)
        }
        guard address.kind == .rtsp, let codec = reader.info.unsupportedSound else { return reader }
        // A camera sends what was asked for, whether it is thrown away here or not: it is asked again for less, once the
        // first connection is ended, since many cameras allow only a few.
        reader.close()
        reader = try attempt(silent, interrupt())
        reader.info.unsupportedSound = codec
        return reader
    }

    private struct Attempt {
        let address: StreamAddress
        let stream: (any ByteStream)?
        let options: StreamOptions
        let interrupt: InterruptGuard
        let clock: any HostClock
        let log: LogContext

        func open() throws(MediaError) -> ContainerReader {
            let bridge = stream.flatMap { StreamBridge($0, for: .reading) }
            defer { withExtendedLifetime(bridge) {} }
            guard stream == nil || bridge != nil, let allocated = unsafe avformat_alloc_context() else {
                throw outOfMemory(address)
            }
            unsafe allocated.pointee.interrupt_callback = interrupt.callback
            unsafe configure(allocated)
            unsafe allocated.pointee.pb = bridge?.io
            var context: UnsafeMutablePointer<AVFormatContext>? = unsafe allocated
            var settings = unsafe dictionary()
            defer { unsafe av_dict_free(&settings) }
            // FFmpeg frees the context when this fails.
            let status = log.attributed { unsafe avformat_open_input(&context, address.url, nil, &settings) }
            guard status >= 0, let opened = unsafe context else { throw fault(status) }
            do {
                return unsafe try identify(opened, reading: bridge)
            } catch {
                log.attributed { unsafe avformat_close_input(&context) }
                throw error
            }
        }

        private func configure(_ context: UnsafeMutablePointer<AVFormatContext>) {
            // The frame rate is not worth waiting for twenty pictures.
            unsafe context.pointee.fps_probe_size = address.isLocal ? -1 : 0
            unsafe context.pointee.probesize = address.isLocal ? 5_000_000 : 1_000_000
            unsafe context.pointee.max_analyze_duration = address.isLocal ? 5_000_000 : 1_000_000
            unsafe context.pointee.max_probe_packets = 250
        }

        private func dictionary() -> OpaquePointer? {
            var settings: OpaquePointer?
            func set(_ key: String, _ value: String) { unsafe av_dict_set(&settings, key, value, 0) }
            set("protocol_whitelist", address.protocols)
            // The interrupt callback's deadline comes first: FFmpeg takes its own for a broken stream.
            let lastResort = String((min(options.openTimeout, options.readTimeout) + .seconds(5)).inMicroseconds)
            switch address.kind {
            case .rtsp:
                set("rtsp_transport", options.transport == .automatic ? "tcp+udp" : options.transport.rawValue)
                if options.transport == .automatic { set("rtsp_flags", "prefer_tcp") }
                // Sound costs bandwidth, and people a piece of their privacy: only who wants it asks for it.
                set("allowed_media_types", options.keepsSound ? "video+audio" : "video")
                set("timeout", lastResort)
                // A burst of datagrams (one keyframe) must fit while the reader is elsewhere.
                set("buffer_size", "1048576")
                set("user_agent", "Lookout")
            case .http:
                set("timeout", lastResort)
                set("user_agent", "Lookout")
                set("format_whitelist", ContainerReader.allowedFormats)
            case .file:
                set("format_whitelist", ContainerReader.allowedFormats)
                // A still's name is its name, not a pattern for others.
                set("pattern_type", "none")
            }
            return unsafe settings
        }

        private func fault(_ status: Int32) -> MediaError {
            if interrupt.isStopped { return .stopped(address) }
            if interrupt.isExpired { return .timedOut(address, after: options.openTimeout) }
            return MediaError(status: status, address: address, log: log, options: options)
        }

        /// Finds the video track of an open context and what is to be known about it.
        private func identify(
            _ context: UnsafeMutablePointer<AVFormatContext>, reading bridge: StreamBridge?
        ) throws(MediaError) -> ContainerReader {
            // An RTSP camera's description names the codec and usually carries its headers, so that the first picture
            // can be decoded when it arrives; probing would hold it back.
            if address.kind != .rtsp {
                let status = log.attributed { unsafe avformat_find_stream_info(context, nil) }
                if interrupt.isStopped || interrupt.isExpired || status < 0 { throw fault(status) }
            }
            let index = unsafe av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0)
            guard index >= 0, let stream = unsafe context.pointee.streams[Int(index)],
                let described = unsafe stream.pointee.codecpar,
                unsafe stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
            else { throw noVideo() }
            let sound = unsafe options.keepsSound ? soundTrack(context, beside: index) : nil
            let soundIndex = unsafe sound?.pointee.index ?? -1
            for other in 0..<Int(unsafe context.pointee.nb_streams)
            where other != Int(index) && other != Int(soundIndex) {
                unsafe context.pointee.streams[other]?.pointee.discard = AVDISCARD_ALL
            }
            unsafe nameProfile(described)
            let rate = unsafe Self.frameRate(context, stream)
            guard
                let parameters = unsafe CodecParameters(
                    copying: described, timeBase: stream.pointee.time_base, frameRate: rate, log: log)
            else { throw outOfMemory(address) }
            try checkDecoder(parameters)
            var info = unsafe describe(context, stream, parameters, rate)
            unsafe try describeSound(of: context, sound, &info)
            return unsafe ContainerReader(
                adopting: context, reading: bridge, stream: stream, sound: sound, info: info, interrupt: interrupt,
                address: address, options: options, clock: clock, log: log)
        }

        /// The sound that goes with the pictures, if it is of a kind that can be kept.
        private func soundTrack(
            _ context: UnsafeMutablePointer<AVFormatContext>, beside video: Int32
        ) -> UnsafeMutablePointer<AVStream>? {
            let index = unsafe av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, video, nil, 0)
            guard index >= 0, let stream = unsafe context.pointee.streams[Int(index)],
                let described = unsafe stream.pointee.codecpar, unsafe SoundTrack.isKept(described)
            else { return nil }
            return unsafe stream
        }

        private func describeSound(
            of context: UnsafeMutablePointer<AVFormatContext>, _ sound: UnsafeMutablePointer<AVStream>?,
            _ info: inout StreamInfo
        ) throws(MediaError) {
            guard let sound = unsafe sound, let described = unsafe sound.pointee.codecpar else {
                guard options.keepsSound else { return }
                for index in 0..<Int(unsafe context.pointee.nb_streams) {
                    guard let other = unsafe context.pointee.streams[index]?.pointee.codecpar,
                        unsafe other.pointee.codec_type == AVMEDIA_TYPE_AUDIO
                    else { continue }
                    info.unsupportedSound = unsafe String(cString: avcodec_get_name(other.pointee.codec_id))
                }
                return
            }
            let kept = unsafe CodecParameters(
                copying: described, timeBase: sound.pointee.time_base, frameRate: AVRational(num: 0, den: 1), log: log)
            guard let kept else { throw outOfMemory(address) }
            info.sound = kept
        }

        /// H.264 without probing: the profile stands in the first bytes of the sequence parameter set.
        private func nameProfile(_ parameters: UnsafeMutablePointer<AVCodecParameters>) {
            guard unsafe parameters.pointee.codec_id == AV_CODEC_ID_H264, unsafe parameters.pointee.profile < 0,
                let data = unsafe parameters.pointee.extradata
            else { return }
            let count = unsafe Int(parameters.pointee.extradata_size)
            let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: max(0, count)))
            guard bytes.count > 7, bytes.first == 0, let one = bytes.prefix(4).firstIndex(of: 1),
                bytes[one + 1] & 31 == 7
            else { return }
            let isConstrained = bytes[one + 3] & 0x40 != 0 && bytes[one + 2] == 66
            unsafe parameters.pointee.profile = Int32(bytes[one + 2]) | (isConstrained ? 1 << 9 : 0)
        }

        private func checkDecoder(_ parameters: CodecParameters) throws(MediaError) {
            guard unsafe avcodec_find_decoder(parameters.raw.pointee.codec_id) == nil else { return }
            let name = parameters.codec == "none" || parameters.codec.isEmpty ? "unknown" : parameters.codec
            throw MediaError(
                code: .unsupportedCodec, problem: "\(address.printable): its codec (\(name)) is not supported",
                remedy: address.isLocal
                    ? "Convert it to H.264 first, as with: ffmpeg -i INPUT -c:v libx264 OUTPUT.mp4"
                    : "Set the camera to H.264, H.265 or MJPEG", status: lookout_error_decoder_not_found)
        }

        private func noVideo() -> MediaError {
            MediaError(
                code: .noVideo, problem: "\(address.printable): it has no video track",
                remedy: address.isLocal
                    ? "Choose a file with a picture" : "Switch video on for this stream, or use another path",
                status: lookout_error_stream_not_found)
        }

        private static func frameRate(
            _ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>
        ) -> AVRational {
            let average = unsafe stream.pointee.avg_frame_rate
            if average.num > 0, average.den > 0 { return average }
            return unsafe av_guess_frame_rate(context, stream, nil)
        }

        private func describe(
            _ context: UnsafeMutablePointer<AVFormatContext>, _ stream: UnsafeMutablePointer<AVStream>,
            _ parameters: CodecParameters, _ rate: AVRational
        ) -> StreamInfo {
            let duration = unsafe context.pointee.duration
            let hasDuration = duration > 0 && duration != lookout_no_timestamp
            // A recording on a web server has a length; what a camera sends has none.
            let isLive = address.kind == .rtsp || (address.kind == .http && !hasDuration)
            let perSecond = rate.num > 0 && rate.den > 0 ? Double(rate.num) / Double(rate.den) : nil
            let frames = unsafe stream.pointee.nb_frames
            return StreamInfo(
                codec: parameters.codec, profile: parameters.profile, width: parameters.width,
                height: parameters.height, nominalFramesPerSecond: perSecond, isLive: isLive,
                durationSeconds: isLive || !hasDuration ? nil : Double(duration) / 1_000_000,
                frameCount: isLive || frames <= 0 ? nil : Int(frames), missingStills: 0, parameters: parameters)
        }
    }

    /// Every format that FFmpeg reads but the refused ones, as FFmpeg wants the list.
    fileprivate static let allowedFormats: String = {
        var names: [String] = []
        var cursor: UnsafeMutableRawPointer?
        while let format = unsafe av_demuxer_iterate(&cursor) {
            guard let name = unsafe format.pointee.name else { continue }
            let text = unsafe String(cString: name)
            if !refusedFormats.contains(where: { text.split(separator: ",").contains(Substring($0)) }) {
                names.append(text)
            }
        }
        return names.joined(separator: ",")
    }()
}
