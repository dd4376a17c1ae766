import PixelKernels

/// Measures each picture against those before it.
struct SmokeMeasure: ~Copyable {
    /// Pictures that must lie before one that is measured.
    static let first = 4
    /// A window whose mean differs by more from the reference is worth a look.
    private static let change: Float = 1.5
    private static let changedSpread: Float = 4

    let geometry: SmokeGeometry
    private(set) var picture: SmokePicture
    private(set) var short: SmokeReference
    private(set) var long: SmokeReference
    private(set) var last: SmokeReference
    private(set) var fifth: SmokeReference
    var history: SmokeHistory
    /// Differences to the short and the long reference and to the last picture, newest last.
    var shortMeans: [CellGrid] = []
    var longMeans: [CellGrid] = []
    var lastMeans: [CellGrid] = []
    private var windows: SmokeWindows

    private let findsHorizon: Bool
    /// `nil` where pictures are taken as they come.
    private var registration: SmokeRegistration?

    /// - Parameters:
    ///   - findsHorizon: where nobody asks for it, the sky is said to end above the picture.
    ///   - registers: whether pictures of a camera that trembles are brought back to one place.
    init(geometry: SmokeGeometry, findsHorizon: Bool = true, registers: Bool = false) {
        self.geometry = geometry
        self.findsHorizon = findsHorizon
        registration = registers ? SmokeRegistration() : nil
        picture = SmokePicture(geometry: geometry)
        short = SmokeReference(geometry: geometry, isMedian: true)
        long = SmokeReference(geometry: geometry, isMedian: true)
        last = SmokeReference(geometry: geometry, isMedian: false)
        fifth = SmokeReference(geometry: geometry, isMedian: false)
        history = SmokeHistory(geometry: geometry)
        windows = SmokeWindows(geometry: geometry)
    }

    /// Pictures that lie behind.
    var pictureCount: Int { history.count }

    /// Forgets everything: the scene is another one.
    mutating func restart() {
        history.restart()
        if registration != nil { registration = SmokeRegistration() }
        shortMeans = []
        longMeans = []
        lastMeans = []
    }

    /// Takes in the next picture. `nil` while too few lie behind it.
    mutating func step(_ source: borrowing PictureView) -> SmokeAnalysis? {
        picture.load(source)
        register()
        let own = windows.moments(of: picture.luma)
        let cells = SmokeHistory.Cells(
            luma: own.mean, blue: windows.chroma(of: picture.chromaU), red: windows.chroma(of: picture.chromaV))
        let analysis = history.count >= Self.first ? measure(own, cells) : nil
        history.take(picture.luma, cells)
        return analysis
    }

    /// Moves the picture to where those before it lie.
    private mutating func register() {
        guard var registering = registration, history.count > 0 else { return }
        let (width, height) = (geometry.width, geometry.height)
        let offset =
            history.count > Self.first
            ? registering.offset(of: picture.luma.span, to: short.median.span, width: width, height: height)
            : registering.offset(of: picture.luma.span, to: history.latest, width: width, height: height)
        registration = registering
        picture.move(offset)
    }

    private mutating func measure(_ own: SmokeWindows.Moments, _ cells: SmokeHistory.Cells) -> SmokeAnalysis {
        let blue = cells.blue.mean(over: 3)
        let red = cells.red.mean(over: 3)
        let colour = blue.with(red) { abs($0 - 128) + abs($1 - 128) }
        var features = [
            own.boxMean, own.variance.map { $0.squareRoot() }, own.boxEdges.map { $0 + 1 }.logarithms(), colour,
        ]
        let shortPlaces = history.places(SmokeHistory.short)
        short.take(shortPlaces, of: history, lightOf: own.mean, &windows)
        let againstShort = windows.compare(picture.luma, own, with: short.plane)
        features += againstShort + chromaChange(blue, red, colour, shortPlaces, againstShort[0])
        let longPlaces = history.places(SmokeHistory.long)
        let then = long.take(longPlaces, of: history, lightOf: own.mean, &windows)
        let againstLong = windows.compare(picture.luma, own, with: long.plane)
        features += againstLong + chromaChange(blue, red, colour, longPlaces, againstLong[0])
        last.take(history.places([1])[0], of: history, lightOf: own.mean)
        fifth.take(history.places([5])[0], of: history, lightOf: own.mean)
        let lastMean = own.mean.with(windows.mean(of: last.plane), -).mean(over: 3)
        features += [lastMean, windows.difference(of: picture.luma, and: last.plane)]
        let fifthMean = own.mean.with(windows.mean(of: fifth.plane), -).mean(over: 3)
        features += [fifthMean, windows.difference(of: picture.luma, and: fifth.plane)]
        Self.remember(againstShort[0], in: &shortMeans, most: 12)
        Self.remember(againstLong[0], in: &longMeans, most: 12)
        Self.remember(lastMean, in: &lastMeans, most: 5)
        let horizon =
            findsHorizon
            ? SmokeHorizon.path(mean: then, edges: windows.edges(of: long.median))
            : [Int](repeating: 0, count: geometry.columns)
        features += overTime() + around(horizon)
        return SmokeAnalysis(
            features: features, gate: gate(againstShort[0], againstLong[0], againstLong[1]), horizon: horizon)
    }

