import Domain

/// Finds the glow of a fire on pictures of the night, with colour or without: something new and bright that stays in its
/// place, becomes brighter over two minutes, and flickers a little.
///
/// Lamps come on at once, or slowly and steadily; headlights move, or grow at the very end of their way; welding flares
/// and stops; beacons and signs do not grow. Bright and steady things become part of what is usual within half an hour.
/// Not told from a fire: a torch that comes nearer for minutes and then stays.
struct NightGlow: Sendable {
    struct Finding {
        var region: CellRegion
        /// Brightness of the last 20 seconds over that of two minutes ago.
        var growth: Double
        /// Mean change from one picture to the next, as a share of the brightness.
        var flicker: Double
    }

    /// How likely it is a fire: no more is known of a glow than that it behaves like one.
    static let confidence = 0.7

    /// Bounds of what is a glow. Full range.
    enum Bound {
        /// Median luma of a picture of the night, at most.
        static let dark: Float = 60
        /// Luma of a glowing cell, and what it has above the usual, at least.
        static let bright: Float = 100
        static let excess: Float = 40
        static let fewestCells = 2
        /// A glow grows by this factor at least.
        static let growth = 1.6
        /// The most that it grows within 20 and within 40 seconds, as a share of the whole growth.
        static let largestStep = 0.6
        static let largestTwoSteps = 0.8
        /// The same from two seconds to the next: what is switched on is there at once, whatever moves before it.
        static let largestJump = 0.35
        /// What it may lose meanwhile, as a share of its brightness.
        static let largestLoss = 0.15
        static let flicker = 0.012...0.35
        /// How far its middle may move within 80 seconds, in cells.
        static let drift = (across: 0.8, down: 1.2)
        /// Where more than this part of the picture is new and bright, it is dawn or a lamp beside the camera.
        static let mostOfPicture = 0.2
    }

    /// Pictures that come faster are left out; after a longer pause nothing can be said of growth.
    private static let stepSeconds = 0.5
    private static let longestPause = Duration.seconds(2)
    /// Pictures that are averaged into one map, and maps that are kept: two minutes.
    private static let picturesPerMap = 4
    private static let mapsPerBin = 10
    private static let bins = 6
    private static let keptPictures = 40
    /// Pictures after which what is usual is known.
    private static let warmUp = 40
    /// How fast the usual rises and falls in luma from picture to picture.
    private static let rise: Float = 0.02
    private static let fall: Float = 0.5

    private let columns: Int
    private let rows: Int
    private var usual: [Float] = []
    private var seen = 0
    private var schedule = AnalysisSchedule(framesPerSecond: 1 / stepSeconds)
    private var last: MediaTime?
    private var sum: [Float] = []
    private var summed = 0
    /// What the latest maps have above the usual, oldest first.
    private var maps: [[Float]] = []
    /// Mean luma of the cells of the latest pictures, oldest first.
    private var pictures: [[Float]] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The stream was away: what was seen before is no row with what comes.
    mutating func interrupted() {
        maps = []
        pictures = []
        (sum, summed) = ([], 0)
    }

    /// Takes in a picture.
    ///
    /// - Parameter measure: mean luma of its cells, row by row, full range; asked for where the picture counts.
    mutating func look(at time: MediaTime, _ measure: () -> [Float]) -> [Finding] {
        guard schedule.isDue(at: time) else { return [] }
        schedule.analysed(at: time)
        if let last, time < last || time - last > Self.longestPause { interrupted() }
        last = time
        let cells = measure()
        if usual.isEmpty { usual = cells }
        seen += 1
        pictures.append(cells)
        if pictures.count > Self.keptPictures { pictures.removeFirst() }
        if sum.isEmpty { sum = [Float](repeating: 0, count: cells.count) }
        for cell in cells.indices { sum[cell] += cells[cell] }
        summed += 1
        learn(cells)
        guard summed == Self.picturesPerMap else { return [] }
        let mean = sum.map { $0 / Float(Self.picturesPerMap) }
        (sum, summed) = ([], 0)
        return judge(mean)
    }

    private mutating func learn(_ cells: [Float]) {
        let isNew = seen <= Self.warmUp
        for cell in cells.indices {
            let change = cells[cell] - usual[cell]
            usual[cell] += isNew ? change / Float(seen) : min(max(change, -Self.fall), Self.rise)
        }
    }

