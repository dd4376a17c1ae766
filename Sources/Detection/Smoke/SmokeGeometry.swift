import PixelKernels

/// The size at which smoke is looked for: the source divided by a whole number, in whole cells.
struct SmokeGeometry: Equatable, Sendable {
    /// Fewer cells than these in a direction show no surroundings to compare with.
    private static let fewestCells = 8

    let sourceWidth: Int
    let sourceHeight: Int
    /// Source pixels per working pixel, in either direction.
    let factor: Int
    /// In cells of eight working pixels.
    let columns: Int
    let rows: Int

    var width: Int { columns * CellSums.side }
    var height: Int { rows * CellSums.side }
    var cells: Int { columns * rows }
    var pixels: Int { width * height }

    /// `nil` where the picture is too small to see smoke on.
    init?(sourceWidth: Int, sourceHeight: Int, widest: Int) {
        factor = max(1, (sourceWidth + widest - 1) / widest)
        self.sourceWidth = sourceWidth
        self.sourceHeight = sourceHeight
        columns = sourceWidth / factor / CellSums.side
        rows = sourceHeight / factor / CellSums.side
        guard columns >= Self.fewestCells, rows >= Self.fewestCells, columns <= 1024, rows <= 1024 else { return nil }
    }

    /// How a chroma plane becomes one of half the working size; `nil` where it is too small for that.
    func chromaSubsampling(width chromaWidth: Int, height chromaHeight: Int) -> Subsampling? {
        let across = chromaWidth < sourceWidth ? factor : 2 * factor
        let down = chromaHeight < sourceHeight ? factor : 2 * factor
        guard width / 2 * across <= chromaWidth, height / 2 * down <= chromaHeight else { return nil }
        return Subsampling(across: across, down: down)
    }
}
