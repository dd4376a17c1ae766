public import Domain
import PixelKernels

extension SmokeDetector {
    /// Changes with what is written, and with what the numbers mean.
    private static let stateVersion = 2
    private static let largestSide = 1 << 16

    /// All that the detector has learned, to be taken up by `restore`; `nil` before its first picture.
    ///
    /// As large as the pictures it keeps: about 10 MB for 640x480.
    public func savedState() -> [UInt8]? {
        guard let lastTime else { return nil }
        var writer = SmokeStateWriter()
        writer.put(Self.stateVersion)
        writer.put(identity)
        writer.put(Int(lastTime.microseconds))
        writer.put(sourceSize.width)
        writer.put(sourceSize.height)
        guard write(to: &writer) else { return nil }
        return writer.bytes
    }

    /// Goes on where another detector stood when its state was saved.
    ///
    /// - Parameter now: on the timeline of the pictures to come.
    /// - Throws: where the state is damaged, was saved with other models or settings, or is too old: then nothing has
    ///   changed. The size of the pictures is compared with the first one that comes.
    public mutating func restore(_ bytes: [UInt8], at now: MediaTime) throws(SmokeStateError) {
        var reader = SmokeStateReader(bytes)
        let version = try reader.integer()
        guard version == Self.stateVersion else {
            throw SmokeStateError("it was saved by another version of Lookout (form \(version))")
        }
        guard try reader.text() == identity else {
            throw SmokeStateError("it was saved with other models or settings than these")
        }
        let last = MediaTime(microseconds: Int64(try reader.integer()))
        let minutes = Int((longestPauseSeconds / 60).rounded())
        guard (now - last).inSeconds <= longestPauseSeconds else {
            throw SmokeStateError("it is older than \(minutes) minutes")
        }
        guard last <= now else { throw SmokeStateError("it is later than the clock") }
        let width = try reader.integer(in: 1...Self.largestSide)
        let height = try reader.integer(in: 1...Self.largestSide)
        try read(&reader, width: width, height: height, last: last)
    }

    /// What must be the same for a state to mean the same.
    private var identity: String { "\(usual) \(modelHashes.joined(separator: " "))" }
}

extension SmokeTracks {
    func write(to writer: inout SmokeStateWriter) {
        writer.put(next)
        writer.put(tracks.count)
        for track in tracks {
            writer.put(track.id)
            for value in [track.box.x, track.box.y, track.box.width, track.box.height] { writer.put(value) }
            writer.put(Int(track.first.microseconds))
            writer.put(track.told == nil ? 0 : 1)
            writer.put(Int((track.told ?? track.first).microseconds))
            writer.put(Int(track.last.microseconds))
        }
    }

    init(from reader: inout SmokeStateReader) throws(SmokeStateError) {
        next = try reader.integer(in: 1...(1 << 48))
        for _ in 0..<(try reader.integer(in: 0...100_000)) {
            let id = try reader.integer(in: 1...(1 << 48))
            let box = Box(
                x: try reader.double(), y: try reader.double(), width: try reader.double(),
                height: try reader.double())
            let first = MediaTime(microseconds: Int64(try reader.integer()))
            let wasTold = try reader.integer(in: 0...1) == 1
            let told = MediaTime(microseconds: Int64(try reader.integer()))
            let last = MediaTime(microseconds: Int64(try reader.integer()))
            tracks.append(Track(id: id, box: box, first: first, told: wasTold ? told : nil, last: last))
        }
    }
}

extension SmokeMeasure {
    func write(to writer: inout SmokeStateWriter) {
        history.write(to: &writer)
        writer.put(shortMeans)
        writer.put(longMeans)
        writer.put(lastMeans)
    }

    mutating func read(_ reader: inout SmokeStateReader) throws(SmokeStateError) {
        let (columns, rows) = (geometry.columns, geometry.rows)
        try history.read(&reader, columns: columns, rows: rows)
        shortMeans = try reader.grids(most: 12, columns: columns, rows: rows)
        longMeans = try reader.grids(most: 12, columns: columns, rows: rows)
        lastMeans = try reader.grids(most: 5, columns: columns, rows: rows)
        // What is measured of a picture is remembered of each one after the first few.
        let measured = max(0, history.count - Self.first)
        guard shortMeans.count == longMeans.count, shortMeans.count >= min(measured, 12) else { throw .isCutShort }
        guard lastMeans.count >= min(measured, 5) else { throw .isCutShort }
    }
}

extension SmokeHistory {
    func write(to writer: inout SmokeStateWriter) {
        writer.put(taken)
        writer.put(pictures.span.extracting(0..<count * pictureBytes))
        for kept in cells {
            writer.put(kept.luma)
            writer.put(kept.blue)
            writer.put(kept.red)
        }
    }

    mutating func read(_ reader: inout SmokeStateReader, columns: Int, rows: Int) throws(SmokeStateError) {
        taken = try reader.integer(in: 0...(1 << 48))
        try reader.pixels(into: &pictures, count: count * pictureBytes)
        cells = []
        for _ in 0..<count {
            let luma = try reader.grid(columns: columns, rows: rows)
            let blue = try reader.grid(columns: columns, rows: rows)
            cells.append(Cells(luma: luma, blue: blue, red: try reader.grid(columns: columns, rows: rows)))
        }
    }
}
