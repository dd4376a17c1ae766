internal import CFFmpeg

/// How a picture's pixels lie in memory, for those layouts that detectors read as they are: 8-bit planar YUV with chroma
/// at full size, half width, or half width and height, and monochrome.
struct PlaneLayout: Sendable, Equatable {
    let hasChroma: Bool
    let chromaShiftX: Int
    let chromaShiftY: Int
    let isFullRange: Bool

    /// - Returns: `nil` where the picture must be converted first.
    init?(_ frame: UnsafePointer<AVFrame>) {
        let isTaggedFull = unsafe frame.pointee.color_range == AVCOL_RANGE_JPEG
        switch AVPixelFormat(unsafe frame.pointee.format) {
        case AV_PIX_FMT_YUV420P: self.init(1, 1, isTaggedFull)
        case AV_PIX_FMT_YUVJ420P: self.init(1, 1, true)
        case AV_PIX_FMT_YUV422P: self.init(1, 0, isTaggedFull)
        case AV_PIX_FMT_YUVJ422P: self.init(1, 0, true)
        case AV_PIX_FMT_YUV444P: self.init(0, 0, isTaggedFull)
        case AV_PIX_FMT_YUVJ444P: self.init(0, 0, true)
        case AV_PIX_FMT_GRAY8: self.init(nil, isTaggedFull)
        default: return nil
        }
        guard unsafe hasUsablePlanes(frame) else { return nil }
    }

    private init(_ shiftX: Int, _ shiftY: Int, _ isFullRange: Bool) {
        hasChroma = true
        (chromaShiftX, chromaShiftY) = (shiftX, shiftY)
        self.isFullRange = isFullRange
    }

    private init(_ chroma: Never?, _ isFullRange: Bool) {
        hasChroma = false
        (chromaShiftX, chromaShiftY) = (0, 0)
        self.isFullRange = isFullRange
    }

    /// The chroma planes' size for a picture of this size: rounded up.
    func chromaSize(width: Int, height: Int) -> (columns: Int, rows: Int) {
        ((width + (1 << chromaShiftX) - 1) >> chromaShiftX, (height + (1 << chromaShiftY) - 1) >> chromaShiftY)
    }

    /// Rows may also lie bottom up (negative strides), which a plane view cannot show.
    private func hasUsablePlanes(_ frame: UnsafePointer<AVFrame>) -> Bool {
        let width = unsafe Int(frame.pointee.width)
        let height = unsafe Int(frame.pointee.height)
        guard width > 0, height > 0, unsafe frame.pointee.data.0 != nil, unsafe Int(frame.pointee.linesize.0) >= width
        else { return false }
        guard hasChroma else { return true }
        let columns = chromaSize(width: width, height: height).columns
        return unsafe frame.pointee.data.1 != nil && frame.pointee.data.2 != nil
            && Int(frame.pointee.linesize.1) >= columns && Int(frame.pointee.linesize.2) >= columns
    }
}
