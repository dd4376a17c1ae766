import PixelKernels

/// The size at which a source is analysed: the source divided by a whole number, in even pixels.
struct WorkingGeometry: Equatable {
    /// Anything smaller shows no object.
    static let smallest = 16

    let sourceWidth: Int
    let sourceHeight: Int
    /// Source pixels per working pixel, in either direction.
    let factor: Int
    let width: Int
    let height: Int

    /// Stands for the picture that has not come yet.
    static let none = WorkingGeometry(smallestPicture: ())

    private init(smallestPicture: Void) {
        factor = 1
        sourceWidth = 0
        sourceHeight = 0
        width = 2
        height = 2
    }

    /// `nil` where the picture is too small to see anything on.
    init?(sourceWidth: Int, sourceHeight: Int, workingHeight: Int) {
        guard sourceWidth >= Self.smallest, sourceHeight >= Self.smallest else { return nil }
        var factor = max(1, (sourceHeight + workingHeight / 2) / workingHeight)
        while factor > 1 && (sourceWidth / factor < Self.smallest || sourceHeight / factor < Self.smallest) {
            factor -= 1
        }
        self.factor = factor
        self.sourceWidth = sourceWidth
        self.sourceHeight = sourceHeight
        width = sourceWidth / factor & ~1
        height = sourceHeight / factor & ~1
    }

    var grid: BlockGrid { BlockGrid(across: PixelBlock.across(width: width), down: height / 2) }
    /// Bytes of a row of whole blocks.
    var paddedWidth: Int { grid.across * PixelBlock.width }

    /// Whether rows of such a source are rows of whole blocks as they are.
    func isUnscaled(chromaU: PlaneView, chromaV: PlaneView) -> Bool {
        let whole = Subsampling(across: 1, down: 1)
        return factor == 1 && width == paddedWidth
            && chromaSubsampling(width: chromaU.width, height: chromaU.height) == whole
            && chromaSubsampling(width: chromaV.width, height: chromaV.height) == whole
    }

    /// How a chroma plane becomes one of half the working size; `nil` where it is too small for that.
    func chromaSubsampling(width chromaWidth: Int, height chromaHeight: Int) -> Subsampling? {
        let across = chromaWidth < sourceWidth ? factor : 2 * factor
        let down = chromaHeight < sourceHeight ? factor : 2 * factor
        guard width / 2 * across <= chromaWidth, height / 2 * down <= chromaHeight else { return nil }
        return Subsampling(across: across, down: down)
    }
}
