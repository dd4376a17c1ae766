internal import CFFmpeg
public import Domain
import Glibc

/// Writes packets of a camera into an MP4 file as they are, without decoding them.
///
/// The file is fragmented: what a crash leaves can be played up to the last whole fragment. `ClipFile.finish` makes an
/// ordinary file of it. Blocks on the disk, so it belongs on a thread of its own.
///
/// `@unchecked Sendable`: the handle is the only owner of what it writes with, and cannot be used by two threads at once.
public struct ClipWriter: ~Copyable, @unchecked Sendable {
    /// Fragments are about this long: what a crash costs.
    private static let fragmentTicks: Int64 = 90_000

    private var muxer: ClipMuxer
    private var timing: ClipTiming
    private var extractor: ParameterSetExtractor?
    private let codec: String
    private let sound: CodecParameters?
    private var soundTiming: SoundTiming
    /// Of a stream that has them among its pictures.
    private let sets: ParameterSets?
    /// In an H.265 file that says that all of them stand in its front none may stand among the pictures.
    private let mustBeApart: Bool
    private var fragmentStart: Int64 = 0
    /// The last packet that went in, in ticks.
    private var lastDecoding: Int64

    /// Capture time of the first packet, on the timeline of the times that are passed in.
    public let firstTime: MediaTime
    /// The latest capture time so far.
    public private(set) var lastTime: MediaTime
    public private(set) var packetCount: Int
    public private(set) var byteCount: Int

    /// Makes the file and writes the first packet into it.
    ///
    /// - Parameters:
    ///   - path: of a file that is made or replaced.
    ///   - keyframe: is decoded once, to learn what no camera says beforehand: the size of its pictures.
    ///   - time: its capture time.
    ///   - reorderDepth: by how many places pictures are shown later than they were sent.
    ///   - sound: of the sound that comes with the pictures; `nil` where there is none.
    /// - Throws: `badStream` where the keyframe gives no picture or lacks its headers, `unsupportedCodec`, `storage`.
    public init(
        path: String, parameters: CodecParameters, keyframe: borrowing Packet, time: MediaTime, reorderDepth: Int,
        sound: CodecParameters? = nil
    ) throws(MediaError) {
        var extractor = ParameterSetExtractor(parameters)
        let found = extractor?.headers(in: keyframe) ?? parameters.extradata
        let sets = extractor == nil ? nil : ParameterSets(found, codec: parameters.codec)
        let isApart = parameters.codec == "hevc" && sets?.isComplete == true
        let size = try Self.pictureSize(of: keyframe, parameters)
        var muxer = unsafe try ClipMuxer(
            path: path, movflags: Self.fragmented(sound), log: parameters.log, sound: sound?.raw
        ) { target in
            let status = unsafe avcodec_parameters_copy(target, parameters.raw)
            guard status >= 0 else { return status }
            unsafe (target.pointee.width, target.pointee.height) = (Int32(size.width), Int32(size.height))
            if isApart { unsafe target.pointee.codec_tag = ClipMuxer.setsApart }
            return unsafe target.setExtradata(sets?.bytes ?? found)
        }
        let rate = parameters.frameRate
        let interval = rate.num > 0 && rate.den > 0 ? 90_000 * Int64(rate.den) / Int64(rate.num) : 3_600
        var timing = ClipTiming(depth: reorderDepth, interval: min(max(1, interval), 90_000))
        lastDecoding = try Self.put(keyframe, without: isApart ? sets : nil, at: .zero, &muxer, &timing)
        self.muxer = muxer
        self.timing = timing
        self.extractor = extractor
        codec = parameters.codec
        self.sound = sound
        soundTiming = SoundTiming(sampleRate: sound?.sampleRate ?? 0)
        self.sets = sets
        mustBeApart = isApart
        firstTime = time
        lastTime = time
        packetCount = 1
        byteCount = keyframe.byteCount
    }

    /// Sound that begins later than the pictures keeps its place.
    private static func fragmented(_ sound: CodecParameters?) -> String {
        "empty_moov+default_base_moof+frag_custom" + (sound == nil ? "" : "+frag_discont")
    }

