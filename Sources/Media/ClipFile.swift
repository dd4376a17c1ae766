internal import CFFmpeg

/// Makes ordinary clips of what `ClipWriter` or a crash left.
///
/// Reads and writes files, so it belongs on a thread of its own.
public enum ClipFile {
    /// What a clip holds.
    public struct Facts: Sendable, Equatable {
        /// FFmpeg's short name: `h264`, `hevc`, `mjpeg`.
        public var codec: String
        /// In pixels.
        public var width: Int
        public var height: Int
        /// At least 1.
        public var pictures: Int
        /// From the first picture to the last.
        public var duration: Duration
        /// Whether browsers play it as it is: H.264 with 8 bits and 4:2:0, with AAC or without sound.
        public var isWebReady: Bool
        /// FFmpeg's short name: `aac`, `pcm_alaw`, `pcm_mulaw`; `nil` where there is no sound.
        public var soundCodec: String?
        /// Whether its writer closed it; otherwise a crash or a full disk cut it off.
        public var isComplete: Bool
    }

    /// Copies the packets of a fragmented MP4 file into an ordinary one with its index in front, so that players seek at
    /// once. What is damaged at its end, as after a crash, is left out.
    ///
    /// - Parameters:
    ///   - source: of a file that `ClipWriter` wrote, whole or cut off.
    ///   - target: of a file that is made or replaced; none is left behind where it throws.
    /// - Throws: `unreadable` where `source` holds no whole picture, `storage`.
    public static func finish(_ source: String, to target: String) throws(MediaError) -> Facts {
        try finish(source, to: target, in: LocalDisk())
    }

    static func finish(
        _ source: String, to target: String, in storage: any ClipStorage
    ) throws(MediaError) -> Facts {
        let reader = try ClipReader(path: source, in: storage)
        do throws(MediaError) {
            return try copy(reader, to: target, in: storage)
        } catch {
            storage.remove(target)
            throw error
        }
    }

    private static func copy(
        _ reader: borrowing ClipReader, to target: String, in storage: any ClipStorage
    ) throws(MediaError) -> Facts {
        var muxer = unsafe try ClipMuxer(
            path: target, movflags: "faststart", notes: reader.notes, log: reader.log, sound: reader.sound, in: storage
        ) { described in
            unsafe avcodec_parameters_copy(described, reader.parameters)
        }
        var shown: (first: Int64, last: Int64)?
        var pictures = 0
        while let packet = try reader.read() {
            let stamps = unsafe (packet.raw.pointee.pts, packet.raw.pointee.dts)
            if packet.isSound {
                unsafe try muxer.writeSound(packet.raw, at: stamps.0, samples: packet.raw.pointee.duration)
                continue
            }
            // The first packet must be a keyframe; in a file of ours it always is.
            guard pictures > 0 || packet.isKeyframe else { continue }
            unsafe try muxer.write(packet.raw, presentation: stamps.0, decoding: stamps.1)
            shown = (min(shown?.first ?? stamps.0, stamps.0), max(shown?.last ?? stamps.0, stamps.0))
            pictures += 1
        }
        guard let shown else { throw reader.empty }
        try muxer.finish()
        var facts = reader.facts
        facts.pictures = pictures
        facts.duration = .microseconds((shown.last - shown.first) * 100 / 9)
        return facts
    }

    /// What an ordinary file of ours holds. Reads the whole of it. Whether its writer was cut off before it was made
    /// does not stand in it: it counts as complete.
    ///
    /// - Throws: `unreadable` where it holds no whole picture.
    public static func facts(of path: String) throws(MediaError) -> Facts { try facts(of: path, in: LocalDisk()) }

    static func facts(of path: String, in storage: any ClipStorage) throws(MediaError) -> Facts {
        let reader = try ClipReader(path: path, in: storage)
        var shown: (first: Int64, last: Int64)?
        var facts = reader.facts
        facts.isComplete = true
        while let packet = try reader.read() {
            if packet.isSound { continue }
            let stamp = unsafe packet.raw.pointee.pts
            shown = (min(shown?.first ?? stamp, stamp), max(shown?.last ?? stamp, stamp))
            facts.pictures += 1
        }
        guard let shown else { throw reader.empty }
        facts.duration = .microseconds((shown.last - shown.first) * 100 / 9)
        return facts
    }
}
