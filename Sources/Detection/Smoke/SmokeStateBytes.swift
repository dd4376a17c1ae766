import PixelKernels

/// Numbers and pixels one behind the other, the least significant byte first.
struct SmokeStateWriter {
    private(set) var bytes: [UInt8] = []

    mutating func put(_ value: Int) { put(UInt64(bitPattern: Int64(value)), bytes: 8) }

    mutating func put(_ value: Double) { put(value.bitPattern, bytes: 8) }

    mutating func put(_ text: String) {
        put(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func put(_ grid: CellGrid) {
        bytes.reserveCapacity(bytes.count + 4 * grid.values.count)
        for value in grid.values { put(UInt64(value.bitPattern), bytes: 4) }
    }

    mutating func put(_ grids: [CellGrid]) {
        put(grids.count)
        for grid in grids { put(grid) }
    }

    mutating func put(_ pixels: Span<UInt8>) {
        unsafe pixels.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func put(_ value: UInt64, bytes count: Int) {
        for byte in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
    }
}

/// Reads what `SmokeStateWriter` wrote; whatever the bytes are, it gives numbers in range or throws.
struct SmokeStateReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func integer(in range: ClosedRange<Int> = .min ... .max) throws(SmokeStateError) -> Int {
        let value = Int(truncatingIfNeeded: Int64(bitPattern: try number(bytes: 8)))
        guard range.contains(value) else { throw .isCutShort }
        return value
    }

    mutating func double() throws(SmokeStateError) -> Double {
        let value = Double(bitPattern: try number(bytes: 8))
        guard value.isFinite else { throw .isCutShort }
        return value
    }

    mutating func text() throws(SmokeStateError) -> String {
        let count = try integer(in: 0...4096)
        return String(decoding: try next(count), as: UTF8.self)
    }

    mutating func grid(columns: Int, rows: Int) throws(SmokeStateError) -> CellGrid {
        var grid = CellGrid(columns: columns, rows: rows)
        for cell in grid.values.indices {
            let value = Float(bitPattern: UInt32(truncatingIfNeeded: try number(bytes: 4)))
            guard value.isFinite else { throw .isCutShort }
            grid.values[cell] = value
        }
        return grid
    }

    mutating func grids(most: Int, columns: Int, rows: Int) throws(SmokeStateError) -> [CellGrid] {
        var grids: [CellGrid] = []
        for _ in 0..<(try integer(in: 0...most)) { grids.append(try grid(columns: columns, rows: rows)) }
        return grids
    }

    mutating func pixels(into buffer: inout PixelBuffer, count: Int) throws(SmokeStateError) {
        let source = try next(count)
        var target = buffer.mutableSpan
        for (index, byte) in source.enumerated() { target[index] = byte }
    }

    private mutating func number(bytes count: Int) throws(SmokeStateError) -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in try next(count).enumerated() { value |= UInt64(byte) << UInt64(8 * index) }
        return value
    }

    private mutating func next(_ count: Int) throws(SmokeStateError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= bytes.count - place else { throw .isCutShort }
        defer { place += count }
        return bytes[place..<place + count]
    }
}
