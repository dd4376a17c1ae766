import PixelKernels

/// The size at which smoke is looked for: the source divided by a whole number, or doubled, in whole cells.
struct SmokeGeometry: Equatable, Sendable {
    /// Fewer cells than these in a direction show no surroundings to compare with.
    private static let fewestCells = 8

    let sourceWidth: Int
    let sourceHeight: Int
    /// Source pixels that become one, in either direction.
    let factor: Int
    /// Working pixels that each of these becomes, in either direction: 1 or 2.
    let enlargement: Int
    /// In cells of eight working pixels.
    let columns: Int
    let rows: Int

    var width: Int { columns * CellSums.side }
    var height: Int { rows * CellSums.side }
    var cells: Int { columns * rows }
    var pixels: Int { width * height }

    /// `nil` where the picture is too small to see smoke on.
    ///
    /// - Parameter enlarges: whether a picture is doubled that is then no wider than `widest`.
    init?(sourceWidth: Int, sourceHeight: Int, widest: Int, enlarges: Bool = false) {
        factor = max(1, (sourceWidth + widest - 1) / widest)
        enlargement = enlarges && 2 * sourceWidth <= widest ? 2 : 1
        self.sourceWidth = sourceWidth
        self.sourceHeight = sourceHeight
        columns = sourceWidth * enlargement / factor / CellSums.side
        rows = sourceHeight * enlargement / factor / CellSums.side
        guard columns >= Self.fewestCells, rows >= Self.fewestCells, columns <= 1024, rows <= 1024 else { return nil }
    }

    /// How a chroma plane becomes one of half the working size; `nil` where it is too small for that.
    func chromaSubsampling(width chromaWidth: Int, height chromaHeight: Int) -> Subsampling? {
        let across = chromaWidth < sourceWidth ? factor : 2 * factor
        let down = chromaHeight < sourceHeight ? factor : 2 * factor
        guard width / enlargement / 2 * across <= chromaWidth, height / enlargement / 2 * down <= chromaHeight else {
            return nil
        }
        return Subsampling(across: across, down: down)
    }
}
