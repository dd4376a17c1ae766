/// What is to be known about a clip beside its file.
public struct ClipDetails: Sendable, Equatable, Codable {
    /// Counts the clips of an incident, from 1: long incidents are cut into parts, and so are those whose stream breaks.
    public var part: Int
    /// From the first picture to the last.
    public var durationMicroseconds: Int64
    /// FFmpeg's short name: `h264`, `hevc`, `mjpeg`.
    public var codec: String
    /// In pixels.
    public var width: Int
    public var height: Int
    /// Whether browsers play it as it is; otherwise they get a copy that is derived from it.
    public var isWebReady: Bool
    /// Whether it shows less than the whole of what its incident asks for.
    public private(set) var isTruncated: Bool
    /// Absent for what was interrupted, as in the records of before there were other reasons.
    private var reason: ClipTruncation?
    /// FFmpeg's short name: `aac`, `pcm_alaw`, `pcm_mulaw`; `nil` where there is no sound.
    public var soundCodec: String?
    /// Of a time-lapse.
    public var timelapse: TimelapseDetails?

    public init(
        part: Int, durationMicroseconds: Int64, codec: String, width: Int, height: Int, isWebReady: Bool,
        truncation: ClipTruncation? = nil, soundCodec: String? = nil, timelapse: TimelapseDetails? = nil
    ) {
        self.part = part
        self.durationMicroseconds = durationMicroseconds
        self.codec = codec
        self.width = width
        self.height = height
        self.isWebReady = isWebReady
        isTruncated = false
        self.soundCodec = soundCodec
        self.timelapse = timelapse
        self.truncation = truncation
    }

    /// Why it shows less than the whole; `nil` where it does not.
    public var truncation: ClipTruncation? {
        get { reason ?? (isTruncated ? .interrupted : nil) }
        set {
            isTruncated = newValue != nil
            reason = newValue == .interrupted ? nil : newValue
        }
    }
}
