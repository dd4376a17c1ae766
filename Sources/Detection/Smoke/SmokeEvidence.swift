import Domain
import PixelKernels

/// Evidence of smoke, gathered in each cell from picture to picture as log-odds.
struct SmokeEvidence: Sendable {
    /// Where there is enough of it to tell someone.
    struct Region {
        var cells: CellRegion
        /// The most evidence of any cell in it, and that cell.
        var evidence: Double
        var peak: Int
    }

    /// What one picture adds to a cell at most, and takes away at most.
    static let mostGain = 2.0
    private static let mostLoss = 1.0
    /// A window reaches one cell beyond its own, the mean of its neighbours another one, and the highest of them a third.
    private static let reachBelowHorizon = 2

    private let columns: Int
    private let rows: Int
    private let settings: SmokeSettings
    private(set) var evidence: [Double]

    init(columns: Int, rows: Int, settings: SmokeSettings) {
        self.columns = columns
        self.rows = rows
        self.settings = settings
        evidence = [Double](repeating: 0, count: columns * rows)
    }

    /// Takes up what was gathered before.
    mutating func read(_ reader: inout SmokeStateReader) throws(SmokeStateError) {
        for cell in evidence.indices { evidence[cell] = max(try reader.double(), 0) }
    }

    /// Takes in the probabilities of one picture, 0 to 1 for each cell.
    ///
    /// - Parameter horizon: row at which the sky ends, by column; zeros where no sky is known of.
    mutating func take(_ probabilities: CellGrid, horizon: [Int]) {
        let smooth = withoutClouds(probabilities, horizon).mean(over: 3)
        let likely = probabilities.values.count { $0 > 0.5 }
        // Haze, rain or a moved camera change everything at once: no reason to believe in a plume.
        let isEverywhere = Double(likely) > settings.mostOfPicture * Double(probabilities.values.count)
        let odds = highestAround(smooth).map { SmokeMath.logit(Double($0)) - settings.bias }
        let doubts = doubts(where: odds.map { $0 > 0 }, horizon)
        for row in 0..<rows {
            for column in 0..<columns {
                let cell = row * columns + column
                let doubt = row <= horizon[column] + Self.reachBelowHorizon ? doubts[column] : 0
                var gain = min(max(odds[cell] - doubt, -Self.mostLoss), Self.mostGain)
                if isEverywhere { gain = min(gain, 0) }
                evidence[cell] = max(settings.memory * evidence[cell] + gain, 0)
            }
        }
    }

    /// The highest value of each cell and its neighbours.
    private func highestAround(_ grid: CellGrid) -> [Float] {
        var result = grid.values
        for row in 0..<rows {
            for column in 0..<columns {
                var highest: Float = 0
                for y in max(0, row - 1)...min(rows - 1, row + 1) {
                    for x in max(0, column - 1)...min(columns - 1, column + 1) { highest = max(highest, grid[y, x]) }
                }
                result[row * columns + column] = highest
            }
        }
        return result
    }

    /// By how much the log-odds of a window of the sky must be higher, in each column: the logarithm of how much more of
    /// the sky elsewhere looks like smoke than is usual.
    ///
    /// Clouds come up behind the ridge like smoke, but seldom in one place only. How much of the sky far from a window
    /// looks like smoke says how likely it is to look so without any.
    private func doubts(where isOn: [Bool], _ horizon: [Int]) -> [Double] {
        var sky = [0]
        var marked = [0]
        for column in 0..<columns {
            let end = min(horizon[column], rows)
            sky.append(sky[column] + end)
            marked.append(marked[column] + (0..<end).count { isOn[$0 * columns + column] })
        }
        return (0..<columns).map { column in
            let first = max(0, column - settings.ownColumns)
            let end = min(columns, column + settings.ownColumns + 1)
            let rest = sky[columns] - (sky[end] - sky[first])
            let like = marked[columns] - (marked[end] - marked[first])
            guard rest > 0 else { return 0 }
            let times = Double(like) / Double(rest) / settings.usualOfSky
            return Double(SmokeMath.log(Float(max(times, 1))))
        }
    }

