internal import CFFmpeg
public import Domain

/// Makes JPEG files of pictures: snapshots, the live view.
///
/// `@unchecked Sendable`: the handle is the only owner of its encoder, and cannot be used by two threads at once.
public struct JPEGWriter: ~Copyable, @unchecked Sendable {
    private var encoder: ImageEncoder
    private var converter = PictureConverter()

    /// - Parameter quality: 1 (smallest file) to 100 (best picture).
    public init(quality: Int = 85) {
        MediaLog.install()
        // The encoder's quantiser scale runs from 2 to 31, downwards.
        let share = Double(100 - min(100, max(1, quality))) / 99
        encoder = ImageEncoder(codec: AV_CODEC_ID_MJPEG, quality: Int32((2 + 29 * share * share).rounded()))
    }

    /// The bytes of a JPEG file (4:2:0, full range).
    /// - Parameters:
    ///   - maximumWidth: in pixels; a wider picture is scaled down with its proportions. `nil`: as it is.
    ///   - box: drawn as a yellow frame with a dark edge on a copy; the picture itself is not touched.
    /// - Throws: `encoding`.
    public mutating func write(
        _ frame: borrowing VideoFrame, maximumWidth: Int? = nil, box: Box? = nil
    ) throws(MediaError) -> [UInt8] {
        try unsafe encode(
            frame.raw, width: frame.width, height: frame.height, maximumWidth: maximumWidth, box: box)
    }

    /// The bytes of a JPEG file of a part of a picture.
    /// - Parameters:
    ///   - area: as fractions of the picture; cut to what lies inside it.
    ///   - maximumWidth: in pixels; a wider part is scaled down with its proportions.
    /// - Throws: `encoding`.
    public mutating func write(
        _ frame: borrowing VideoFrame, of area: Box, maximumWidth: Int
    ) throws(MediaError) -> [UInt8] {
        guard let part = frame.share() else { throw ImageEncoder.failed(-ENOMEM) }
        func place(_ fraction: Double, _ count: Int) -> Int {
            fraction.isFinite ? Int(min(1, max(0, fraction)) * Double(count)) : 0
        }
        let left = min(place(area.x, frame.width), frame.width - 1)
        let top = min(place(area.y, frame.height), frame.height - 1)
        let width = max(1, place(area.maxX, frame.width) - left)
        let height = max(1, place(area.maxY, frame.height) - top)
        unsafe (part.raw.pointee.crop_left, part.raw.pointee.crop_top) = (left, top)
        unsafe part.raw.pointee.crop_right = frame.width - left - width
        unsafe part.raw.pointee.crop_bottom = frame.height - top - height
        let status = unsafe av_frame_apply_cropping(part.raw, Int32(AV_FRAME_CROP_UNALIGNED))
        guard status >= 0 else { throw ImageEncoder.failed(status) }
        return try unsafe encode(part.raw, width: width, height: height, maximumWidth: maximumWidth, box: nil)
    }

    private mutating func encode(
        _ picture: UnsafePointer<AVFrame>, width whole: Int, height wholeHeight: Int, maximumWidth: Int?, box: Box?
    ) throws(MediaError) -> [UInt8] {
        let width = min(whole, max(16, maximumWidth ?? whole))
        let height = max(1, (wholeHeight * width + whole / 2) / whole)
        let target = PictureConverter.Target(
            width: Int32(width), height: Int32(height), format: AV_PIX_FMT_YUVJ420P, isFullRange: true)
        guard let copy = unsafe converter.convert(picture, to: target) else { throw ImageEncoder.failed(-ENOMEM) }
        var doomed: UnsafeMutablePointer<AVFrame>? = unsafe copy
        defer { unsafe av_frame_free(&doomed) }
        if let box { unsafe Self.draw(box, on: copy) }
        return try unsafe encoder.encode(copy)
    }

    // MARK: - The box

    private static func draw(_ box: Box, on frame: UnsafeMutablePointer<AVFrame>) {
        let (width, height) = unsafe (Int(frame.pointee.width), Int(frame.pointee.height))
        // Half again as thick for larger pictures, so that it is seen when the picture is shown small.
        let line = max(2, width / 320)
        func pixel(_ fraction: Double, _ count: Int) -> Int {
            fraction.isFinite ? Int((min(1, max(0, fraction)) * Double(count)).rounded()) : 0
        }
        let left = pixel(box.x, width)
        let right = pixel(box.maxX, width)
        let top = pixel(box.y, height)
        let bottom = pixel(box.maxY, height)
        let outline = [
            (left - line, top - line, right + line, top), (left - line, bottom, right + line, bottom + line),
            (left - line, top, left, bottom), (right, top, right + line, bottom),
        ]
        for (x0, y0, x1, y1) in outline {
            unsafe fill(frame, x0 - 1, y0 - 1, x1 + 1, y1 + 1, luma: 16, u: 128, v: 128)
        }
        for (x0, y0, x1, y1) in outline {
            unsafe fill(frame, x0, y0, x1, y1, luma: 226, u: 1, v: 149)
        }
    }

    /// Fills the part of a rectangle that lies inside a 4:2:0 picture.
    private static func fill(
        _ frame: UnsafeMutablePointer<AVFrame>, _ x0: Int, _ y0: Int, _ x1: Int, _ y1: Int, luma: UInt8, u: UInt8,
        v: UInt8
    ) {
        let (width, height) = unsafe (Int(frame.pointee.width), Int(frame.pointee.height))
        let columns = max(0, x0)..<max(0, x0, min(width, x1))
        let rows = max(0, y0)..<max(0, y0, min(height, y1))
        guard !columns.isEmpty, !rows.isEmpty else { return }
        let pixels = unsafe frame.pointee.data
        let strides = unsafe frame.pointee.linesize
        func paint(_ plane: UnsafeMutablePointer<UInt8>?, _ stride: Int32, shift: Int, _ value: UInt8) {
            guard let plane = unsafe plane else { return }
            let first = columns.lowerBound >> shift
            let count = (columns.upperBound - 1) >> shift - first + 1
            for row in rows.lowerBound >> shift...(rows.upperBound - 1) >> shift {
                unsafe (plane + row * Int(stride) + first).update(repeating: value, count: count)
            }
        }
        unsafe paint(pixels.0, strides.0, shift: 0, luma)
        unsafe paint(pixels.1, strides.1, shift: 1, u)
        unsafe paint(pixels.2, strides.2, shift: 1, v)
    }
}
