public import PixelKernels

/// An 8-bit picture in YUV 4:2:0: BT.601 colour, limited range, chroma samples in the middle of four pixels.
public struct YUVFrame: Sendable, Equatable {
    public let width: Int
    public let height: Int
    /// `width * height` samples, row by row without padding.
    public var y: [UInt8]
    /// `chromaWidth * chromaHeight` samples.
    public var u: [UInt8]
    /// `chromaWidth * chromaHeight` samples.
    public var v: [UInt8]

    /// A black picture.
    public init(width: Int, height: Int) {
        precondition(width > 0 && height > 0)
        self.width = width
        self.height = height
        let chroma = ((width + 1) / 2) * ((height + 1) / 2)
        y = [UInt8](repeating: 16, count: width * height)
        u = [UInt8](repeating: 128, count: chroma)
        v = [UInt8](repeating: 128, count: chroma)
    }

    public var chromaWidth: Int { (width + 1) / 2 }
    public var chromaHeight: Int { (height + 1) / 2 }

    /// The picture as the detectors take it.
    public func withPicture<Result>(_ body: (borrowing PictureView) throws -> Result) rethrows -> Result {
        let luma = PlaneView(pixels: y.span, width: width, height: height, stride: width)
        let chromaU = PlaneView(pixels: u.span, width: chromaWidth, height: chromaHeight, stride: chromaWidth)
        let chromaV = PlaneView(pixels: v.span, width: chromaWidth, height: chromaHeight, stride: chromaWidth)
        return try body(PictureView(luma: luma, chromaU: chromaU, chromaV: chromaV, range: .limited))
    }
}
