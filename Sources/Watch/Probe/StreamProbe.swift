public import Domain
import Glibc
public import Media

/// Opens a stream, measures it for some seconds and says what is wrong with it.
///
/// Everything here blocks, so it belongs on a thread of its own.
public struct StreamProbe: Sendable {
    /// How long a keyframe is waited for; no sound camera takes longer.
    private static let longestMeasurement = 20.0

    private let options: StreamOptions
    private let seconds: Double
    private let clock: any HostClock

    /// - Parameters:
    ///   - seconds: how long pictures are measured, up to 20 s longer where keyframes are rare.
    ///   - options: `transport` is tried first; where the camera does not offer TCP, UDP is.
    public init(seconds: Double, options: StreamOptions, clock: any HostClock) {
        self.seconds = seconds
        self.options = options
        self.clock = clock
    }

    public func run(_ address: SourceAddress, stop: StopFlag) -> ProbeReport {
        let report = run(address, options, stop)
        guard options.transport == .tcp, report.fault == .transport else { return report }
        var other = options
        other.transport = .udp
        return run(address, other, stop)
    }

    private func run(_ address: SourceAddress, _ options: StreamOptions, _ stop: StopFlag) -> ProbeReport {
        var measurement = Measurement(began: clock.monotonic())
        if address.scheme == "rtsp" || address.scheme == "rtsps" {
            measurement.figures.transport = options.transport.rawValue
        }
        do throws(MediaError) {
            var heard = options
            heard.keepsSound = true
            var demuxer = try Demuxer(opening: address, options: heard, stop: stop, clock: clock)
            let info = demuxer.info
            measurement.describe(info)
            var decoder = try Decoder(info.parameters, options: options)
            measurement.opened = clock.monotonic()
            while !measurement.isDone(after: seconds, atMost: Self.longestMeasurement, now: clock.monotonic()),
                let packet = try demuxer.read()
            {
                if packet.isSound { continue }
                measurement.add(packet, at: clock.monotonic())
                decoder.decode(packet) { frame in
                    measurement.see(frame.width, frame.height, isWhole: !frame.isCorrupt, at: clock.monotonic())
                }
            }
            decoder.flush { frame in
                measurement.see(frame.width, frame.height, isWhole: !frame.isCorrupt, at: clock.monotonic())
            }
            measurement.figures.decodeErrors = decoder.counters.errors + decoder.counters.corruptFrames
            measurement.figures.packetsLost = demuxer.lostPacketCount
            return ProbeReport(
                measured: measurement.finished(isLive: info.isLive), hasKeyframe: measurement.timing.hasKeyframe,
                isLive: info.isLive, address: address.redacted)
        } catch {
            let answers = error.code == .timeout ? HostReach.answers(address, within: 3) : nil
            return ProbeReport(
                error, hostAnswers: answers, figures: measurement.finished(isLive: true), address: address.redacted)
        }
    }

    /// What was seen so far.
    private struct Measurement {
        let began: Duration
        var opened: Duration?
        var figures = ProbeReport.Figures()
        var timing = StreamTiming()
        private var bytes = 0
        private var first: MediaTime?
        private var last: MediaTime?
        private var latest: Duration?

        init(began: Duration) { self.began = began }

        mutating func describe(_ info: StreamInfo) {
            figures.codec = info.codec
            figures.profile = info.profile
            figures.soundCodec = info.sound?.codec ?? info.unsupportedSound
            figures.isSoundKept = figures.soundCodec.map { _ in info.sound != nil }
            figures.width = info.width
            figures.height = info.height
            figures.nominalFramesPerSecond = info.nominalFramesPerSecond
        }

        mutating func add(_ packet: borrowing Packet, at now: Duration) {
            figures.packets += 1
            // What came before the first picture belongs to no interval.
            if first != nil { bytes += packet.byteCount }
            let time = packet.captureTime.time
            first = min(first ?? time, time)
            last = max(last ?? time, time)
            latest = now
            timing.add(
                arrival: now, capture: time, isKeyframe: packet.isKeyframe, clockOffset: packet.cameraTimeOffset)
        }

        mutating func see(_ width: Int, _ height: Int, isWhole: Bool, at now: Duration) {
            guard isWhole else { return }
            figures.pictures += 1
            (figures.width, figures.height) = (width, height)
            if figures.firstPictureSeconds == nil { figures.firstPictureSeconds = (now - began).inSeconds }
        }

        /// Long enough for the rates, and for two keyframes where the camera sends any.
        func isDone(after seconds: Double, atMost longest: Double, now: Duration) -> Bool {
            guard let opened else { return false }
            let elapsed = (now - opened).inSeconds
            return elapsed >= seconds
                && (timing.keyframeIntervalSeconds != nil || elapsed >= seconds + longest || figures.codec == "mjpeg")
        }

        func finished(isLive: Bool) -> ProbeReport.Figures {
            var figures = figures
            guard let first, let last, last > first, figures.packets > 1 else { return figures }
            let span = (last - first).inSeconds
            figures.measuredSeconds = span
            figures.framesPerSecond = Double(figures.packets - 1) / span
            figures.bitsPerSecond = Double(bytes) * 8 / span
            figures.keyframeIntervalSeconds = timing.keyframeIntervalSeconds
            if isLive {
                figures.jitterSeconds = timing.jitterSeconds
                figures.clockOffsetSeconds = timing.clockOffset?.inSeconds
            }
            return figures
        }
    }
}

/// Whether a host answers at all: tells a camera that is away from one that is there and silent.
enum HostReach {
    /// Tries to connect. - Returns: `nil` for what has no host, or a name that nobody knows.
    static func answers(_ address: SourceAddress, within seconds: Int32) -> Bool? {
        guard let host = address.host, !host.isEmpty else { return nil }
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        let usual = ["rtsp": "554", "rtsps": "322", "https": "443"][address.scheme ?? ""] ?? "80"
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, address.port ?? usual, &hints, &found) == 0, let entry = unsafe found else {
            return nil
        }
        defer { unsafe freeaddrinfo(entry) }
        let descriptor = unsafe socket(
            entry.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        if unsafe connect(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&waiting, 1, seconds * 1_000) > 0 else { return false }
        var failure: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &length) == 0 && failure == 0
    }
}
