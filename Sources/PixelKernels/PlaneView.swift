/// A borrowed view of one plane of 8-bit pixels, as a decoder or a detector's own buffer holds it.
///
/// Row `y` starts at `y * stride` of `pixels`; the bytes between `width` and `stride` are padding that may hold
/// anything. The view cannot outlive the memory that it looks at.
public struct PlaneView: ~Escapable {
    /// `stride * (height - 1) + width` bytes at least.
    public let pixels: Span<UInt8>
    public let width: Int
    public let height: Int
    /// Bytes from one row to the next, at least `width`.
    public let stride: Int

    @_lifetime(copy pixels)
    public init(pixels: Span<UInt8>, width: Int, height: Int, stride: Int) {
        precondition(width > 0 && height > 0 && stride >= width && pixels.count >= stride * (height - 1) + width)
        self.pixels = pixels
        self.width = width
        self.height = height
        self.stride = stride
    }

    /// Row `y` without its padding.
    @_lifetime(copy self)
    public func row(_ y: Int) -> Span<UInt8> {
        precondition(y >= 0 && y < height)
        return pixels.extracting(y * stride..<y * stride + width)
    }
}

/// How the decoder's numbers map to light.
public enum SampleRange: Sendable, Hashable {
    /// Y from 16 to 235, U and V from 16 to 240.
    case limited
    /// All from 0 to 255.
    case full
}

/// A borrowed view of one 8-bit planar YUV picture as decoded. A monochrome picture has no chroma planes.
public struct PictureView: ~Escapable {
    public let luma: PlaneView
    /// U and V planes, of the same size: the luma size divided by 1 or 2 in each direction, rounded up.
    public let chromaU: PlaneView?
    public let chromaV: PlaneView?
    public let range: SampleRange

    @_lifetime(copy luma, copy chromaU, copy chromaV)
    public init(luma: PlaneView, chromaU: PlaneView?, chromaV: PlaneView?, range: SampleRange) {
        self.luma = luma
        self.chromaU = chromaU
        self.chromaV = chromaV
        self.range = range
    }

    public var width: Int { luma.width }
    public var height: Int { luma.height }
}
