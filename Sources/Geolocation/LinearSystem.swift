/// A few linear equations with as many unknowns.
enum LinearSystem {
    /// Gaussian elimination with row pivoting; `nil` where the matrix is singular.
    static func solve(_ matrix: [[Double]], _ values: [Double]) -> [Double]? {
        let count = values.count
        var rows = zip(matrix, values).map { $0 + [$1] }
        for column in 0..<count {
            let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
            rows.swapAt(column, pivot)
            let largest = matrix[column].map(abs).max() ?? 0
            guard abs(rows[column][column]) > 1e-14 * largest, largest.isFinite else { return nil }
            for row in 0..<count where row != column {
                let factor = rows[row][column] / rows[column][column]
                for index in column...count { rows[row][index] -= factor * rows[column][index] }
            }
        }
        let solution = (0..<count).map { rows[$0][count] / rows[$0][$0] }
        return solution.allSatisfy(\.isFinite) ? solution : nil
    }

    static func inverse(_ matrix: [[Double]]) -> [[Double]]? {
        var columns: [[Double]] = []
        for index in matrix.indices {
            let unit = matrix.indices.map { $0 == index ? 1.0 : 0.0 }
            guard let column = solve(matrix, unit) else { return nil }
            columns.append(column)
        }
        return matrix.indices.map { row in columns.map { $0[row] } }
    }
}
