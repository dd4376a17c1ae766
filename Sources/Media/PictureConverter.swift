internal import CFFmpeg

/// Scales pictures and converts their pixel format, with swscale. Not for the hot path.
@safe
struct PictureConverter: ~Copyable {
    private var context: OpaquePointer?

    init() { unsafe context = nil }

    deinit { unsafe sws_freeContext(context) }

    /// What a converted picture looks like.
    struct Target {
        let width: Int32
        let height: Int32
        let format: AVPixelFormat
        let isFullRange: Bool
    }

    /// A new picture with the contents of `source`; the caller frees it.
    /// - Returns: `nil` where swscale cannot convert it or memory is short.
    mutating func convert(_ source: UnsafePointer<AVFrame>, to target: Target) -> UnsafeMutablePointer<AVFrame>? {
        let format = AVPixelFormat(unsafe source.pointee.format)
        let (width, height) = unsafe (source.pointee.width, source.pointee.height)
        unsafe context = sws_getCachedContext(
            context, width, height, format, target.width, target.height, target.format, SWS_AREA, nil, nil, nil)
        guard let context = unsafe context, let copy = unsafe av_frame_alloc() else { return nil }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe copy
        unsafe (copy.pointee.width, copy.pointee.height) = (target.width, target.height)
        unsafe copy.pointee.format = target.format.rawValue
        unsafe copy.pointee.color_range = target.isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        unsafe setRanges(context, source, format, target)
        guard unsafe av_frame_get_buffer(copy, 0) >= 0, unsafe sws_scale_frame(context, copy, source) >= 0 else {
            unsafe av_frame_free(&doomed)
            return nil
        }
        unsafe copy.pointee.flags = source.pointee.flags
        return unsafe copy
    }

    private func setRanges(
        _ context: OpaquePointer, _ source: UnsafePointer<AVFrame>, _ format: AVPixelFormat, _ target: Target
    ) {
        let isFull = unsafe Self.isFullRange(source, format)
        let matrix = unsafe sws_getCoefficients(SWS_CS_ITU601)
        unsafe sws_setColorspaceDetails(
            context, matrix, isFull ? 1 : 0, matrix, target.isFullRange ? 1 : 0, 0, 1 << 16, 1 << 16)
    }

    /// Whether the numbers of a picture go from 0 to 255 (or the like for more bits).
    static func isFullRange(_ frame: UnsafePointer<AVFrame>, _ format: AVPixelFormat) -> Bool {
        switch format {
        case AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUVJ422P, AV_PIX_FMT_YUVJ444P, AV_PIX_FMT_YUVJ440P, AV_PIX_FMT_YUVJ411P:
            true
        default: unsafe frame.pointee.color_range == AVCOL_RANGE_JPEG
        }
    }
}
