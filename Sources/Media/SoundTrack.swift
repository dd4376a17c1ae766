internal import CFFmpeg

/// Which sound can stand in a clip, and in which kind of file.
enum SoundTrack {
    /// AAC needs its headers; G.711 has none.
    static func isKept(_ parameters: UnsafePointer<AVCodecParameters>) -> Bool {
        guard unsafe parameters.pointee.sample_rate > 0, unsafe channels(parameters) > 0 else { return false }
        let codec = unsafe parameters.pointee.codec_id
        return unsafe isG711(codec) || (codec == AV_CODEC_ID_AAC && parameters.pointee.extradata_size > 0)
    }

    static func isG711(_ codec: AVCodecID) -> Bool { codec == AV_CODEC_ID_PCM_ALAW || codec == AV_CODEC_ID_PCM_MULAW }

    /// Whether browsers play it.
    static func isWebReady(_ parameters: UnsafePointer<AVCodecParameters>) -> Bool {
        unsafe parameters.pointee.codec_id == AV_CODEC_ID_AAC
    }

    /// The container that holds it: MP4 knows no G.711, QuickTime, which is the same otherwise, does.
    static func container(_ parameters: UnsafePointer<AVCodecParameters>?) -> String {
        guard let parameters = unsafe parameters else { return "mp4" }
        return unsafe isG711(parameters.pointee.codec_id) ? "mov" : "mp4"
    }

    static func channels(_ parameters: UnsafePointer<AVCodecParameters>) -> Int32 {
        unsafe parameters.pointee.ch_layout.nb_channels
    }

    /// Samples that a packet of that size holds, as the codec usually has it.
    static func samples(in bytes: Int, _ parameters: UnsafePointer<AVCodecParameters>) -> Int64 {
        guard unsafe isG711(parameters.pointee.codec_id) else {
            return unsafe parameters.pointee.frame_size > 0 ? Int64(parameters.pointee.frame_size) : 1_024
        }
        return unsafe Int64(bytes) / Int64(max(1, channels(parameters)))
    }

    /// Describes sound to a muxer.
    /// - Returns: FFmpeg's status.
    static func describe(
        _ target: UnsafeMutablePointer<AVCodecParameters>, as source: UnsafePointer<AVCodecParameters>
    ) -> Int32 {
        let status = unsafe avcodec_parameters_copy(target, source)
        unsafe target.pointee.codec_tag = 0
        if unsafe target.pointee.codec_id == AV_CODEC_ID_AAC, unsafe target.pointee.frame_size <= 0 {
            unsafe target.pointee.frame_size = 1_024
        }
        return status
    }
}
