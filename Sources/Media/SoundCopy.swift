internal import CFFmpeg
import Domain
import Glibc

/// Sound for a copy that browsers play: AAC as it is, G.711 encoded as AAC.
///
/// Packets wait until the copy's file is there, which is made with its first picture.
@safe
struct SoundCopy: ~Copyable {
    private final class Piece {
        let packet: Packet

        init(_ packet: consuming Packet) { self.packet = packet }
    }

    /// Of the sound in the copy.
    let parameters: UnsafeMutablePointer<AVCodecParameters>
    private let decoder: UnsafeMutablePointer<AVCodecContext>?
    private let encoder: UnsafeMutablePointer<AVCodecContext>?
    private let sampleRate: Int32
    private let log: LogContext
    private var waiting: [Piece] = []
    /// Samples that are not yet encoded, of all channels in turn.
    private var samples: [Float] = []
    /// Where the first of `samples` belongs; `nil` before the first.
    private var place: Int64?

    /// - Parameter source: of the sound that goes in.
    init(of source: UnsafePointer<AVCodecParameters>, log: LogContext) throws(MediaError) {
        guard let made = unsafe avcodec_parameters_alloc() else { throw ImageEncoder.failed(-ENOMEM) }
        var codecs: (decoder: UnsafeMutablePointer<AVCodecContext>?, encoder: UnsafeMutablePointer<AVCodecContext>?)
        unsafe codecs = (nil, nil)
        var status: Int32 = 0
        if unsafe SoundTrack.isWebReady(source) {
            status = unsafe SoundTrack.describe(made, as: source)
        } else {
            unsafe codecs.decoder = avcodec_alloc_context3(avcodec_find_decoder(source.pointee.codec_id))
            unsafe codecs.encoder = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_AAC))
            if let decoder = unsafe codecs.decoder, let encoder = unsafe codecs.encoder {
                status = log.attributed { unsafe Self.open(decoder, encoder, source, made) }
            } else {
                status = -ENOMEM
            }
        }
        guard status >= 0 else {
            var doomed: UnsafeMutablePointer<AVCodecParameters>? = unsafe made
            unsafe avcodec_parameters_free(&doomed)
            unsafe avcodec_free_context(&codecs.decoder)
            unsafe avcodec_free_context(&codecs.encoder)
            throw ImageEncoder.failed(status)
        }
        unsafe parameters = made
        unsafe (decoder, encoder) = codecs
        sampleRate = unsafe source.pointee.sample_rate
        self.log = log
    }

    private static func open(
        _ decoder: UnsafeMutablePointer<AVCodecContext>, _ encoder: UnsafeMutablePointer<AVCodecContext>,
        _ source: UnsafePointer<AVCodecParameters>, _ target: UnsafeMutablePointer<AVCodecParameters>
    ) -> Int32 {
        var status = unsafe avcodec_parameters_to_context(decoder, source)
        if status >= 0 { status = unsafe avcodec_open2(decoder, nil, nil) }
        guard status >= 0 else { return status }
        unsafe encoder.pointee.sample_rate = source.pointee.sample_rate
        unsafe encoder.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
        unsafe encoder.pointee.bit_rate = 32_000 * Int64(SoundTrack.channels(source))
        unsafe encoder.pointee.time_base = AVRational(num: 1, den: source.pointee.sample_rate)
        unsafe av_channel_layout_default(&encoder.pointee.ch_layout, SoundTrack.channels(source))
        unsafe encoder.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        status = unsafe avcodec_open2(encoder, nil, nil)
        return unsafe status < 0 ? status : avcodec_parameters_from_context(target, encoder)
    }

    deinit {
        var (doomedDecoder, doomedEncoder, doomed) = unsafe (decoder, encoder, Optional(parameters))
        unsafe avcodec_free_context(&doomedDecoder)
        unsafe avcodec_free_context(&doomedEncoder)
        unsafe avcodec_parameters_free(&doomed)
    }

    /// Takes in a packet of a clip, whose times are in samples.
    mutating func take(_ packet: consuming Packet) throws(MediaError) {
        guard unsafe decoder != nil else {
            waiting.append(Piece(packet))
            return
        }
        let begins = unsafe packet.raw.pointee.pts
        let decoded = try decode(packet)
        let expected = place.map { $0 + Int64(samples.count / channels) }
        // After a gap, silence.
        if let expected, begins > expected {
            samples += repeatElement(0, count: Int(min(begins - expected, Int64(sampleRate) * 60)) * channels)
        }
        place = place ?? begins
        samples += decoded
        try encodeWhole()
    }

    /// Hands what is ready to the copy's file.
    mutating func write(to muxer: inout ClipMuxer) throws(MediaError) {
        for piece in waiting {
            let raw = unsafe piece.packet.raw
            unsafe try muxer.writeSound(raw, at: raw.pointee.pts, samples: raw.pointee.duration)
        }
        waiting = []
    }

    /// What is left becomes packets, too.
    mutating func finish() throws(MediaError) {
        guard unsafe encoder != nil, place != nil else { return }
        let missing = frameSize - samples.count / channels
        samples += repeatElement(0, count: max(0, missing) * channels)
        try encodeWhole()
        try receive(after: log.attributed { unsafe avcodec_send_frame(encoder, nil) })
    }

    private var channels: Int { unsafe Int(max(1, SoundTrack.channels(parameters))) }
    private var frameSize: Int { unsafe Int(max(1, encoder?.pointee.frame_size ?? 1)) }

    private func decode(_ packet: borrowing Packet) throws(MediaError) -> [Float] {
        guard let frame = unsafe av_frame_alloc() else { throw ImageEncoder.failed(-ENOMEM) }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe frame
        defer { unsafe av_frame_free(&doomed) }
        guard log.attributed({ unsafe avcodec_send_packet(decoder, packet.raw) }) >= 0,
            log.attributed({ unsafe avcodec_receive_frame(decoder, frame) }) >= 0,
            let bytes = unsafe frame.pointee.data.0
        else { return [] }
        // G.711's decoders give 16 bits, the channels in turn.
        let count = unsafe Int(frame.pointee.nb_samples) * channels
        return unsafe bytes.withMemoryRebound(to: Int16.self, capacity: count) { values in
            (0..<count).map { unsafe Float(values[$0]) / 32_768 }
        }
    }

    private mutating func encodeWhole() throws(MediaError) {
        while samples.count >= frameSize * channels, let begins = place {
            try encode(Array(samples.prefix(frameSize * channels)), at: begins)
            samples.removeFirst(frameSize * channels)
            place = begins + Int64(frameSize)
        }
    }

    private mutating func encode(_ values: [Float], at begins: Int64) throws(MediaError) {
        guard let encoder = unsafe encoder, let frame = unsafe av_frame_alloc() else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe frame
        defer { unsafe av_frame_free(&doomed) }
        unsafe frame.pointee.nb_samples = Int32(frameSize)
        unsafe frame.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        unsafe av_channel_layout_copy(&frame.pointee.ch_layout, &encoder.pointee.ch_layout)
        unsafe frame.pointee.sample_rate = sampleRate
        let status = unsafe av_frame_get_buffer(frame, 0)
        guard status >= 0, let planes = unsafe frame.pointee.extended_data else { throw ImageEncoder.failed(status) }
        for channel in 0..<channels {
            guard let plane = unsafe planes[channel] else { continue }
            unsafe plane.withMemoryRebound(to: Float.self, capacity: frameSize) { target in
                for index in 0..<frameSize { unsafe target[index] = values[index * channels + channel] }
            }
        }
        unsafe frame.pointee.pts = begins
        try receive(after: log.attributed { unsafe avcodec_send_frame(encoder, frame) })
    }

    private mutating func receive(after sent: Int32) throws(MediaError) {
        var status = sent
        while status >= 0 {
            guard let packet = unsafe av_packet_alloc() else { throw ImageEncoder.failed(-ENOMEM) }
            status = log.attributed { unsafe avcodec_receive_packet(encoder, packet) }
            guard status >= 0 else {
                var doomed: UnsafeMutablePointer<AVPacket>? = unsafe packet
                unsafe av_packet_free(&doomed)
                break
            }
            waiting.append(
                unsafe Piece(
                    Packet(
                        adopting: packet, isDisposable: true, captureTime: CaptureTime(time: .zero, uncertainty: .zero),
                        cameraTimeOffset: nil, isTimedInDecodingOrder: false, isSound: true)))
        }
        guard status == lookout_error_again || status == lookout_error_end else { throw ImageEncoder.failed(status) }
    }
}
