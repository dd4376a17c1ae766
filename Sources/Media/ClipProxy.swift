internal import CFFmpeg
import Domain

/// A copy of a clip that every browser plays: H.264, at most 1920 pixels wide, with AAC where there is sound. It serves
/// those who look; the clip itself stays the evidence.
public enum ClipProxy {
    private static let widest = 1_920

    /// Encodes anew what browsers do not play, pictures, sound or both, and copies the rest. Takes a good part of a core
    /// for about the time that the clip lasts, or less.
    ///
    /// - Parameters:
    ///   - source: of a clip.
    ///   - target: of a file that is made or replaced; none is left behind where it throws.
    ///   - stop: ends the work.
    /// - Throws: `unreadable` where nothing in `source` can be decoded, `encoding`, `storage`, `stopped`.
    public static func make(of source: String, to target: String, stop: StopFlag) throws(MediaError) {
        try make(of: source, to: target, in: LocalDisk(), stop: stop)
    }

    static func make(
        of source: String, to target: String, in storage: any ClipStorage, stop: StopFlag
    ) throws(MediaError) {
        do throws(MediaError) {
            let reader = try ClipReader(path: source, in: storage)
            if reader.arePicturesWebReady {
                try copyPictures(reader, to: target, in: storage, stop: stop)
            } else {
                try encodePictures(reader, to: target, in: storage, stop: stop)
            }
        } catch {
            storage.remove(target)
            throw error
        }
    }

    private static func encodePictures(
        _ reader: borrowing ClipReader, to target: String, in storage: any ClipStorage, stop: StopFlag
    ) throws(MediaError) {
        var decoder = try Decoder(try CodecParameters.of(reader))
        var encoder = WebEncoder(path: target, in: storage, log: reader.log)
        if let heard = unsafe reader.sound { unsafe try encoder.carry(heard) }
        while let packet = try reader.read() {
            if stop.isRaised { throw stopped(target) }
            if packet.isSound {
                try encoder.take(packet)
                continue
            }
            try decoder.decode(packet) { (frame) throws(MediaError) in try encoder.write(frame, widest: widest) }
        }
        try decoder.flush { (frame) throws(MediaError) in try encoder.write(frame, widest: widest) }
        guard try encoder.close() else { throw reader.empty }
    }

    private static func copyPictures(
        _ reader: borrowing ClipReader, to target: String, in storage: any ClipStorage, stop: StopFlag
    ) throws(MediaError) {
        guard let heard = unsafe reader.sound else { throw reader.empty }
        var sound = unsafe try SoundCopy(of: heard, log: reader.log)
        var muxer = unsafe try ClipMuxer(
            path: target, movflags: "faststart", notes: reader.notes, log: reader.log, sound: sound.parameters,
            in: storage
        ) { described in
            unsafe avcodec_parameters_copy(described, reader.parameters)
        }
        var pictures = 0
        while let packet = try reader.read() {
            if stop.isRaised { throw stopped(target) }
            if packet.isSound {
                try sound.take(packet)
                try sound.write(to: &muxer)
                continue
            }
            let stamps = unsafe (packet.raw.pointee.pts, packet.raw.pointee.dts)
            unsafe try muxer.write(packet.raw, presentation: stamps.0, decoding: stamps.1)
            pictures += 1
        }
        guard pictures > 0 else { throw reader.empty }
        try sound.finish()
        try sound.write(to: &muxer)
        try muxer.finish()
    }

    private static func stopped(_ target: String) -> MediaError {
        MediaError(
            code: .stopped, problem: "'\(target)': stopped while it was made playable", remedy: "Ask for it again")
    }
}

extension CodecParameters {
    fileprivate static func of(_ reader: borrowing ClipReader) throws(MediaError) -> CodecParameters {
        guard
            let copy = unsafe CodecParameters(
                copying: reader.parameters, timeBase: ClipMuxer.timeBase, frameRate: AVRational(num: 0, den: 1),
                log: reader.log)
        else { throw reader.empty }
        return copy
    }
}
