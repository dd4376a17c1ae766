internal import CFFmpeg
import Domain

/// Reads one video track through libavformat, and the sound beside it where that is asked for.
@safe
final class ContainerReader: PacketSource {
    /// This many unreadable packets in a row are the end of the matter.
    private static let mostFaultsInARow = 50

    private let context: UnsafeMutablePointer<AVFormatContext>
    private var isClosed = false
    /// Holds what `context` reads from, where that is no address.
    private let bridge: StreamBridge?
    private let stream: UnsafeMutablePointer<AVStream>
    private let sound: UnsafeMutablePointer<AVStream>?
    /// FFmpeg holds its address: it lives as long as `context`.
    private let interrupt: InterruptGuard
    private let address: StreamAddress
    private let options: StreamOptions
    private let clock: any HostClock
    private let log: LogContext
    private var timing: Timing
    private var soundClock: SoundClock
    private var lastWasSound = false
    /// Where the next packet of sound begins, in the stream's ticks.
    private var expectedSound: Int64?
    private var scanner: ReferenceScanner
    var info: StreamInfo
    private(set) var unreadable = 0
    var lost: Int? { address.kind == .rtsp ? log.lostPackets : nil }

    private enum Timing {
        case live(CaptureClock)
        case recorded(RecordedTimeline)
    }
    /// RTSP hands a picture over when the next one begins: the parser cannot see its end before. So what arrives when
    /// `read` returns is the packet that the next `read` will return.
    private let isOneBehind: Bool
    private var previousReturn: (arrival: Duration, wall: MediaTime)?

    /// Takes over `context`.
    init(
        adopting context: UnsafeMutablePointer<AVFormatContext>, reading bridge: StreamBridge?,
        stream: UnsafeMutablePointer<AVStream>, sound: UnsafeMutablePointer<AVStream>?, info: StreamInfo,
        interrupt: InterruptGuard, address: StreamAddress, options: StreamOptions, clock: any HostClock, log: LogContext
    ) {
        unsafe self.context = context
        self.bridge = bridge
        unsafe self.stream = stream
        unsafe self.sound = sound
        self.info = info
        self.interrupt = interrupt
        self.address = address
        self.options = options
        self.clock = clock
        self.log = log
        let parameters = info.parameters
        let codec: ReferenceScanner.Codec = info.codec == "h264" ? .h264 : info.codec == "hevc" ? .hevc : .other
        scanner = ReferenceScanner(codec: codec, extradata: parameters.extradata)
        isOneBehind = address.kind == .rtsp && codec != .other
        let begun = unsafe Self.microseconds(stream.pointee.start_time, stream.pointee.time_base) ?? 0
        soundClock = SoundClock(isLive: info.isLive, recordingBegins: begun)
        if info.isLive {
            // Where the number of reordered pictures is not known before decoding, half a second is room for it.
            let reorders = codec == .hevc || (codec == .h264 && !info.profile.contains("Baseline"))
            timing = .live(CaptureClock(reorderTolerance: reorders ? .milliseconds(500) : .zero))
        } else {
            let rate = info.nominalFramesPerSecond ?? 25
            let start = unsafe stream.pointee.start_time
            timing = .recorded(
                RecordedTimeline(
                    start: unsafe Self.microseconds(start, stream.pointee.time_base),
                    frameMicroseconds: Int64((1_000_000 / rate).rounded())))
        }
    }

    deinit { close() }