    /// What is left where clouds go by: a plume hides part of the sky, clouds look like smoke all over it.
    private func withoutClouds(_ probabilities: CellGrid, _ horizon: [Int]) -> CellGrid {
        guard isMostOfSky(probabilities.values.map { $0 > 0.5 }, horizon) else { return probabilities }
        var rest = probabilities
        // A window reaches one cell beyond its own.
        for cell in rest.values.indices where cell / columns <= horizon[cell % columns] { rest.values[cell] = 0 }
        return rest
    }

    private func isMostOfSky(_ isOn: [Bool], _ horizon: [Int]) -> Bool {
        var (sky, marked) = (0, 0)
        for column in 0..<columns {
            for row in 0..<min(horizon[column], rows) {
                sky += 1
                marked += isOn[row * columns + column] ? 1 : 0
            }
        }
        return sky > 0 && Double(marked) > settings.mostOfSky * Double(sky)
    }

    /// The windows whose probability can still change the evidence, however sure the networks should be of them.
    ///
    /// A window matters where evidence is held within two cells of it, or can be gained there. What comes out is the
    /// same evidence, to the bit: elsewhere it stays 0.
    ///
    /// - Parameters:
    ///   - treeLogits: log-odds of the trees.
    ///   - isAsked: windows that the trees let through.
    ///   - horizon: row at which the sky ends, by column.
    func concern(of treeLogits: [Double], where isAsked: [Bool], horizon: [Int]) -> [Bool] {
        let asked = isAsked.count { $0 }
        // So many could be smoke that they may have to be counted.
        guard Double(asked) <= settings.mostOfPicture * Double(isAsked.count), !isMostOfSky(isAsked, horizon) else {
            return isAsked
        }
        let most = SmokeMath.logit(1)
        var highest = CellGrid(columns: columns, rows: rows)
        for cell in isAsked.indices where isAsked[cell] {
            highest.values[cell] = Float(SmokeMath.probability(logit: (treeLogits[cell] + most) / 2))
        }
        // Rounding must not decide.
        let least = Float(SmokeMath.probability(logit: settings.bias - 0.01))
        let smooth = highest.mean(over: 3)
        let gains = CellMask(columns: columns, rows: rows, isOn: smooth.values.map { $0 >= least }).grown(by: 1)
        let changes = CellMask(
            columns: columns, rows: rows, isOn: evidence.indices.map { evidence[$0] > 0 || gains.isOn[$0] })
        let near = changes.grown(by: 2)
        return isAsked.indices.map { isAsked[$0] && near.isOn[$0] }
    }

    /// Regions in which evidence reaches `threshold`.
    ///
    /// - Parameter horizon: row at which the sky ends, by column; a region that ends well above it is a cloud.
    func regions(threshold: Double, horizon: [Int]?) -> [Region] {
        CellRegions.find(evidence.map { $0 >= threshold }, columns: columns, rows: rows).compactMap { region in
            guard region.members.count >= settings.fewestCells, !isCloud(region, horizon) else { return nil }
            return strongest(of: region)
        }
    }

    /// Regions in which evidence reaches half of `threshold` and nothing is told, and why not.
    ///
    /// - Parameter told: what `regions` gave for the same threshold and horizon.
    func nearMisses(
        threshold: Double, horizon: [Int]?, told: [Region]
    ) -> [(region: Region, reason: Decision.Reason)] {
        CellRegions.find(evidence.map { $0 >= threshold / 2 }, columns: columns, rows: rows).compactMap { cells in
            guard !told.contains(where: { cells.members.contains($0.peak) }) else { return nil }
            let region = strongest(of: cells)
            guard region.evidence >= threshold else { return (region, .belowBar) }
            return (region, isCloud(cells, horizon) ? .aboveHorizon : .tooSmall)
        }
    }

    private func strongest(of cells: CellRegion) -> Region {
        let peak = cells.members.max { evidence[$0] < evidence[$1] } ?? cells.members[0]
        return Region(cells: cells, evidence: evidence[peak], peak: peak)
    }

    private func isCloud(_ region: CellRegion, _ horizon: [Int]?) -> Bool {
        guard let horizon else { return false }
        let skyline = horizon[region.left...region.right].max() ?? 0
        return region.bottom < skyline - settings.highestAboveHorizon
    }
}
