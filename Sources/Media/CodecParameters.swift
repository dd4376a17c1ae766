internal import CFFmpeg

/// What a decoder needs to know before the first packet: the codec and its headers.
///
/// `@unchecked Sendable`: the parameters are copied when this is made and never change afterwards.
@safe
public final class CodecParameters: @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVCodecParameters>
    let timeBase: AVRational
    let frameRate: AVRational
    /// Whom the decoder's messages belong to.
    let log: LogContext

    /// - Returns: `nil` when memory is short.
    init?(
        copying source: UnsafePointer<AVCodecParameters>, timeBase: AVRational, frameRate: AVRational, log: LogContext
    ) {
        guard let copy = unsafe avcodec_parameters_alloc() else { return nil }
        guard unsafe avcodec_parameters_copy(copy, source) >= 0 else {
            var doomed: UnsafeMutablePointer<AVCodecParameters>? = unsafe copy
            unsafe avcodec_parameters_free(&doomed)
            return nil
        }
        unsafe raw = copy
        self.timeBase = timeBase
        self.frameRate = frameRate
        self.log = log
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVCodecParameters>? = unsafe raw
        unsafe avcodec_parameters_free(&doomed)
    }

    /// FFmpeg's short name: `h264`, `hevc`, `mjpeg`, `av1`, `vp9`.
    public var codec: String { unsafe String(cString: avcodec_get_name(raw.pointee.codec_id)) }

    /// `High`, `Main 10`, …; empty where unknown.
    public var profile: String {
        guard let name = unsafe avcodec_profile_name(raw.pointee.codec_id, raw.pointee.profile) else { return "" }
        return unsafe String(cString: name)
    }

    /// In pixels; 0 until the stream has said so.
    public var width: Int { unsafe Int(raw.pointee.width) }
    public var height: Int { unsafe Int(raw.pointee.height) }

    /// Samples of sound a second; 0 for pictures.
    var sampleRate: Int32 { unsafe max(0, raw.pointee.sample_rate) }

    /// Samples that a packet of sound of that size holds, as the codec usually has it.
    func samples(in bytes: Int) -> Int64 { unsafe SoundTrack.samples(in: bytes, raw) }

    /// How many pictures a picture may be shown later than it was sent.
    var reorderDepth: Int { unsafe max(0, Int(raw.pointee.video_delay)) }

    /// Codec-specific headers (avcC, hvcC, parameter sets).
    var extradata: [UInt8] {
        guard let data = unsafe raw.pointee.extradata, unsafe raw.pointee.extradata_size > 0 else { return [] }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(raw.pointee.extradata_size)))
    }
}
