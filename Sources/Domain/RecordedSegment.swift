/// A piece of a camera's continuous recording: one MP4 file that begins with a keyframe.
public struct RecordedSegment: Sendable, Equatable, Codable {
    public var camera: CameraID
    /// Capture time of the first picture.
    public var start: MediaTime
    /// From the first picture to the last.
    public var durationMicroseconds: Int64
    /// Relative to the folder of recordings, with `/`.
    public var path: String
    public var bytes: Int
    /// FFmpeg's short name: `h264`, `hevc`, `mjpeg`.
    public var codec: String
    /// In pixels.
    public var width: Int
    public var height: Int
    /// Whether browsers play it as it is; otherwise they get a copy that is derived from it.
    public var isWebReady: Bool
    /// Cut off by a crash or a full disk, and recovered up to there.
    public var isTruncated: Bool
    /// FFmpeg's short name: `aac`, `pcm_alaw`, `pcm_mulaw`; `nil` where there is no sound, or none was noted.
    public var soundCodec: String?
    /// Of the file, lower-case hexadecimal; `nil` in lists of before there were hashes.
    public var sha256: String?

    public init(
        camera: CameraID, start: MediaTime, durationMicroseconds: Int64, path: String, bytes: Int, codec: String,
        width: Int, height: Int, isWebReady: Bool, isTruncated: Bool, soundCodec: String? = nil,
        sha256: String? = nil
    ) {
        self.camera = camera
        self.start = start
        self.durationMicroseconds = durationMicroseconds
        self.path = path
        self.bytes = bytes
        self.codec = codec
        self.width = width
        self.height = height
        self.isWebReady = isWebReady
        self.isTruncated = isTruncated
        self.soundCodec = soundCodec
        self.sha256 = sha256
    }

    /// Capture time of the last picture.
    public var end: MediaTime { start + .microseconds(durationMicroseconds) }
}

/// A time of one camera.
public struct CameraSpan: Sendable, Equatable {
    public var camera: CameraID
    public var start: MediaTime
    /// Not before `start`.
    public var end: MediaTime

    public init(camera: CameraID, start: MediaTime, end: MediaTime) {
        self.camera = camera
        self.start = start
        self.end = end
    }

    /// Whether any part of `segment` lies in it.
    public func touches(_ segment: RecordedSegment) -> Bool {
        camera == segment.camera && segment.start <= end && segment.end >= start
    }
}
