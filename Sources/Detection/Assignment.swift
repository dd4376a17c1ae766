/// The cheapest one-to-one assignment, by the Hungarian method with potentials (Kuhn, 1955; Munkres, 1957; shortest
/// augmenting paths as by Jonker and Volgenant, 1987): O(rows squared times columns).
struct Assignment {
    private var rowPotentials: [Double] = []
    private var columnPotentials: [Double] = []
    /// Row of each column, counted from 1; 0 for none. Element 0 stands for the row that looks for a column.
    private var rowOfColumn: [Int] = []
    private var way: [Int] = []
    private var least: [Double] = []
    private var isVisited: [Bool] = []

    /// - Parameters:
    ///   - costs: `rows` times `columns` finite numbers, row by row.
    ///   - limit: a pair that costs as much or more is worse than leaving both alone.
    ///   - result: receives for each row its column, or -1.
    mutating func solve(costs: [Double], rows: Int, columns: Int, limit: Double, into result: inout [Int]) {
        result.removeAll(keepingCapacity: true)
        for _ in 0..<rows { result.append(-1) }
        guard rows > 0, columns > 0 else { return }
        // A column of its own for each row, at the limit, is where it goes that is left alone.
        let width = columns + rows
        func cost(_ row: Int, _ column: Int) -> Double {
            column > columns ? limit : min(costs[(row - 1) * columns + column - 1], limit)
        }
        Self.reset(&rowPotentials, to: 0, count: rows + 1)
        Self.reset(&columnPotentials, to: 0, count: width + 1)
        Self.reset(&rowOfColumn, to: 0, count: width + 1)
        Self.reset(&way, to: 0, count: width + 1)
        for row in 1...rows {
            rowOfColumn[0] = row
            var column = 0
            Self.reset(&least, to: .infinity, count: width + 1)
            Self.reset(&isVisited, to: false, count: width + 1)
            repeat {
                isVisited[column] = true
                let at = rowOfColumn[column]
                var step = Double.infinity
                var next = 0
                for other in 1...width where !isVisited[other] {
                    let reduced = cost(at, other) - rowPotentials[at] - columnPotentials[other]
                    if reduced < least[other] {
                        least[other] = reduced
                        way[other] = column
                    }
                    if least[other] < step {
                        step = least[other]
                        next = other
                    }
                }
                for other in 0...width {
                    if isVisited[other] {
                        rowPotentials[rowOfColumn[other]] += step
                        columnPotentials[other] -= step
                    } else {
                        least[other] -= step
                    }
                }
                column = next
            } while rowOfColumn[column] != 0
            while column != 0 {
                rowOfColumn[column] = rowOfColumn[way[column]]
                column = way[column]
            }
        }
        for column in 1...columns where rowOfColumn[column] > 0 {
            let row = rowOfColumn[column] - 1
            if costs[row * columns + column - 1] < limit { result[row] = column - 1 }
        }
    }

    /// Without asking for memory, once there is room enough.
    private static func reset<Value>(_ values: inout [Value], to value: Value, count: Int) {
        values.removeAll(keepingCapacity: true)
        for _ in 0..<count { values.append(value) }
    }
}
