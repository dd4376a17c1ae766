/// What a camera's stream is doing now, for the stream operator.
public struct CameraStatus: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable, CaseIterable {
        /// Not yet a first picture.
        case connecting
        /// Pictures arrive, the detectors are still learning the scene.
        case learning
        case watching
        /// Watching with less than was asked for; `cause` says what.
        case degraded
        /// No usable picture.
        case blind
        /// The camera or the configuration says no (401, 404, no video): retried seldom.
        case refused
        case off

        /// What people read.
        public func title(in language: Language) -> String {
            let text: (en: String, vi: String) =
                switch self {
                case .connecting: ("connecting", "đang kết nối")
                case .learning: ("learning", "đang học")
                case .watching: ("watching", "đang canh")
                case .degraded: ("degraded", "suy giảm")
                case .blind: ("blind", "không thấy")
                case .refused: ("refused", "bị từ chối")
                case .off: ("off", "tắt")
                }
            return language == .en ? text.en : text.vi
        }
    }

    public var camera: CameraID
    public var name: String
    public var state: State
    /// What is wrong; `nil` while all is well.
    public var fault: CameraFault?
    /// The particulars, for who mends it, in English: addresses, codes, figures, remedy. `nil` while all is well.
    public var cause: String?
    /// Since when it is in this state, on the host's timeline.
    public var since: MediaTime
    /// When this status was taken, on the host's timeline.
    public var updated: MediaTime
    public var width: Int
    public var height: Int
    public var codec: String
    public var counters: StreamCounters

    public init(camera: CameraID, name: String, state: State, since: MediaTime) {
        self.camera = camera
        self.name = name
        self.state = state
        self.since = since
        updated = since
        width = 0
        height = 0
        codec = ""
        counters = StreamCounters()
    }
}

/// What a stream has carried since Lookout started. Everything that was lost is counted somewhere here.
public struct StreamCounters: Sendable, Equatable, Codable {
    public var packets: Int64 = 0
    public var bytes: Int64 = 0
    public var framesDecoded: Int64 = 0
    public var framesAnalysed: Int64 = 0
    /// Packets thrown away before decoding because the decoder could not keep up.
    public var packetsShed: Int64 = 0
    /// Packets that were not decoded because nobody was due to look at their pictures, to which no other one refers.
    public var packetsPassedOver: Int64 = 0
    /// Pictures that detectors would have looked at, had the machine kept up; `nil` before the first.
    public var framesLeftOut: Int64?
    /// Packets that came before their connection's first keyframe, so that nothing could be made of them; `nil` before the
    /// first.
    public var packetsBeforeKeyframe: Int64?
    /// Packets the decoder refused, and pictures it marked as broken.
    public var decodeErrors: Int64 = 0
    public var reconnects: Int64 = 0
    /// Over the last ten seconds or so.
    public var framesPerSecond: Double = 0
    public var bitsPerSecond: Double = 0
    /// RTP packets that were lost on the way; `nil` where nobody counts them.
    public var packetsLost: Int64?
    /// Between keyframes, the mean of late; `nil` before the second one.
    public var keyframeIntervalSeconds: Double?
    /// Smoothed variation of the packets' delay (RFC 3550); `nil` before it has settled.
    public var jitterSeconds: Double?
    /// From a picture's capture to the end of its analysis, the mean of late; `nil` where nothing is analysed.
    public var latencySeconds: Double?
    /// The camera's clock minus the host's; `nil` where the camera does not tell its clock.
    public var clockOffsetSeconds: Double?

    public init() {}
}
