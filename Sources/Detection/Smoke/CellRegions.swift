import Domain
import PixelKernels

/// Cells that lie next to each other or one apart.
struct CellRegion {
    /// In the order in which they were reached.
    let members: [Int]
    let left: Int
    let right: Int
    let top: Int
    let bottom: Int

    init(members: [Int], columns: Int) {
        self.members = members
        left = members.reduce(.max) { min($0, $1 % columns) }
        right = members.reduce(0) { max($0, $1 % columns) }
        top = members.reduce(.max) { min($0, $1 / columns) }
        bottom = members.reduce(0) { max($0, $1 / columns) }
    }
}

enum CellRegions {
    /// - Parameter isOn: for each cell whether it belongs to a region.
    static func find(_ isOn: [Bool], columns: Int, rows: Int) -> [CellRegion] {
        var isFree = isOn
        var regions: [CellRegion] = []
        for start in isFree.indices where isFree[start] {
            isFree[start] = false
            var members = [start]
            var next = 0
            while next < members.count {
                let (row, column) = (members[next] / columns, members[next] % columns)
                next += 1
                for y in max(0, row - 2)...min(rows - 1, row + 2) {
                    for x in max(0, column - 2)...min(columns - 1, column + 2) where isFree[y * columns + x] {
                        isFree[y * columns + x] = false
                        members.append(y * columns + x)
                    }
                }
            }
            regions.append(CellRegion(members: members, columns: columns))
        }
        return regions
    }
}

extension SmokeGeometry {
    /// Where a region lies in the source's picture.
    func box(of region: CellRegion) -> Box {
        let width = Double(CellSums.side * factor) / Double(sourceWidth * enlargement)
        let height = Double(CellSums.side * factor) / Double(sourceHeight * enlargement)
        return Box(
            x: Double(region.left) * width, y: Double(region.top) * height,
            width: Double(region.right - region.left + 1) * width,
            height: Double(region.bottom - region.top + 1) * height)
    }
}
