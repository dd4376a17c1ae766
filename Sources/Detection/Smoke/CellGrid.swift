import PixelKernels

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

    /// Natural logarithms of positive numbers.
    func logarithms() -> CellGrid {
        var result = self
        var logarithms = result.values.mutableSpan
        SmokeMath.logarithms(of: values.span, into: &logarithms)
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
        var result = CellGrid(columns: columns, rows: rows)
        guard rows > 0, columns > 0 else { return result }
        // Each row of sums along the row, with `reach` rows before and behind, so that no inner loop asks for the edge.
        var across = [Float](repeating: 0, count: (rows + 2 * reach) * columns)
        var padded = [Float](repeating: 0, count: columns + 2 * reach)
        for row in 0..<rows {
            if edge == .nearest {
                for x in 0..<reach {
                    padded[x] = values[row * columns]
                    padded[reach + columns + x] = values[(row + 1) * columns - 1]
                }
            }
            for x in 0..<columns { padded[reach + x] = values[row * columns + x] }
            Self.add(size, from: padded.span, at: 0, apart: 1, to: &across, at: (row + reach) * columns, columns)
        }
        if edge == .nearest {
            for row in 0..<reach {
                let (top, bottom) = (reach * columns, (rows + reach - 1) * columns)
                for column in 0..<columns {
                    across[row * columns + column] = across[top + column]
                    across[(rows + reach + row) * columns + column] = across[bottom + column]
                }
            }
        }
        for row in 0..<rows {
            Self.add(
                size, from: across.span, at: row * columns, apart: columns, to: &result.values, at: row * columns,
                columns)
        }
        return result
    }

    /// The sums of `size` values each that lie `apart` from each other: the first of `count` sums begins at `start`, each
    /// other one a value later.
    ///
    /// - Parameter values: receives the sums from `place` on, where zeros stand.
    private static func add(
        _ size: Int, from source: Span<Float>, at start: Int, apart: Int, to values: inout [Float], at place: Int,
        _ count: Int
    ) {
        var all = values.mutableSpan
        var target = all._mutatingExtracting(place..<place + count)
        var shift = 0
        // Three at a time: most sums are over three cells, and the others touch their target less often.
        while shift + 3 <= size {
            let first = start + shift * apart
            let a = source.extracting(first..<first + count)
            let b = source.extracting(first + apart..<first + apart + count)
            let c = source.extracting(first + 2 * apart..<first + 2 * apart + count)
            for x in 0..<count { target[x] = target[x] + a[x] + b[x] + c[x] }
            shift += 3
        }
        while shift < size {
            let rest = source.extracting(start + shift * apart..<start + shift * apart + count)
            for x in 0..<count { target[x] += rest[x] }
            shift += 1
        }
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
        guard odd > 1 else { return result }
        if odd == 7 { return medianOfSeven(grids) }
        var candidates = [Float](repeating: 0, count: odd)
        for index in result.values.indices {
            for grid in 0..<odd {
                let value = grids[grid].values[index]
                var place = grid
                while place > 0 && candidates[place - 1] > value {
                    candidates[place] = candidates[place - 1]
                    place -= 1
                }
                candidates[place] = value
            }
            result.values[index] = candidates[odd / 2]
        }
        return result
    }

    private static func medianOfSeven(_ grids: [CellGrid]) -> CellGrid {
        var result = grids[0]
        let count = result.values.count
        let (a, b, c, d) = (grids[0].values, grids[1].values, grids[2].values, grids[3].values)
        let (e, f, g) = (grids[4].values, grids[5].values, grids[6].values)
        precondition(grids.allSatisfy { $0.values.count == count })
        var middle = result.values.mutableSpan
        let (first, second, third, fourth) = (a.span, b.span, c.span, d.span)
        let (fifth, sixth, seventh) = (e.span, f.span, g.span)
        for x in 0..<count {
            middle[x] = middleOfSeven(
                first[x], second[x], third[x], fourth[x], fifth[x], sixth[x], seventh[x])
        }
        return result
    }
}
