import Domain

/// One connected region of a mask, in mask pixels.
struct MaskComponent: Equatable {
    var minX: Int
    var minY: Int
    /// One beyond the last column and row.
    var maxX: Int
    var maxY: Int
    /// Pixels, its holes included.
    var area: Int
    var sumX: Int
    var sumY: Int

    var centerX: Double { Double(sumX) / Double(max(area, 1)) }
    var centerY: Double { Double(sumY) / Double(max(area, 1)) }

    mutating func add(_ other: MaskComponent) {
        minX = min(minX, other.minX)
        minY = min(minY, other.minY)
        maxX = max(maxX, other.maxX)
        maxY = max(maxY, other.maxY)
        area += other.area
        sumX += other.sumX
        sumY += other.sumY
    }
}

extension MaskComponent {
    func contains(_ x: Double, _ y: Double) -> Bool {
        x >= Double(minX) && x < Double(maxX) && y >= Double(minY) && y < Double(maxY)
    }

    var boxArea: Double { Double((maxX - minX) * (maxY - minY)) }

    func joined(with other: MaskComponent) -> MaskComponent {
        var joined = self
        joined.add(other)
        return joined
    }

    /// Whether more than half of the other's box lies in this one's.
    func holdsMost(of other: MaskComponent) -> Bool {
        let w = min(maxX, other.maxX) - max(minX, other.minX)
        let h = min(maxY, other.maxY) - max(minY, other.minY)
        return w > 0 && h > 0 && 2 * w * h > (other.maxX - other.minX) * (other.maxY - other.minY)
    }

    /// Intersection over union of the boxes, 0 to 1.
    func overlap(with other: MaskComponent) -> Double {
        let w = min(maxX, other.maxX) - max(minX, other.minX)
        let h = min(maxY, other.maxY) - max(minY, other.minY)
        guard w > 0, h > 0 else { return 0 }
        let areas = (maxX - minX) * (maxY - minY) + (other.maxX - other.minX) * (other.maxY - other.minY)
        return Double(w * h) / Double(areas - w * h)
    }

    /// In fractions of a picture of the given size.
    func box(width: Double, height: Double) -> Box {
        Box(
            x: Double(minX) / width, y: Double(minY) / height, width: Double(maxX - minX) / width,
            height: Double(maxY - minY) / height)
    }
}
