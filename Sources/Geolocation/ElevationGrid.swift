public import Domain

/// Heights of the ground in metres above sea level, on a grid of latitude and longitude (WGS 84).
public struct ElevationGrid: Sendable {
    public let columns: Int
    public let rows: Int
    /// Longitude of the western edge of the first column.
    public let westDegrees: Double
    /// Latitude of the southern edge of the last row.
    public let southDegrees: Double
    public let cellWidthDegrees: Double
    public let cellHeightDegrees: Double
    /// Rows from north to south, each from west to east; NaN where nothing is known.
    private let heights: [Float]
    /// The lowest height that is known.
    public let lowestMetres: Double

    /// - Parameter heights: rows from north to south, each from west to east; NaN where nothing is known.
    public init(
        columns: Int, rows: Int, westDegrees: Double, southDegrees: Double, cellWidthDegrees: Double,
        cellHeightDegrees: Double, heights: [Float]
    ) throws(GeographyError) {
        guard westDegrees >= -360, southDegrees >= -90, cellWidthDegrees > 0, cellHeightDegrees > 0,
            southDegrees + cellHeightDegrees * Double(rows) <= 90 + cellHeightDegrees,
            cellWidthDegrees * Double(columns) <= 360 + cellWidthDegrees, westDegrees <= 360
        else {
            throw GeographyError(
                "the elevation model does not lie on the earth in degrees of latitude and longitude",
                remedy: "Reproject it to WGS 84 (EPSG:4326), for example with 'gdalwarp -t_srs EPSG:4326'")
        }
        guard columns > 0, rows > 0, heights.count == columns * rows else {
            throw GeographyError(
                "the elevation model has \(heights.count) heights, and \(columns) columns by \(rows) rows were announced",
                remedy: "Export it again; it may have been cut off")
        }
        guard let lowest = heights.lazy.filter({ !$0.isNaN }).min() else {
            throw GeographyError("the elevation model holds no data at all", remedy: "Export it again")
        }
        self.columns = columns
        self.rows = rows
        self.westDegrees = westDegrees
        self.southDegrees = southDegrees
        self.cellWidthDegrees = cellWidthDegrees
        self.cellHeightDegrees = cellHeightDegrees
        self.heights = heights
        lowestMetres = Double(lowest)
    }

    public enum Height: Equatable, Sendable {
        case known(metres: Double)
        /// A cell without data.
        case unknown
        case outside
    }

    /// The height of the ground, between the middles of four cells by bilinear interpolation; cells without data are left
    /// out, unless the place itself lies in one.
    public func height(at point: GeoPoint) -> Height {
        let east = (point.longitudeDegrees - westDegrees).wrappedTo360
        let x = east / cellWidthDegrees
        let y = Double(rows) - (point.latitudeDegrees - southDegrees) / cellHeightDegrees
        guard x >= 0, x < Double(columns), y >= 0, y <= Double(rows) else { return .outside }
        guard !self[Int(x), min(Int(y), rows - 1)].isNaN else { return .unknown }
        let left = (x - 0.5).rounded(.down)
        let top = (y - 0.5).rounded(.down)
        let (fx, fy) = (x - 0.5 - left, y - 0.5 - top)
        var sum = 0.0
        var weights = 0.0
        for (dx, dy, weight) in [
            (0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)), (0, 1, (1 - fx) * fy), (1, 1, fx * fy),
        ] {
            let value = self[min(max(Int(left) + dx, 0), columns - 1), min(max(Int(top) + dy, 0), rows - 1)]
            guard !value.isNaN else { continue }
            sum += Double(value) * weight
            weights += weight
        }
        return weights > 0 ? .known(metres: sum / weights) : .unknown
    }

    private subscript(column: Int, row: Int) -> Float { heights[row * columns + column] }
}
