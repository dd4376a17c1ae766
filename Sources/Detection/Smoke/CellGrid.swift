/// One number for each cell of a picture, row by row.
struct CellGrid: Sendable, Equatable {
    let columns: Int
    let rows: Int
    var values: [Float]

    init(columns: Int, rows: Int, filledWith value: Float = 0) {
        self.columns = columns
        self.rows = rows
        values = [Float](repeating: value, count: columns * rows)
    }

    /// - Parameter sums: one for each cell.
    init(columns: Int, rows: Int, sums: [UInt32], scale: Float) {
        self.columns = columns
        self.rows = rows
        values = sums.map { Float($0) * scale }
    }

    /// 1 where a flag is set, else 0.
    init(columns: Int, rows: Int, flags: [Bool]) {
        self.columns = columns
        self.rows = rows
        values = flags.map { $0 ? 1 : 0 }
    }

    subscript(row: Int, column: Int) -> Float { values[row * columns + column] }

    /// The values of `self` and another grid of the same size, cell by cell.
    func with(_ other: CellGrid, _ combine: (Float, Float) -> Float) -> CellGrid {
        var result = self
        for index in values.indices { result.values[index] = combine(values[index], other.values[index]) }
        return result
    }

    func map(_ transform: (Float) -> Float) -> CellGrid {
        var result = self
        for index in values.indices { result.values[index] = transform(values[index]) }
        return result
    }

    /// Mean over `size` x `size` cells (an odd number); beyond the edge the nearest cell counts.
    func mean(over size: Int) -> CellGrid {
        sum(over: size, beyondEdge: .nearest).map { $0 / Float(size * size) }
    }

    enum BeyondEdge {
        case nearest
        case nothing
    }

    func sum(over size: Int, beyondEdge edge: BeyondEdge) -> CellGrid {
        let reach = size / 2
        var across = self
        for row in 0..<rows {
            for column in 0..<columns {
                var total: Float = 0
                for x in column - reach...column + reach where edge == .nearest || (x >= 0 && x < columns) {
                    total += values[row * columns + min(max(x, 0), columns - 1)]
                }
                across.values[row * columns + column] = total
            }
        }
        var result = self
        for row in 0..<rows {
            for column in 0..<columns { result.values[row * columns + column] = 0 }
            for y in row - reach...row + reach where edge == .nearest || (y >= 0 && y < rows) {
                let from = min(max(y, 0), rows - 1) * columns
                for column in 0..<columns { result.values[row * columns + column] += across.values[from + column] }
            }
        }
        return result
    }

    /// Mean of the rows from `first` to `last` cells away, negative upwards; beyond the edge the nearest row counts.
    func meanOfRows(from first: Int, to last: Int) -> CellGrid {
        var result = CellGrid(columns: columns, rows: rows)
        for row in 0..<rows {
            for shift in first...last {
                let from = min(max(row + shift, 0), rows - 1) * columns
                for column in 0..<columns { result.values[row * columns + column] += values[from + column] }
            }
        }
        let count = Float(last - first + 1)
        return result.map { $0 / count }
    }

    /// Median, cell by cell; of an even number of grids the last is left out.
    static func median(_ grids: [CellGrid]) -> CellGrid {
        var result = grids[0]
        let odd = grids.count - (1 - grids.count % 2)
        var candidates = [Float](repeating: 0, count: odd)
        for index in result.values.indices {
            for grid in 0..<odd { candidates[grid] = grids[grid].values[index] }
            candidates.sort()
            result.values[index] = candidates[odd / 2]
        }
        return result
    }
}