    /// Ends the connection; nothing may be read afterwards.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        interrupt.allowFarewell(.seconds(1))
        log.attributed {
            var doomed: UnsafeMutablePointer<AVFormatContext>? = unsafe context
            unsafe avformat_close_input(&doomed)
        }
    }

    func read() throws(MediaError) -> Packet? {
        precondition(!isClosed, "what is closed is not read from")
        if isClockSet { throw .clockSet(address) }
        guard let packet = unsafe av_packet_alloc() else { throw Self.outOfMemory(address) }
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe packet
        var faults = 0
        // The deadline is for pictures: sound that goes on does not extend it.
        if !lastWasSound { interrupt.allow(options.readTimeout) }
        while true {
            let status = log.attributed { unsafe av_read_frame(context, packet) }
            if status >= 0 {
                if unsafe packet.pointee.stream_index == stream.pointee.index, unsafe packet.pointee.size > 0 {
                    lastWasSound = false
                    return unsafe finish(packet)
                }
                if let piece = unsafe finishSound(packet) {
                    lastWasSound = true
                    return piece
                }
                unsafe av_packet_unref(packet)
            }
            if !interrupt.mustReturn {
                if status >= 0 || status == lookout_error_again { continue }
                if status == lookout_error_invalid_data, faults < Self.mostFaultsInARow, !isAtEnd {
                    faults += 1
                    unreadable += 1
                    continue
                }
            }
            unsafe av_packet_free(&doomed)
            return try end(status)
        }
    }

    private var isClockSet: Bool {
        switch timing {
        case .live(let captureClock): captureClock.isWallSet
        case .recorded: false
        }
    }

    /// Some formats take the end of their connection for bad data.
    private var isAtEnd: Bool {
        guard let io = unsafe context.pointee.pb else { return false }
        return unsafe avio_feof(io) != 0
    }

    /// What a failed read means.
    private func end(_ status: Int32) throws(MediaError) -> Packet? {
        if interrupt.isStopped { throw .stopped(address) }
        if interrupt.isExpired { throw .timedOut(address, after: options.readTimeout) }
        if status == lookout_error_end || (info.isLive && isAtEnd) {
            guard info.isLive else { return nil }
            throw MediaError(
                code: .ended, problem: "\(address.printable): the sender has ended the stream",
                remedy: "It is tried again; check the camera if it stays away", status: status)
        }
        throw MediaError(status: status, address: address, log: log, options: options)
    }

    private func finish(_ packet: UnsafeMutablePointer<AVPacket>) -> Packet {
        let bytes = unsafe UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        let isDisposable =
            unsafe packet.pointee.flags & AV_PKT_FLAG_DISPOSABLE != 0 || scanner.isDisposable(bytes.span)
        let base = unsafe stream.pointee.time_base
        let presented = unsafe Self.microseconds(packet.pointee.pts, base)
        let stamp = unsafe presented ?? Self.microseconds(packet.pointee.dts, base)
        let time = captureTime(stamp)
        let camera = unsafe Self.cameraClock(packet)
        return unsafe Packet(
            adopting: packet, isDisposable: isDisposable, captureTime: time,
            cameraTimeOffset: camera.map { $0 - time.time },
            isTimedInDecodingOrder: presented == nil && !info.isLive)
    }

    /// - Returns: `nil` for what is no sound, or has no time.
    private func finishSound(_ packet: UnsafeMutablePointer<AVPacket>) -> Packet? {
        guard let sound = unsafe sound, unsafe packet.pointee.stream_index == sound.pointee.index,
            unsafe packet.pointee.size > 0, !interrupt.mustReturn
        else { return nil }
        let base = unsafe sound.pointee.time_base
        let samples = unsafe info.sound?.samples(in: Int(packet.pointee.size)) ?? 0
        let usual = av_rescale_q(samples, AVRational(num: 1, den: info.sound?.sampleRate ?? 1), base)
        // Of several that came in one datagram only the first has a stamp (RFC 3640).
        if unsafe packet.pointee.pts == lookout_no_timestamp, let expectedSound {
            unsafe packet.pointee.pts = expectedSound
            unsafe packet.pointee.dts = expectedSound
        }
        guard let stamp = unsafe Self.microseconds(packet.pointee.pts, base) else { return nil }
        expectedSound = unsafe packet.pointee.pts + usual
        let time = soundClock.time(of: stamp, arrival: clock.monotonic(), wall: clock.wall())
        // As long as from the one before to this one: what the codec is said to hold is not always so.
        unsafe packet.pointee.duration = soundClock.length(upTo: packet.pointee.pts, usual: usual)
        return unsafe Packet(
            adopting: packet, isDisposable: true, captureTime: time, cameraTimeOffset: nil,
            isTimedInDecodingOrder: false, isSound: true)
    }

    private func captureTime(_ stamp: Int64?) -> CaptureTime {
        switch timing {
        case .recorded(var timeline):
            let time = timeline.captureTime(stamp: stamp)
            timing = .recorded(timeline)
            return time
        case .live(var captureClock):
            let now = (arrival: clock.monotonic(), wall: clock.wall())
            let arrived = isOneBehind ? previousReturn ?? now : now
            previousReturn = now
            let time = captureClock.captureTime(stamp: stamp, arrival: arrived.arrival, wall: arrived.wall)
            timing = .live(captureClock)
            return time
        }
    }

    /// The camera's clock at the picture, from RTCP sender reports.
    private static func cameraClock(_ packet: UnsafeMutablePointer<AVPacket>) -> MediaTime? {
        var size = 0
        guard let data = unsafe av_packet_get_side_data(packet, AV_PKT_DATA_PRFT, &size),
            size >= MemoryLayout<AVProducerReferenceTime>.size
        else { return nil }
        let reference = unsafe UnsafeRawPointer(data).loadUnaligned(as: AVProducerReferenceTime.self)
        guard reference.wallclock > 0, reference.wallclock < 1 << 60 else { return nil }
        return MediaTime(microseconds: reference.wallclock)
    }

    /// `nil` for no timestamp, and for one that no honest stream has.
    private static func microseconds(_ ticks: Int64, _ base: AVRational) -> Int64? {
        guard ticks > -(1 << 62), ticks < 1 << 62, base.num > 0, base.den > 0 else { return nil }
        let time = av_rescale_q(ticks, base, AVRational(num: 1, den: 1_000_000))
        return time > -(1 << 60) && time < 1 << 60 ? time : nil
    }

    static func outOfMemory(_ address: StreamAddress) -> MediaError {
        MediaError(
            code: .badStream, problem: "\(address.printable): no memory is left to read it",
            remedy: "Watch fewer cameras on this machine or give it more memory", status: -ENOMEM)
    }
}
