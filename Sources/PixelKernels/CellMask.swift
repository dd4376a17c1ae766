/// Which cells of a picture are wanted.
public struct CellMask: Sendable, Equatable {
    public let columns: Int
    public let rows: Int
    /// Row by row.
    public var isOn: [Bool]

    /// - Parameter isOn: one for each cell, row by row.
    public init(columns: Int, rows: Int, isOn: [Bool]) {
        precondition(isOn.count == columns * rows)
        self.columns = columns
        self.rows = rows
        self.isOn = isOn
    }

    /// The wanted cells and those up to `before` above and left of them and `after` below and right of them.
    public func grown(before: Int, after: Int) -> CellMask {
        precondition(before >= 0 && after >= 0)
        guard before > 0 || after > 0 else { return self }
        var across = self
        var result = self
        for row in 0..<rows {
            for column in 0..<columns where isOn[row * columns + column] {
                for x in max(0, column - before)...min(columns - 1, column + after) {
                    across.isOn[row * columns + x] = true
                }
            }
        }
        for row in 0..<rows {
            for y in max(0, row - before)...min(rows - 1, row + after) where y != row {
                for column in 0..<columns where across.isOn[row * columns + column] {
                    result.isOn[y * columns + column] = true
                }
            }
            for column in 0..<columns where across.isOn[row * columns + column] {
                result.isOn[row * columns + column] = true
            }
        }
        return result
    }

    /// The wanted cells and those up to `reach` away in any direction.
    public func grown(by reach: Int) -> CellMask { grown(before: reach, after: reach) }
}
