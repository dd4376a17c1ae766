internal import CFFmpeg

/// Finds the codec's headers (the parameter sets of H.264 and H.265) where a camera sends them among its
/// pictures: they are newer than those of its description, which may even have none.
@safe
struct ParameterSetExtractor: ~Copyable {
    private let filter: UnsafeMutablePointer<AVBSFContext>

    /// - Returns: `nil` where the codec has none, or where they stand outside of the pictures.
    init?(_ parameters: CodecParameters) {
        // A record instead of start codes: the packets come from a file that keeps its headers apart.
        let isApart = parameters.extradata.first == 1
        guard ["h264", "hevc"].contains(parameters.codec), !isApart,
            let kind = unsafe av_bsf_get_by_name("extract_extradata")
        else { return nil }
        var made: UnsafeMutablePointer<AVBSFContext>?
        guard unsafe av_bsf_alloc(kind, &made) >= 0, let context = unsafe made else { return nil }
        guard unsafe avcodec_parameters_copy(context.pointee.par_in, parameters.raw) >= 0,
            unsafe av_bsf_init(context) >= 0
        else {
            unsafe av_bsf_free(&made)
            return nil
        }
        unsafe filter = context
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVBSFContext>? = unsafe filter
        unsafe av_bsf_free(&doomed)
    }

    /// The headers in a packet; `nil` where it has none.
    mutating func headers(in packet: borrowing Packet) -> [UInt8]? {
        guard let copy = unsafe av_packet_clone(packet.raw) else { return nil }
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe copy
        defer { unsafe av_packet_free(&doomed) }
        guard unsafe av_bsf_send_packet(filter, copy) >= 0 else { return nil }
        var found: [UInt8]?
        while unsafe av_bsf_receive_packet(filter, copy) >= 0 {
            var size = 0
            if let data = unsafe av_packet_get_side_data(copy, AV_PKT_DATA_NEW_EXTRADATA, &size), size > 0 {
                found = unsafe Array(UnsafeBufferPointer(start: data, count: size))
            }
            unsafe av_packet_unref(copy)
        }
        return found
    }
}
