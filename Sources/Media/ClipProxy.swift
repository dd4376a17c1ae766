internal import CFFmpeg
import Domain
import Glibc

/// A copy of a clip that every browser plays: H.264, at most 1920 pixels wide. It serves those who look; the clip itself
/// stays the evidence.
public enum ClipProxy {
    private static let widest = 1_920

    /// Decodes a clip and encodes it anew. Takes a good part of a core for about the time that the clip lasts, or less.
    ///
    /// - Parameters:
    ///   - source: of a clip.
    ///   - target: of a file that is made or replaced; none is left behind where it throws.
    ///   - stop: ends the work.
    /// - Throws: `unreadable` where nothing in `source` can be decoded, `encoding`, `storage`, `stopped`.
    public static func make(of source: String, to target: String, stop: StopFlag) throws(MediaError) {
        do throws(MediaError) {
            let reader = try ClipReader(path: source)
            let kept = try CodecParameters.of(reader)
            var decoder = try Decoder(kept)
            var encoder = WebEncoder(path: target, log: reader.log)
            while let packet = try reader.read() {
                if stop.isRaised { throw stopped(source) }
                try decoder.decode(packet) { (frame) throws(MediaError) in try encoder.write(frame, widest: widest) }
            }
            try decoder.flush { (frame) throws(MediaError) in try encoder.write(frame, widest: widest) }
            guard try encoder.close() else { throw reader.empty }
        } catch {
            _ = unsafe unlink(target)
            throw error
        }
    }

    private static func stopped(_ source: String) -> MediaError {
        MediaError(
            code: .stopped, problem: "'\(source)': stopped while it was made playable", remedy: "Ask for it again")
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
