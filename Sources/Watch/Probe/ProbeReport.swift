public import Domain

/// What a probe says about a stream: one verdict, one sentence, and the figures behind it.
public struct ProbeReport: Sendable, Encodable {
    public enum Verdict: String, Sendable, Encodable, CaseIterable {
        case healthy
        /// No way to that host, or nothing there answers.
        case unreachable
        /// The host is there, nothing listens at that port.
        case refused
        /// It wants a user and password, or other ones.
        case wrongPassword = "wrong-password"
        /// There is no stream of that name.
        case wrongPath = "wrong-path"
        case noVideo = "no-video"
        case unsupportedCodec = "unsupported-codec"
        /// Connected, and then nothing comes, or no more.
        case stalled
        /// Packets come, but none that decoding could begin with.
        case noKeyframe = "no-keyframe"
        /// Packets come that give no picture, or broken ones.
        case broken
        /// The camera says no for another reason, or what arrives is no stream.
        case rejected
    }

    /// What was measured; `nil` where it could not be.
    public struct Figures: Sendable, Encodable, Equatable {
        public var transport: String?
        public var codec = ""
        public var profile = ""
        /// Codec of the sound; `nil` where there is none, or the camera refuses it.
        public var soundCodec: String?
        /// Whether `audio: true` would keep that sound.
        public var isSoundKept: Bool?
        public var width = 0
        public var height = 0
        public var measuredSeconds = 0.0
        public var packets = 0
        public var pictures = 0
        public var framesPerSecond: Double?
        public var nominalFramesPerSecond: Double?
        public var keyframeIntervalSeconds: Double?
        public var bitsPerSecond: Double?
        public var jitterSeconds: Double?
        /// The camera's clock minus the host's; `nil` where the camera does not tell its clock.
        public var clockOffsetSeconds: Double?
        public var decodeErrors = 0
        /// RTP packets that were lost on the way; `nil` where nobody counts them.
        public var packetsLost: Int?
        /// From the call to the first whole picture.
        public var firstPictureSeconds: Double?

        public init() {}
    }

    public var verdict: Verdict
    /// The same in the words that the dashboard uses; `nil` where all is well.
    public var fault: CameraFault?
    /// What is wrong and what helps, or that all is well.
    public var sentence: String
    /// What works but should be better, one sentence each.
    public var remarks: [String]
    public var figures: Figures
    /// Without passwords.
    public var address: String

    public var isHealthy: Bool { verdict == .healthy }
}
