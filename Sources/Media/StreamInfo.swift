/// What is known about a stream once it is open.
public struct StreamInfo: Sendable {
    /// FFmpeg's short name: `h264`, `hevc`, `mjpeg`, `av1`, `vp9`.
    public var codec: String
    /// `High`, `Main 10`, …; empty where unknown.
    public var profile: String
    /// In pixels; 0 until the first picture where the stream does not say. May change while it plays.
    public var width: Int
    public var height: Int
    /// What the stream claims; `nil` where it claims nothing.
    public var nominalFramesPerSecond: Double?
    /// Whether it plays at its own pace, on the host's timeline; otherwise it is a recording whose timeline starts at 0.
    public var isLive: Bool
    /// Of a recording, where its container says so.
    public var durationSeconds: Double?
    /// Of a recording, where its container says so, or the number of stills.
    public var frameCount: Int?
    /// Of a folder of stills: numbers between the first and the last that have no file.
    public var missingStills: Int
    /// What a `Decoder` is made from.
    public let parameters: CodecParameters
    /// Of the sound that is read with the pictures; `nil` where none was asked for or can be kept.
    public internal(set) var sound: CodecParameters?
    /// Codec of sound that was asked for and cannot be kept.
    public internal(set) var unsupportedSound: String?
}
