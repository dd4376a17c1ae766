import Foundation
import PixelKernels
import Testing

@testable import Detection

@Suite struct SmokeMathTests {
    @Test func logarithmsInVectorsAreThoseOfEachNumber() {
        let values: [Float] = [
            1e-6, 0.01, 0.5, 0.707_106_7, 0.707_106_8, 0.999, 1, 1.001, 1.414_213, 1.414_214, 2, 37, 255, 1e6,
        ]
        var logarithms = [Float](repeating: 9, count: values.count)
        var span = logarithms.mutableSpan
        SmokeMath.logarithms(of: values.span, into: &span)
        for (value, found) in zip(values, logarithms) {
            let expected = Foundation.log(Double(value))
            #expect(abs(Double(found) - expected) <= 3e-7 * max(1, abs(expected)), "of \(value)")
        }
    }

    @Test(arguments: [3, 5, 7, 11, 31])
    func meansOverCellsAreMeansOfWhatLiesAround(size: Int) {
        let (columns, rows) = (17, 12)
        var grid = CellGrid(columns: columns, rows: rows)
        for cell in 0..<columns * rows { grid.values[cell] = Float(cell * 37 % 101) }
        let means = grid.mean(over: size)
        let reach = size / 2
        for row in 0..<rows {
            for column in 0..<columns {
                var sum: Float = 0
                for y in row - reach...row + reach {
                    for x in column - reach...column + reach {
                        sum += grid[min(max(y, 0), rows - 1), min(max(x, 0), columns - 1)]
                    }
                }
                #expect(abs(means[row, column] - sum / Float(size * size)) < 1e-3)
            }
        }
    }

    /// The light of a picture is that of its middle cell, however the others are.
    @Test func theGainIsTheMiddleOne() {
        let (columns, rows) = (40, 24)
        let then = CellGrid(columns: columns, rows: rows, filledWith: 100)
        var now = then
        for cell in 0..<columns * rows { now.values[cell] = [70, 118, 122, 126, 240][cell * 7 % 5] }
        let field = SmokeGain.field(now: now, then: then)
        // 122 of 100, with 2 added to both; what differs from it by more than .15 says next to nothing.
        #expect(field.values.allSatisfy { abs($0 - 124 / 102) < 0.02 })
        now.values = now.values.map { _ in 20 }
        #expect(SmokeGain.field(now: now, then: then).values.allSatisfy { $0 >= 0.6 * 0.92 - 1e-4 && $0 <= 0.6 * 1.08 })
    }
}
