import Domain
import PixelKernels

/// A scene in a few numbers, to tell in which way it has changed: mean luma of each column and row of a coarse grid, and
/// how much colour there is.
struct SceneSignature: Equatable {
    /// Grid points are this many pixels apart.
    private static let spacing = 4
    /// Below this standard deviation of luma nothing can be seen.
    private static let leastContrast = 3.0
    /// Mean distance from grey of a picture in colour, and of one without.
    private static let colorful = 2.5
    private static let colorless = 1.0

    private var columns: [Double] = []
    private var rows: [Double] = []
    /// Mean of |U - 128| + |V - 128|.
    private(set) var colorfulness = 0.0
    /// Standard deviation of luma.
    private(set) var contrast = 0.0

    /// What no picture has been measured into; has room for one.
    init(geometry: WorkingGeometry) {
        Self.clear(&columns, count: max(geometry.width / Self.spacing, 1))
        Self.clear(&rows, count: max(geometry.height / Self.spacing, 1))
    }

    /// - Parameter picture: its blocks.
    mutating func measure(_ picture: Span<UInt8>, geometry: WorkingGeometry) {
        let across = geometry.width / Self.spacing
        let down = geometry.height / Self.spacing
        Self.clear(&columns, count: max(across, 1))
        Self.clear(&rows, count: max(down, 1))
        var (sum, squares, color) = (0, 0, 0)
        for row in 0..<down {
            let start = row * Self.spacing / 2 * geometry.grid.across * PixelBlock.bytes
            var rowSum = 0
            for column in 0..<across {
                let half = column * Self.spacing / 2
                let at = start + half / PixelBlock.columns * PixelBlock.bytes + half % PixelBlock.columns
                let luma = Int(picture[at])
                rowSum += luma
                columns[column] += Double(luma)
                squares += luma * luma
                color += abs(Int(picture[at + 128]) - 128) + abs(Int(picture[at + 160]) - 128)
            }
            rows[row] = Double(rowSum) / Double(max(across, 1))
            sum += rowSum
        }
        let count = Double(max(across * down, 1))
        for column in columns.indices { columns[column] /= Double(max(down, 1)) }
        let mean = Double(sum) / count
        contrast = max(0, Double(squares) / count - mean * mean).squareRoot()
        colorfulness = Double(color) / count
    }

    /// Without asking for memory, once there is room enough.
    private static func clear(_ values: inout [Double], count: Int) {
        values.removeAll(keepingCapacity: true)
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(0) }
    }

    /// Whether the change to `other` is that colours came or went.
    func isRecoloured(in other: SceneSignature) -> Bool {
        let coloured = max(colorfulness, other.colorfulness)
        let grey = min(colorfulness, other.colorfulness)
        return other.contrast >= Self.leastContrast && coloured >= Self.colorful && grey <= Self.colorless
    }

    /// What the change to `other` is, with the value that decided it beside its threshold.
    func change(to other: SceneSignature) -> (change: SceneChange, name: String, value: Double, threshold: Double) {
        if other.contrast < Self.leastContrast {
            return (.lost, "contrast", other.contrast, Self.leastContrast)
        }
        if isRecoloured(in: other) {
            return (.infrared, "colorfulness", other.colorfulness, Self.colorless)
        }
        let across = Self.bestShift(columns, other.columns)
        let down = Self.bestShift(rows, other.rows)
        let shift = Double(max(abs(across.shift), abs(down.shift)))
        // Shifted where that explains both directions well, and much better than standing still does.
        let fits = min(across.likeness, down.likeness)
        let stays = min(across.unshifted, down.unshifted)
        if shift >= 1, fits > 0.8, fits > stays + 0.15 {
            return (.moved, "shiftFraction", shift / Double(max(columns.count, 1)), 1 / Double(max(columns.count, 1)))
        }
        if stays > 0.6 { return (.light, "likeness", stays, 0.6) }
        return (.other, "likeness", stays, 0.6)
    }

    /// The shift, up to a quarter, at which two profiles are most alike, by correlation of their slopes.
    private static func bestShift(_ a: [Double], _ b: [Double]) -> (shift: Int, likeness: Double, unshifted: Double) {
        let slopesA = zip(a.dropFirst(), a).map { $0 - $1 }
        let slopesB = zip(b.dropFirst(), b).map { $0 - $1 }
        let still = correlation(slopesA, slopesB, shift: 0)
        var best = (shift: 0, likeness: still, unshifted: still)
        let reach = a.count / 4
        guard reach > 0 else { return best }
        for shift in -reach...reach {
            let likeness = correlation(slopesA, slopesB, shift: shift)
            if likeness > best.likeness { (best.shift, best.likeness) = (shift, likeness) }
        }
        return best
    }

    private static func correlation(_ a: [Double], _ b: [Double], shift: Int) -> Double {
        var (n, sumA, sumB, squaresA, squaresB, products) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
        for i in a.indices where b.indices.contains(i + shift) {
            n += 1
            sumA += a[i]
            sumB += b[i + shift]
            squaresA += a[i] * a[i]
            squaresB += b[i + shift] * b[i + shift]
            products += a[i] * b[i + shift]
        }
        let variance = (n * squaresA - sumA * sumA) * (n * squaresB - sumB * sumB)
        return variance > 0 ? (n * products - sumA * sumB) / variance.squareRoot() : 0
    }
}
