/// What a picture is held against the learned view by.
struct TamperMeasures: Equatable {
    /// Shares of cells that are all but black, or all but white.
    var dark = 0.0
    var bright = 0.0
    /// Whether the learned view has enough edges that their loss would tell something.
    var hasTexture = false
    /// Share of the learned view's textured cells whose edges are gone.
    var lost = 0.0
    /// How much of their edge the textured cells have kept: the median of all.
    var kept = 1.0
    /// Edges of the whole picture, as a multiple of the learned view's.
    var texture = 1.0
    /// Correlation of the cells' edges with the learned ones, -1 to 1.
    var pattern = 1.0
    /// Correlation of the cells' brightness with the learned one, -1 to 1.
    var shading = 1.0
    /// Spread of the cells' brightness, as a multiple of the learned view's.
    var contrast = 1.0
    /// Where the learned view's edges have gone, in shares of width and height, and how well they fit there.
    var shift: (x: Double, y: Double, fit: Double)?

    static func == (a: TamperMeasures, b: TamperMeasures) -> Bool {
        a.dark == b.dark && a.bright == b.bright && a.lost == b.lost && a.kept == b.kept && a.texture == b.texture
            && a.pattern == b.pattern && a.shading == b.shading && a.contrast == b.contrast
            && a.shift?.x == b.shift?.x && a.shift?.y == b.shift?.y && a.shift?.fit == b.shift?.fit
    }
}

/// The view that a camera is used to: cells averaged over minutes, and what noise alone looks like in them.
struct TamperReference: Sendable {
    private static let darkLevel: Float = 18
    private static let brightLevel: Float = 237
    /// Edge beyond the noise floor that makes a cell textured.
    private static let textured: Float = 5

    private(set) var means: [Float]
    private(set) var edges: [Float]
    private(set) var dark = 0.0
    private(set) var bright = 0.0
    private(set) var learnedSeconds = 0.0

    init(cells: Int) {
        means = [Float](repeating: 0, count: cells)
        edges = [Float](repeating: 0, count: cells)
    }

    /// Takes a picture into the average.
    /// - Parameter seconds: since the picture before.
    mutating func learn(_ picture: borrowing TamperPicture, seconds: Double, following: Double) {
        learnedSeconds += seconds
        let share = Float(min(1, max(seconds, 0.001) / min(following, max(learnedSeconds, 0.001))))
        for cell in means.indices {
            means[cell] += (picture.means[cell] - means[cell]) * share
            edges[cell] += (picture.edges[cell] - edges[cell]) * share
        }
        let (darkNow, brightNow) = Self.extremes(picture)
        dark += (darkNow - dark) * Double(share)
        bright += (brightNow - bright) * Double(share)
    }

    func measure(_ picture: borrowing TamperPicture) -> TamperMeasures {
        var found = TamperMeasures()
        (found.dark, found.bright) = Self.extremes(picture)
        let learned = Self.aboveFloor(edges)
        let current = Self.aboveFloor(picture.edges)
        let textured = learned.indices.filter { learned[$0] > Self.textured }
        // A foggy night or a white wall has nothing to lose.
        found.hasTexture = textured.count >= max(12, learned.count / 20)
        if found.hasTexture {
            let ratios = textured.map { current[$0] / learned[$0] }
            found.lost = Double(ratios.count { $0 < 0.35 }) / Double(ratios.count)
            found.kept = Double(ratios.value(ranked: ratios.count / 2))
        }
        found.texture = Double(current.reduce(0, +) / max(learned.reduce(0, +), 1))
        found.pattern = Self.correlation(learned.map { $0.squareRoot() }, current.map { $0.squareRoot() })
        found.shading = Self.correlation(means, picture.means)
        found.contrast = Self.spread(picture.means) / max(Self.spread(means), 1)
        // Costly, and of interest only where the edges are elsewhere.
        if found.hasTexture, found.pattern < 0.75, found.texture > 0.2 {
            found.shift = shift(learned, current, columns: picture.columns, rows: picture.rows)
        }
        return found
    }

    private static func extremes(_ picture: borrowing TamperPicture) -> (dark: Double, bright: Double) {
        var counts = (dark: 0, bright: 0)
        for mean in picture.means {
            if mean < darkLevel { counts.dark += 1 }
            if mean > brightLevel { counts.bright += 1 }
        }
        let cells = Double(picture.means.count)
        return (Double(counts.dark) / cells, Double(counts.bright) / cells)
    }

    /// Edges without what noise makes everywhere: the fifth of the cells with the least edge tells how much that is.
    private static func aboveFloor(_ edges: [Float]) -> [Float] {
        let floor = edges.value(ranked: edges.count / 5)
        return edges.map { max(0, $0 - floor) }
    }

    /// Pearson's; 0 where one side does not vary.
    private static func correlation(_ a: [Float], _ b: [Float]) -> Double {
        var (sumA, sumB, squaresA, squaresB, products) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (x, y) in zip(a, b) {
            let (x, y) = (Double(x), Double(y))
            sumA += x
            sumB += y
            squaresA += x * x
            squaresB += y * y
            products += x * y
        }
        let count = Double(max(1, min(a.count, b.count)))
        let (varianceA, varianceB) = (squaresA - sumA * sumA / count, squaresB - sumB * sumB / count)
        guard varianceA > 1e-6, varianceB > 1e-6 else { return 0 }
        return (products - sumA * sumB / count) / (varianceA * varianceB).squareRoot()
    }

    private static func spread(_ values: [Float]) -> Double {
        let mean = Double(values.reduce(0, +)) / Double(values.count)
        let squares = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return (squares / Double(values.count)).squareRoot()
    }

    /// The displacement by up to a quarter of the picture at which the edges fit best, by normalised correlation over the
    /// part that both show.
    private func shift(_ learned: [Float], _ current: [Float], columns: Int, rows: Int) -> (
        x: Double, y: Double, fit: Double
    )? {
        var best: (x: Int, y: Int, fit: Double)?
        for y in -(rows / 4)...(rows / 4) {
            for x in -(columns / 4)...(columns / 4) where x != 0 || y != 0 {
                let (left, right) = (max(0, x), min(columns, columns + x))
                let (top, bottom) = (max(0, y), min(rows, rows + y))
                var (a, b): ([Float], [Float]) = ([], [])
                a.reserveCapacity((right - left) * (bottom - top))
                b.reserveCapacity((right - left) * (bottom - top))
                for row in top..<bottom {
                    let from = (row - y) * columns - x
                    a += learned[from + left..<from + right]
                    let here = row * columns
                    b += current[here + left..<here + right]
                }
                let fit = Self.correlation(a, b)
                if fit > best?.fit ?? -1 { best = (x, y, fit) }
            }
        }
        return best.map { (Double($0.x) / Double(columns), Double($0.y) / Double(rows), $0.fit) }
    }
}
