/// How a stream is opened and decoded.
public struct StreamOptions: Sendable, Equatable {
    /// How RTP packets travel from an RTSP camera.
    public enum Transport: String, Sendable, CaseIterable {
        /// Interleaved in the RTSP connection: nothing is lost, and it passes firewalls.
        case tcp
        /// Datagrams: a lost one breaks pictures until the next keyframe.
        case udp
        /// TCP first; UDP where the camera refuses TCP.
        case automatic
    }

    public var transport: Transport
    /// For connecting and for recognising the stream, together.
    public var openTimeout: Duration
    /// The longest wait for one packet.
    public var readTimeout: Duration
    /// Pictures a second of a folder of numbered stills; `nil` means 25.
    public var stillsPerSecond: Double?
    /// Leaves out the deblocking filter: a quarter to a third less decoding time, slightly blocky pictures that drift
    /// until the next keyframe.
    public var skipsLoopFilter: Bool
    /// Whether sound is asked for and read, too, where it can be kept: AAC, G.711. Who reads gets packets of both.
    public var keepsSound = false
    /// Larger pictures are refused before memory is taken for them.
    public var maximumPixels: Int

    public init(
        transport: Transport = .tcp, openTimeout: Duration = .seconds(10), readTimeout: Duration = .seconds(10),
        stillsPerSecond: Double? = nil, skipsLoopFilter: Bool = false, maximumPixels: Int = 64 << 20
    ) {
        self.transport = transport
        self.openTimeout = openTimeout
        self.readTimeout = readTimeout
        self.stillsPerSecond = stillsPerSecond
        self.skipsLoopFilter = skipsLoopFilter
        self.maximumPixels = maximumPixels
    }
}
