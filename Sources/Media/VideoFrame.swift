internal import CFFmpeg
public import Domain
public import PixelKernels

/// One decoded picture.
///
/// `@unchecked Sendable`: the handle is the picture's only owner, and libavutil counts the references of its pixels
/// atomically. Nothing writes to the pixels once the decoder has delivered them.
@safe
public struct VideoFrame: ~Copyable, @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVFrame>
    public let captureTime: CaptureTime
    /// In pixels, at least 1. May differ from one picture to the next.
    public let width: Int
    public let height: Int
    public let isKeyframe: Bool
    /// Parts of it are missing, or it refers to pictures that are.
    public let isCorrupt: Bool
    let layout: PlaneLayout

    /// Takes over `raw`, which holds a picture of `layout`.
    init(
        adopting raw: UnsafeMutablePointer<AVFrame>, layout: PlaneLayout, captureTime: CaptureTime, isKeyframe: Bool,
        isCorrupt: Bool
    ) {
        unsafe self.raw = raw
        self.layout = layout
        self.captureTime = captureTime
        self.isKeyframe = isKeyframe
        self.isCorrupt = isCorrupt
        width = unsafe Int(raw.pointee.width)
        height = unsafe Int(raw.pointee.height)
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe raw
        unsafe av_frame_free(&doomed)
    }

    /// Shows the planes as the decoder left them, without a copy.
    public func withPicture<R: ~Copyable, E>(_ body: (borrowing PictureView) throws(E) -> R) throws(E) -> R {
        let range: SampleRange = layout.isFullRange ? .full : .limited
        let pixels = unsafe raw.pointee.data
        let strides = unsafe raw.pointee.linesize
        let lumaBytes = unsafe Self.plane(pixels.0, strides.0, width, height)
        let luma = unsafe PlaneView(pixels: lumaBytes.span, width: width, height: height, stride: Int(strides.0))
        guard layout.hasChroma else {
            return try body(PictureView(luma: luma, chromaU: nil, chromaV: nil, range: range))
        }
        let (columns, rows) = layout.chromaSize(width: width, height: height)
        let uBytes = unsafe Self.plane(pixels.1, strides.1, columns, rows)
        let vBytes = unsafe Self.plane(pixels.2, strides.2, columns, rows)
        let u = unsafe PlaneView(pixels: uBytes.span, width: columns, height: rows, stride: Int(strides.1))
        let v = unsafe PlaneView(pixels: vBytes.span, width: columns, height: rows, stride: Int(strides.2))
        return try body(PictureView(luma: luma, chromaU: u, chromaV: v, range: range))
    }

    /// Another handle on the same pixels: explicit, since it keeps the decoder's buffer from being used again.
    /// - Returns: `nil` when memory is short.
    public func share() -> VideoFrame? {
        guard let copy = unsafe av_frame_clone(raw) else { return nil }
        return unsafe VideoFrame(
            adopting: copy, layout: layout, captureTime: captureTime, isKeyframe: isKeyframe, isCorrupt: isCorrupt)
    }

    /// The same picture in memory of its own, all of which goes back with the last handle on it. For what is kept for
    /// long: a decoder whose buffer is held makes itself one more, and never gives that up.
    /// - Returns: `nil` when memory is short.
    public func copy() -> VideoFrame? {
        guard let copy = unsafe av_frame_alloc() else { return nil }
        unsafe (copy.pointee.width, copy.pointee.height) = (raw.pointee.width, raw.pointee.height)
        unsafe copy.pointee.format = raw.pointee.format
        guard unsafe av_frame_get_buffer(copy, 0) >= 0, unsafe av_frame_copy(copy, raw) >= 0,
            unsafe av_frame_copy_props(copy, raw) >= 0
        else {
            var doomed: UnsafeMutablePointer<AVFrame>? = unsafe copy
            unsafe av_frame_free(&doomed)
            return nil
        }
        return unsafe VideoFrame(
            adopting: copy, layout: layout, captureTime: captureTime, isKeyframe: isKeyframe, isCorrupt: isCorrupt)
    }

    private static func plane(
        _ start: UnsafeMutablePointer<UInt8>?, _ stride: Int32, _ width: Int, _ height: Int
    ) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: start, count: Int(stride) * (height - 1) + width)
    }
}