    /// Whether `packet` may follow: a camera that changes its picture's size or coding needs a new file.
    public mutating func accepts(_ packet: borrowing Packet) -> Bool {
        guard packet.isKeyframe, let bytes = extractor?.headers(in: packet),
            let found = ParameterSets(bytes, codec: codec)
        else { return true }
        return sets?.cover(found) ?? false
    }

    /// Writes the next packet, in decoding order. What is shown before the first keyframe refers to what the clip does not
    /// hold, and is left out.
    /// - Parameter time: its capture time, on the timeline of the first one.
    /// - Throws: `storage`.
    public mutating func write(_ packet: borrowing Packet, time: MediaTime) throws(MediaError) {
        guard time >= firstTime else { return }
        guard !packet.isSound else { return try writeSound(packet, time: time) }
        if lastDecoding - fragmentStart >= Self.fragmentTicks {
            try muxer.endFragment()
            fragmentStart = lastDecoding
        }
        lastDecoding = try Self.put(
            packet, without: mustBeApart ? sets : nil, at: time - firstTime, &muxer, &timing)
        lastTime = max(lastTime, time)
        packetCount += 1
        byteCount += packet.byteCount
    }

    private mutating func writeSound(_ packet: borrowing Packet, time: MediaTime) throws(MediaError) {
        guard let sound else { return }
        let length = unsafe av_rescale_q(
            packet.raw.pointee.duration, sound.timeBase, AVRational(num: 1, den: sound.sampleRate))
        let samples = length > 0 ? length : sound.samples(in: packet.byteCount)
        guard let place = soundTiming.place(at: (time - firstTime).inSeconds, samples: samples) else { return }
        guard let copy = packet.share() else { throw ImageEncoder.failed(-ENOMEM) }
        unsafe try muxer.writeSound(copy.raw, at: place, samples: samples)
        byteCount += packet.byteCount
    }

    /// - Parameter sets: are left out; a picture that brings others keeps those.
    /// - Returns: its decoding time, in ticks.
    private static func put(
        _ packet: borrowing Packet, without sets: ParameterSets?, at time: Duration, _ muxer: inout ClipMuxer,
        _ timing: inout ClipTiming
    ) throws(MediaError) -> Int64 {
        let stamps = timing.stamps(presentation: (time.inMicroseconds * 9 + 50) / 100)
        let bytes = sets?.removed(from: packet)
        guard let copy = bytes.map({ packet.replacing($0) }) ?? packet.share() else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        unsafe try muxer.write(copy.raw, presentation: stamps.presentation, decoding: stamps.decoding)
        return stamps.decoding
    }

    /// Completes the file. Without it the file holds everything up to the last whole fragment.
    /// - Throws: `storage`.
    public consuming func close() throws(MediaError) { try muxer.finish() }

    /// Hands what was written so far to the system, so that it outlives this process.
    /// - Throws: `storage`.
    public mutating func flush() throws(MediaError) {
        guard lastDecoding > fragmentStart else { return }
        try muxer.endFragment()
        fragmentStart = lastDecoding
    }

    private static func pictureSize(
        of keyframe: borrowing Packet, _ parameters: CodecParameters
    ) throws(MediaError) -> (width: Int, height: Int) {
        var decoder = try Decoder(parameters)
        var size: (width: Int, height: Int)?
        decoder.decode(keyframe) { size = ($0.width, $0.height) }
        decoder.flush { size = ($0.width, $0.height) }
        guard let size else {
            throw MediaError(
                code: .badStream, problem: "A keyframe gives no picture, so that no clip can begin with it",
                remedy: "Nothing needs to be done where it is a single one; otherwise set transport tcp")
        }
        return size
    }
}

extension UnsafeMutablePointer<AVCodecParameters> {
    /// Replaces the codec's headers.
    /// - Returns: FFmpeg's status.
    fileprivate func setExtradata(_ bytes: [UInt8]) -> Int32 {
        guard let copy = unsafe av_mallocz(bytes.count + Int(AV_INPUT_BUFFER_PADDING_SIZE)) else { return -ENOMEM }
        unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
        unsafe av_freep(&pointee.extradata)
        unsafe pointee.extradata = copy.assumingMemoryBound(to: UInt8.self)
        unsafe pointee.extradata_size = Int32(bytes.count)
        return 0
    }
}
