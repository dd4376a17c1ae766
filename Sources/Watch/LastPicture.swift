import Domain
import Media

/// What a camera saw last, found in what its ring still holds of its stream.
enum LastPicture {
    /// Of a longer group of pictures only the beginning is decoded.
    private static let mostPackets = 500

    /// The last whole picture, with the moment at which it was taken on the host's timeline. Decodes a group of pictures, so
    /// it belongs on a thread that may wait.
    ///
    /// - Returns: `nil` where nothing is held, or nothing of it can be decoded.
    static func of(_ ring: PacketRing) -> CameraSnapshot? {
        var reader = ring.reader(from: MediaTime(microseconds: .max))
        guard let stream = reader.peek?.stream, var decoder = try? Decoder(stream.parameters) else { return nil }
        var last: VideoFrame?
        func keep(_ frame: borrowing VideoFrame) {
            guard !frame.isCorrupt, let shared = frame.share() else { return }
            last = consume shared
        }
        for _ in 0..<Self.mostPackets {
            guard reader.peek?.stream === stream, let item = reader.read() else { break }
            let packet = item.takePacket()
            if !packet.isSound { decoder.decode(packet, keep) }
        }
        decoder.flush(keep)
        guard let picture = last.take() else { return nil }
        let time = picture.captureTime.time + stream.timeOffset
        return try? SnapshotMaker().snapshot(of: picture, at: time, marking: nil)
    }
}
