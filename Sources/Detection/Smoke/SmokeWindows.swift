import PixelKernels

/// Sums pixels into cells and windows.
struct SmokeWindows {
    /// What is summed over the windows of one plane.
    struct Moments {
        /// Of each cell.
        var mean: CellGrid
        /// Of each window.
        var boxMean: CellGrid
        /// Of each window, never 0.
        var variance: CellGrid
        /// Haar energy of each window.
        var boxEdges: CellGrid
    }

    private static let pixelsOfCell: Float = 64

    private let geometry: SmokeGeometry
    private var columns: [UInt32]
    private var sums: [UInt32]

    init(geometry: SmokeGeometry) {
        self.geometry = geometry
        columns = [UInt32](repeating: 0, count: geometry.width)
        sums = [UInt32](repeating: 0, count: geometry.cells)
    }

    /// Mean of each cell of a luma plane.
    mutating func mean(of plane: borrowing PixelBuffer) -> CellGrid {
        Self.sum(plane, .values(side: CellSums.side), plane, geometry.width, &columns, &sums)
        return grid(scale: 1 / Self.pixelsOfCell)
    }

    /// Mean of each cell of a chroma plane.
    mutating func chroma(of plane: borrowing PixelBuffer) -> CellGrid {
        Self.sum(plane, .values(side: CellSums.side / 2), plane, geometry.width / 2, &columns, &sums)
        return grid(scale: 4 / Self.pixelsOfCell)
    }

    /// Mean Haar energy of each cell.
    mutating func edges(of plane: borrowing PixelBuffer) -> CellGrid {
        Self.sum(plane, .edges, plane, geometry.width, &columns, &sums)
        return grid(scale: 0.5 / 16)
    }

    /// Mean product of two planes over each window.
    mutating func product(of a: borrowing PixelBuffer, and b: borrowing PixelBuffer) -> CellGrid {
        Self.sum(a, .products, b, geometry.width, &columns, &sums)
        return grid(scale: 1 / Self.pixelsOfCell).mean(over: 3)
    }

    /// Mean absolute difference of two planes over each window.
    mutating func difference(of a: borrowing PixelBuffer, and b: borrowing PixelBuffer) -> CellGrid {
        Self.sum(a, .differences, b, geometry.width, &columns, &sums)
        return grid(scale: 1 / Self.pixelsOfCell).mean(over: 3)
    }

    mutating func moments(of plane: borrowing PixelBuffer) -> Moments {
        let mean = self.mean(of: plane)
        let boxMean = mean.mean(over: 3)
        let variance = product(of: plane, and: plane).with(boxMean) { max($0 - $1 * $1, 0) + 0.25 }
        return Moments(mean: mean, boxMean: boxMean, variance: variance, boxEdges: edges(of: plane).mean(over: 3))
    }

    /// Mean, spread, transmission, airlight, residual, homogeneity and edge loss: the haze law I' = tI + (1-t)A fitted
    /// to each window.
    mutating func compare(
        _ luma: borrowing PixelBuffer, _ own: Moments, with plane: borrowing PixelBuffer
    ) -> [CellGrid] {
        let then = moments(of: plane)
        let product = self.product(of: luma, and: plane)
        var (mean, spread, transmission) = (product, product, product)
        var (airlight, residual, homogeneity) = (product, product, product)
        for cell in 0..<geometry.cells {
            let now = own.boxMean.values[cell]
            let before = then.boxMean.values[cell]
            let variance = own.variance.values[cell]
            let thenVariance = then.variance.values[cell]
            let covariance = product.values[cell] - now * before
            let change = now - before
            let deviation = max(variance + thenVariance - 2 * covariance, 0).squareRoot()
            let share = min(max(covariance / (thenVariance + 4), -0.5), 2)
            let light = share < 0.95 ? (now - share * before) / max(1 - share, 0.05) : now
            mean.values[cell] = change
            spread.values[cell] = deviation
            transmission.values[cell] = share
            airlight.values[cell] = min(max(light - before, -128), 128)
            residual.values[cell] = max(variance - covariance * covariance / thenVariance, 0).squareRoot()
            homogeneity.values[cell] = deviation / (abs(change) + 1)
        }
        let edgeLoss = own.boxEdges.with(then.boxEdges) { ($0 + 1) / ($1 + 1) }.logarithms()
        return [mean, spread, transmission, airlight, residual, homogeneity, edgeLoss]
    }

    private enum Summand {
        case values(side: Int)
        case products, differences, edges
    }

    private static func sum(
        _ a: borrowing PixelBuffer, _ summand: Summand, _ b: borrowing PixelBuffer, _ width: Int,
        _ columns: inout [UInt32], _ sums: inout [UInt32]
    ) {
        var scratch = columns.mutableSpan
        var result = sums.mutableSpan
        switch summand {
        case .values(let side):
            CellSums.values(of: a.span, width: width, side: side, columns: &scratch, into: &result)
        case .products: CellSums.products(of: a.span, and: b.span, width: width, columns: &scratch, into: &result)
        case .differences: CellSums.differences(of: a.span, and: b.span, width: width, columns: &scratch, into: &result)
        case .edges: CellSums.edges(of: a.span, width: width, columns: &scratch, into: &result)
        }
    }

    private func grid(scale: Float) -> CellGrid {
        CellGrid(columns: geometry.columns, rows: geometry.rows, sums: sums, scale: scale)
    }
}
