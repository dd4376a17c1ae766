public import Foundation

extension ElevationGrid {
    /// A larger model would not fit beside the cameras.
    static let mostCells = 50_000_000

    /// Reads an ESRI ASCII grid: `ncols`, `nrows`, `xllcorner` or `xllcenter`, `yllcorner` or `yllcenter`, `cellsize` (or
    /// `dx` and `dy`), `NODATA_value`, then the heights from north to south.
    ///
    /// - Throws: what is wrong, with its line.
    public init(asciiGrid data: Data) throws(GeographyError) {
        var reader = GridReader(bytes: [UInt8](data))
        let header = try reader.readHeader()
        let heights = try reader.readHeights(count: header.columns * header.rows, noData: header.noData)
        try self.init(
            columns: header.columns, rows: header.rows, westDegrees: header.west, southDegrees: header.south,
            cellWidthDegrees: header.cellWidth, cellHeightDegrees: header.cellHeight, heights: heights)
    }
}

/// Takes words off an ESRI ASCII grid and knows their lines.
private struct GridReader {
    let bytes: [UInt8]
    private var index = 0
    private var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    struct Header {
        var columns: Int
        var rows: Int
        var west: Double
        var south: Double
        var cellWidth: Double
        var cellHeight: Double
        var noData: Double
    }

    private static let keys: Set = [
        "ncols", "nrows", "xllcorner", "xllcenter", "yllcorner", "yllcenter", "cellsize", "dx", "dy", "nodata_value",
    ]

    mutating func readHeader() throws(GeographyError) -> Header {
        var values: [String: Double] = [:]
        while true {
            let before = (index, line)
            guard let word = nextWord()?.lowercased(), let first = word.utf8.first else { break }
            guard (0x61...0x7A).contains(first), word != "nan" else {
                (index, line) = before
                break
            }
            guard Self.keys.contains(word) else {
                throw fault("'\(word.prefix(40))' is no key of an ESRI ASCII grid", remedy: "Export it as such a grid")
            }
            guard let text = nextWord(), let value = Double(text), value.isFinite || word == "nodata_value" else {
                throw fault("'\(word)' has no number", remedy: "Write '\(word)' and a number on one line")
            }
            values[word] = value
        }
        let columns = try count("ncols", values)
        let rows = try count("nrows", values)
        guard columns * rows <= ElevationGrid.mostCells else {
            throw GeographyError(
                "the elevation model has \(columns) by \(rows) cells, more than \(ElevationGrid.mostCells)",
                remedy: "Cut it to what the cameras see, or make its cells larger")
        }
        guard let width = values["cellsize"] ?? values["dx"], let height = values["cellsize"] ?? values["dy"],
            width > 0, height > 0
        else { throw missing("cellsize") }
        let west = try corner("xll", cell: width, values)
        let south = try corner("yll", cell: height, values)
        return Header(
            columns: columns, rows: rows, west: west, south: south, cellWidth: width, cellHeight: height,
            noData: values["nodata_value"] ?? -9999)
    }

    private func count(_ key: String, _ values: [String: Double]) throws(GeographyError) -> Int {
        guard let value = values[key], value >= 1, value <= 1e6, value == value.rounded() else { throw missing(key) }
        return Int(value)
    }

    private func corner(_ key: String, cell: Double, _ values: [String: Double]) throws(GeographyError) -> Double {
        if let corner = values[key + "corner"] { return corner }
        guard let center = values[key + "center"] else { throw missing(key + "corner") }
        return center - cell / 2
    }

    mutating func readHeights(count: Int, noData: Double) throws(GeographyError) -> [Float] {
        var heights: [Float] = []
        heights.reserveCapacity(count)
        while let word = nextWord() {
            guard heights.count < count else {
                throw fault("there are more than the announced \(count) heights", remedy: "Check 'ncols' and 'nrows'")
            }
            guard let value = Double(word) else {
                throw fault("'\(word.prefix(40))' is no height", remedy: "Write a number or the NODATA value there")
            }
            if value == noData || value.isNaN {
                heights.append(.nan)
            } else if abs(value) <= 12_000 {
                heights.append(Float(value))
            } else {
                throw fault(
                    "no ground is \(word.prefix(40)) m high",
                    remedy: "Give the heights in metres, and name 'NODATA_value'")
            }
        }
        return heights
    }

    private mutating func nextWord() -> String? {
        while index < bytes.count, bytes[index] <= 0x20 {
            if bytes[index] == 0x0A { line += 1 }
            index += 1
        }
        let start = index
        while index < bytes.count, bytes[index] > 0x20 { index += 1 }
        return start == index ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private func fault(_ problem: String, remedy: String) -> GeographyError {
        GeographyError("line \(line): \(problem)", remedy: remedy)
    }

    private func missing(_ key: String) -> GeographyError {
        GeographyError(
            "the elevation model has no usable '\(key)'",
            remedy: "An ESRI ASCII grid begins with ncols, nrows, xllcorner, yllcorner, cellsize and NODATA_value")
    }
}