    private mutating func judge(_ mean: [Float]) -> [Finding] {
        var changes = mean.indices.map { mean[$0] - usual[$0] }
        // Twilight and the camera's own exposure change everything alike.
        var sorted = changes
        let common = sorted.smallest(sorted.count / 2)
        for cell in changes.indices { changes[cell] = max(0, changes[cell] - common) }
        maps.append(changes)
        if maps.count > Self.mapsPerBin * Self.bins { maps.removeFirst() }
        guard maps.count == Self.mapsPerBin * Self.bins, seen > Self.warmUp else { return [] }
        var lumas = mean
        guard lumas.smallest(lumas.count / 2) < Bound.dark else { return [] }
        let isOn = mean.indices.map { mean[$0] >= Bound.bright && changes[$0] >= Bound.excess }
        let lit = isOn.count { $0 }
        guard lit > 0, Double(lit) <= Bound.mostOfPicture * Double(isOn.count) else { return [] }
        return CellRegions.find(isOn, columns: columns, rows: rows).compactMap { region in
            region.members.count >= Bound.fewestCells ? finding(region) : nil
        }
    }

    private func finding(_ region: CellRegion) -> Finding? {
        let window = cells(around: region)
        let course = maps.map { map in window.reduce(0.0) { $0 + Double(map[$1]) } }
        let bins = (0..<Self.bins).map { bin in
            course[bin * Self.mapsPerBin..<(bin + 1) * Self.mapsPerBin].reduce(0, +) / Double(Self.mapsPerBin)
        }
        let (first, last) = (bins[0], bins[Self.bins - 1])
        let rise = last - first
        guard last >= Bound.growth * max(first, 1) else { return nil }
        let steps = Self.changes(of: bins)
        guard let largest = steps.max(), let least = steps.min(), largest <= Bound.largestStep * rise,
            least >= -Bound.largestLoss * last,
            let largestTwo = zip(steps, steps.dropFirst()).map(+).max(), largestTwo <= Bound.largestTwoSteps * rise,
            let jump = Self.changes(of: course).max(), jump <= Bound.largestJump * rise, isAnchored(window)
        else { return nil }
        let flicker = flicker(of: window)
        guard Bound.flicker.contains(flicker) else { return nil }
        return Finding(region: region, growth: last / max(first, 1), flicker: flicker)
    }

    private func cells(around region: CellRegion) -> [Int] {
        (max(0, region.top - 2)...min(rows - 1, region.bottom + 2)).flatMap { row in
            (max(0, region.left - 2)...min(columns - 1, region.right + 2)).map { row * columns + $0 }
        }
    }

    /// Whether its middle stays where it was 80 seconds ago; its foot does, its head may rise.
    private func isAnchored(_ window: [Int]) -> Bool {
        let then = maps[(2 * Self.mapsPerBin)..<(3 * Self.mapsPerBin)]
        let now = maps[((Self.bins - 1) * Self.mapsPerBin)...]
        guard let before = middle(of: window, in: then), let after = middle(of: window, in: now) else { return false }
        return abs(before.column - after.column) <= Bound.drift.across
            && abs(before.row - after.row) <= Bound.drift.down
    }

    /// Around which the brightness lies; `nil` where there is none.
    private func middle(of window: [Int], in maps: ArraySlice<[Float]>) -> (column: Double, row: Double)? {
        var (weight, across, down) = (0.0, 0.0, 0.0)
        for map in maps {
            for cell in window {
                let light = Double(map[cell])
                weight += light
                across += light * Double(cell % columns)
                down += light * Double(cell / columns)
            }
        }
        return weight > 0 ? (across / weight, down / weight) : nil
    }

    private static func changes(of values: [Double]) -> [Double] { zip(values, values.dropFirst()).map { $1 - $0 } }

    private func flicker(of window: [Int]) -> Double {
        let sums = pictures.map { picture in
            window.reduce(0.0) { $0 + max(0, Double(picture[$1] - usual[$1])) }
        }
        let mean = sums.reduce(0, +) / Double(max(1, sums.count))
        guard mean > 0, sums.count > 1 else { return 0 }
        let changes = zip(sums, sums.dropFirst()).map { abs($1 - $0) }
        return changes.reduce(0, +) / Double(changes.count) / mean
    }
}
