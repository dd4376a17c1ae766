/// Evidence of smoke, gathered in each cell from picture to picture as log-odds.
struct SmokeEvidence: Sendable {
    /// Where there is enough of it to tell someone.
    struct Region {
        var cells: CellRegion
        /// The most evidence of any cell in it, and that cell.
        var evidence: Double
        var peak: Int
    }

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

    /// Takes in the probabilities of one picture, 0 to 1 for each cell.
    mutating func take(_ probabilities: CellGrid) {
        let smooth = probabilities.mean(over: 3)
        let likely = probabilities.values.count { $0 > 0.5 }
        // Haze, rain or a moved camera change everything at once: no reason to believe in a plume.
        let isEverywhere = Double(likely) > settings.mostOfPicture * Double(probabilities.values.count)
        for row in 0..<rows {
            for column in 0..<columns {
                var highest: Float = 0
                for y in max(0, row - 1)...min(rows - 1, row + 1) {
                    for x in max(0, column - 1)...min(columns - 1, column + 1) { highest = max(highest, smooth[y, x]) }
                }
                var gain = min(max(SmokeMath.logit(Double(highest)) - settings.bias, -1), 2)
                if isEverywhere { gain = min(gain, 0) }
                let cell = row * columns + column
                evidence[cell] = max(settings.memory * evidence[cell] + gain, 0)
            }
        }
    }

    /// Regions in which evidence reaches `threshold`.
    ///
    /// - Parameter horizon: row at which the sky ends, by column; a region that ends well above it is a cloud.
    func regions(threshold: Double, horizon: [Int]?) -> [Region] {
        CellRegions.find(evidence.map { $0 >= threshold }, columns: columns, rows: rows).compactMap { region in
            guard region.members.count >= settings.fewestCells else { return nil }
            if let horizon {
                let skyline = horizon[region.left...region.right].max() ?? 0
                guard region.bottom >= skyline - settings.highestAboveHorizon else { return nil }
            }
            let peak = region.members.max { evidence[$0] < evidence[$1] } ?? region.members[0]
            return Region(cells: region, evidence: evidence[peak], peak: peak)
        }
    }
}
