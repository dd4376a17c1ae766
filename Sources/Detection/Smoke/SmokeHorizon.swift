/// Where the sky ends: the path through the cells, column by column and at most two up or down from one to the next, of
/// the strongest step from bright and smooth above to dark and rough below. Found by Viterbi's algorithm (1967).
enum SmokeHorizon {
    /// Cells above and below a row that its step is measured over.
    private static let reach = 4
    private static let climbs = [-2, -1, 0, 1, 2]
    private static let climbCost: Float = 3
    private static let never: Float = -1e9

    /// - Parameters:
    ///   - mean: luma of each cell.
    ///   - edges: how much edge each cell holds.
    static func path(mean: CellGrid, edges: CellGrid) -> [Int] {
        let light = step(mean)
        let rough = step(edges)
        let score = light.with(rough) { min(max($0, -10), 40) - 4 * min(max($1, -10), 10) }
        let rows = mean.rows
        var best = (0..<rows).map { score[$0, 0] }
        var back = [[Int]](repeating: [], count: mean.columns)
        for column in 1..<mean.columns {
            var next = best
            var from = [Int](repeating: 0, count: rows)
            for row in 0..<rows {
                var highest = -Float.infinity
                for climb in climbs {
                    let isInside = row + climb >= 0 && row + climb < rows
                    let value = isInside ? best[row + climb] - climbCost * Float(abs(climb)) : never
                    guard value > highest else { continue }
                    highest = value
                    from[row] = row + climb
                }
                next[row] = highest + score[row, column]
            }
            best = next
            back[column] = from
        }
        var path = [Int](repeating: 0, count: mean.columns)
        var row = best.indices.max { best[$0] < best[$1] || (best[$0] == best[$1] && $0 > $1) } ?? 0
        for column in stride(from: mean.columns - 1, through: 0, by: -1) {
            path[column] = row
            if column > 0 { row = back[column][row] }
        }
        return path
    }

    /// Mean of the cells above each row less the mean of those from it downwards.
    private static func step(_ grid: CellGrid) -> CellGrid {
        var result = CellGrid(columns: grid.columns, rows: grid.rows)
        guard grid.rows > 4 else { return result }
        for column in 0..<grid.columns {
            for row in 2..<grid.rows - 2 {
                let high = max(0, row - reach)
                let low = min(grid.rows, row + reach)
                var above: Float = 0
                for y in high..<row { above += grid[y, column] }
                var below: Float = 0
                for y in row..<low { below += grid[y, column] }
                result.values[row * grid.columns + column] = above / Float(row - high) - below / Float(low - row)
            }
        }
        return result
    }
}
