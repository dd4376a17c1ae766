internal import CFFmpeg
public import PixelKernels

/// Makes 8-bit gray PNG files of single planes: detectors' masks, pixel for pixel.
///
/// `@unchecked Sendable`: the handle is the only owner of its encoder, and cannot be used by two threads at once.
public struct PNGWriter: ~Copyable, @unchecked Sendable {
    private var encoder = ImageEncoder(codec: AV_CODEC_ID_PNG, quality: nil)

    public init() { MediaLog.install() }

    /// The bytes of a PNG file of the plane's size, each byte a gray value.
    /// - Throws: `encoding`.
    public mutating func write(_ plane: borrowing PlaneView) throws(MediaError) -> [UInt8] {
        guard plane.width <= 1 << 15, plane.height <= 1 << 15, let frame = unsafe av_frame_alloc() else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe frame
        defer { unsafe av_frame_free(&doomed) }
        unsafe (frame.pointee.width, frame.pointee.height) = (Int32(plane.width), Int32(plane.height))
        unsafe frame.pointee.format = AV_PIX_FMT_GRAY8.rawValue
        unsafe frame.pointee.color_range = AVCOL_RANGE_JPEG
        guard unsafe av_frame_get_buffer(frame, 0) >= 0, let start = unsafe frame.pointee.data.0 else {
            throw ImageEncoder.failed(-ENOMEM)
        }
        let stride = unsafe Int(frame.pointee.linesize.0)
        for y in 0..<plane.height {
            let row = plane.row(y)
            unsafe row.withUnsafeBufferPointer { source in
                guard let first = source.baseAddress else { return }
                unsafe (start + y * stride).update(from: first, count: source.count)
            }
        }
        return try unsafe encoder.encode(frame)
    }
}