    private func gate(_ short: CellGrid, _ long: CellGrid, _ spread: CellGrid) -> [Bool] {
        let covered = (geometry.height / 32 / CellSums.side + 1) * geometry.columns
        return (0..<geometry.cells).map { cell in
            cell >= covered
                && (abs(short.values[cell]) > Self.change || abs(long.values[cell]) > Self.change
                    || spread.values[cell] > Self.changedSpread)
        }
    }

    private func chromaChange(
        _ blue: CellGrid, _ red: CellGrid, _ colour: CellGrid, _ places: [Int], _ mean: CellGrid
    ) -> [CellGrid] {
        let cells = places.map { history.cells(at: $0) }
        let oldBlue = CellGrid.median(cells.map(\.blue)).mean(over: 3)
        let oldRed = CellGrid.median(cells.map(\.red)).mean(over: 3)
        let oldColour = oldBlue.with(oldRed) { abs($0 - 128) + abs($1 - 128) }
        return [
            colour.with(oldColour, -), blue.with(oldBlue, -), red.with(oldRed, -), mean.with(mean.mean(over: 11), -),
        ]
    }

    private static func remember(_ grid: CellGrid, in list: inout [CellGrid], most: Int) {
        list.append(grid)
        if list.count > most { list.removeFirst() }
    }

    private func overTime() -> [CellGrid] {
        let five = shortMeans.suffix(5)
        let meanOfFive = Self.mean(five)
        var deviation = meanOfFive.map { _ in 0 }
        for grid in five { deviation = deviation.with(grid.with(meanOfFive, -)) { $0 + $1 * $1 } }
        let count = Float(five.count)
        let older = shortMeans.dropLast(6)
        return [
            Self.mean(shortMeans.suffix(3)), meanOfFive, deviation.map { ($0 / count).squareRoot() },
            Self.steadiness(five), Self.mean(five.map { $0.map { abs($0) > Self.change ? 1 : 0 } }[...]),
            Self.mean(longMeans.suffix(5)), Self.steadiness(longMeans.suffix(5)),
            older.isEmpty ? meanOfFive.map { _ in 0 } : Self.mean(older.map { $0.map { abs($0) } }[...]),
            Self.mean(lastMeans.map { $0.map { abs($0) } }[...]),
        ]
    }

    private static func mean(_ grids: ArraySlice<CellGrid>) -> CellGrid {
        let count = Float(grids.count)
        guard var total = grids.first else { return CellGrid(columns: 0, rows: 0) }
        for grid in grids.dropFirst() { total = total.with(grid, +) }
        return total.map { $0 / count }
    }

    /// How far the changes point the same way: 1 where all do.
    private static func steadiness(_ grids: ArraySlice<CellGrid>) -> CellGrid {
        mean(grids).with(mean(grids.map { $0.map { abs($0) } }[...])) { abs($0) / ($1 + 0.5) }
    }

    private func around(_ horizon: [Int]) -> [CellGrid] {
        func area(_ grids: [CellGrid], ago steps: Int) -> CellGrid {
            grids[max(0, grids.count - 1 - steps)].map { abs($0) > Self.change ? 1 : 0 }.mean(over: 7)
        }
        let short = area(shortMeans, ago: 0)
        let long = area(longMeans, ago: 0)
        let newest = shortMeans[shortMeans.count - 1]
        var aboveHorizon = CellGrid(columns: geometry.columns, rows: geometry.rows)
        for cell in 0..<geometry.cells {
            aboveHorizon.values[cell] = Float(horizon[cell % geometry.columns] - cell / geometry.columns)
        }
        return [
            short, short.with(area(shortMeans, ago: 3), -), short.with(area(shortMeans, ago: 6), -), long,
            long.with(area(longMeans, ago: 3), -), newest.meanOfRows(from: -3, to: -1),
            newest.meanOfRows(from: 1, to: 3), aboveHorizon,
        ]
    }
}
