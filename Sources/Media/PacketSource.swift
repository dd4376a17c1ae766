/// What a `Demuxer` reads from: a container or stream, or a folder of stills. Used by one thread at a time.
protocol PacketSource: AnyObject {
    var info: StreamInfo { get }
    /// Packets and stills that could not be read and were passed over.
    var unreadable: Int { get }
    /// RTP packets that were lost on the way; `nil` for what is not RTP.
    var lost: Int? { get }
    /// - Returns: `nil` at the end of a recording.
    func read() throws(MediaError) -> Packet?
}
