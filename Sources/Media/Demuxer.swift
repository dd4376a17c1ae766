public import Domain

/// An open source of pictures: an RTSP camera, an HTTP stream, a file or a folder of numbered stills.
///
/// Opening and reading block, so both belong on a thread of their own. Raising the stop flag makes either return.
/// The one wait that cannot be cut short is the operating system's look-up of a host name.
///
/// `@unchecked Sendable`: the handle is the only owner of what it reads from, and cannot be used by two threads at once.
public struct Demuxer: ~Copyable, @unchecked Sendable {
    private let source: any PacketSource

    /// Connects, finds the video track and learns its parameters.
    /// - Throws: `MediaError`; see `MediaError.Code` for what is told apart.
    public init(
        opening source: SourceAddress, options: StreamOptions = StreamOptions(), stop: StopFlag, clock: any HostClock
    ) throws(MediaError) {
        MediaLog.install()
        let address = try StreamAddress(source)
        if address.isLocal, StillReader.isFolder(address.path) {
            self.source = try StillReader(address, options: options, stop: stop)
        } else {
            self.source = try ContainerReader.open(address, options: options, stop: stop, clock: clock)
        }
    }

    /// Reads a recording through custom I/O.
    init(
        reading stream: any ByteStream, options: StreamOptions = StreamOptions(), stop: StopFlag, clock: any HostClock
    ) throws(MediaError) {
        MediaLog.install()
        // Only for messages.
        let name = try StreamAddress(SourceAddress("recording"))
        source = try ContainerReader.open(name, reading: stream, options: options, stop: stop, clock: clock)
    }

    public var info: StreamInfo { source.info }

    /// Packets or stills that were passed over because they could not be read.
    public var unreadableCount: Int { source.unreadable }

    /// RTP packets that were lost on the way, as FFmpeg reports them (in its log, and nowhere else); `nil` for what is not
    /// RTP.
    public var lostPacketCount: Int? { source.lost }

    /// The next packet of the video track, in decoding order.
    /// - Returns: `nil` at the end of a recording. A live stream has no end: it throws `ended`.
    public mutating func read() throws(MediaError) -> Packet? { try source.read() }
}
