import PixelKernels

/// Finds the connected regions of a mask, fills their holes and drops the small ones.
///
/// Works on runs of equal pixels with a union-find forest (He, Chao and Suzuki, "A run-based two-scan labeling
/// algorithm", 2008), on both colours at once: set pixels hang together over corners, clear ones over edges, so that a
/// clear region that does not reach the picture's edge is a hole of the region to the left of its first pixel.
struct MaskComponents {
    private struct Run {
        var start: Int32
        /// One beyond the last pixel.
        var end: Int32
        /// A run of the same region that comes earlier, or itself.
        var parent: Int32
        var isSet: Bool
    }

    /// Stands for everything that hangs together with the picture's edge; no run.
    private static let outside: Int32 = 0

    private let width: Int
    private let height: Int
    private let stride: Int
    private let minimumArea: Int
    private let smallArea: Int
    /// Element 0 stands for the outside.
    private var runs: [Run] = []
    /// The first run of each row, and one more at the end.
    private var rowStarts: [Int32]
    /// For each run that is the root of a region: its place in `regions`.
    private var places: [Int32] = []
    private var regions: [MaskComponent] = []
    /// The regions that are large enough, in the order of their first pixels.
    private(set) var kept: [MaskComponent] = []
    /// The regions that are not, but have the small area at least. They are not in the mask.
    private(set) var small: [MaskComponent] = []
    /// For each of `kept` its place in `regions`.
    private var keptPlaces: [Int32] = []

    /// - Parameters:
    ///   - stride: bytes from row to row of the masks.
    ///   - minimumArea: the least area in pixels that is kept.
    ///   - smallArea: the least area in pixels that is told of; none is where it is no smaller than the other.
    init(width: Int, height: Int, stride: Int, minimumArea: Int, smallArea: Int = .max) {
        self.width = width
        self.height = height
        self.stride = stride
        self.minimumArea = minimumArea
        self.smallArea = smallArea
        rowStarts = [Int32](repeating: 0, count: height + 1)
        // Room for a scene with little in it; grows once where a busy one needs more.
        runs.reserveCapacity(height * 2)
        places.reserveCapacity(height * 2)
        regions.reserveCapacity(32)
        kept.reserveCapacity(16)
        small.reserveCapacity(16)
        keptPlaces.reserveCapacity(16)
    }

    /// Finds the regions: holes are filled, small ones are gone, and each pixel that is left holds its region's `mark`.
    ///
    /// - Parameters:
    ///   - buffer: the mask, 0 or 255; changed in place.
    ///   - occupied: per row, whether any pixel is set.
    mutating func label(_ buffer: inout PixelBuffer, occupied: [Bool]) {
        var mask = buffer.mutableSpan
        runs.removeAll(keepingCapacity: true)
        runs.append(Run(start: 0, end: 0, parent: Self.outside, isSet: false))
        for y in 0..<height {
            rowStarts[y] = Int32(runs.count)
            appendRuns(of: mask.span, row: y, occupied: occupied[y])
            rowStarts[y + 1] = Int32(runs.count)
            if y > 0 { joinRows(y - 1, y) }
        }
        joinEdges()
        adoptHoles()
        measure()
        paint(&mask)
    }

    /// Sets the pixels of row `y` that belong to kept regions, widened by `margin` pixels to both sides.
    ///
    /// - Returns: whether there are any.
    func paintRow(_ y: Int, margin: Int, into row: inout MutableSpan<UInt8>, at start: Int) -> Bool {
        guard y >= 0, y < height, !kept.isEmpty else { return false }
        var any = false
        for index in Int(rowStarts[y])..<Int(rowStarts[y + 1]) where isKept(index) {
            let from = max(0, Int(runs[index].start) - margin)
            let to = min(width, Int(runs[index].end) + margin)
            for x in from..<to { row[start + x] = 255 }
            any = true
        }
        return any
    }

    private mutating func appendRuns(of mask: Span<UInt8>, row: Int, occupied: Bool) {
        guard occupied else {
            append(from: 0, to: width, isSet: false)
            return
        }
        let pixels = mask.extracting(row * stride..<row * stride + width)
        var start = 0
        var colour: UInt8 = pixels[0]
        var x = 1
        while x < width {
            let end = endOfRun(pixels, colour: colour, from: x)
            append(from: start, to: end, isSet: colour != 0)
            guard end < width else { return }
            start = end
            colour = pixels[end]
            x = end + 1
        }
        append(from: start, to: width, isSet: colour != 0)
    }

    /// The first pixel from `x` on that has another colour, or the width.
    private func endOfRun(_ pixels: Span<UInt8>, colour: UInt8, from x: Int) -> Int {
        let eight: UInt64 = colour == 0 ? 0 : .max
        var x = x
        while x + 8 <= pixels.count,
            unsafe pixels.bytes.unsafeLoadUnaligned(fromByteOffset: x, as: UInt64.self) == eight
        {
            x += 8
        }
        while x < pixels.count, pixels[x] == colour { x += 1 }
        return x
    }

    private mutating func append(from start: Int, to end: Int, isSet: Bool) {
        runs.append(Run(start: Int32(start), end: Int32(end), parent: Int32(runs.count), isSet: isSet))
    }

    private mutating func root(_ run: Int32) -> Int32 {
        var run = run
        while runs[Int(run)].parent != run {
            let above = runs[Int(runs[Int(run)].parent)].parent
            runs[Int(run)].parent = above
            run = above
        }
        return run
    }

    /// The earlier root wins, so that a root is its region's first run.
    private mutating func join(_ a: Int32, _ b: Int32) {
        let rootA = root(a)
        let rootB = root(b)
        if rootA < rootB { runs[Int(rootB)].parent = rootA } else { runs[Int(rootA)].parent = rootB }
    }

    private mutating func joinRows(_ above: Int, _ below: Int) {
        var a = rowStarts[above]
        var b = rowStarts[below]
        let endA = rowStarts[above + 1]
        let endB = rowStarts[below + 1]
        while a < endA && b < endB {
            let runA = runs[Int(a)]
            let runB = runs[Int(b)]
            // Walking both rows in step, these two always overlap.
            if runA.isSet == runB.isSet { join(a, b) }
            if runA.end == runB.end {
                // Over the corner: what follows the one touches the other.
                if runA.isSet, !runB.isSet, b + 1 < endB { join(a, b + 1) }
                if runB.isSet, !runA.isSet, a + 1 < endA { join(a + 1, b) }
            }
            if runA.end <= runB.end { a += 1 }
            if runB.end <= runA.end { b += 1 }
        }
    }

    private mutating func joinEdges() {
        for y in 0..<height {
            let first = rowStarts[y]
            let last = rowStarts[y + 1] - 1
            if y == 0 || y == height - 1 {
                for run in first...last where !runs[Int(run)].isSet { join(Self.outside, run) }
            } else {
                if !runs[Int(first)].isSet { join(Self.outside, first) }
                if !runs[Int(last)].isSet { join(Self.outside, last) }
            }
        }
    }

    /// Joins each hole to what surrounds it, and each region inside a hole to the hole.
    private mutating func adoptHoles() {
        for y in 0..<height {
            for run in (rowStarts[y] + 1)..<max(rowStarts[y + 1], rowStarts[y] + 1) where runs[Int(run)].parent == run {
                if !runs[Int(run)].isSet || root(run - 1) != Self.outside { join(run - 1, run) }
            }
        }
    }

    private mutating func measure() {
        places.removeAll(keepingCapacity: true)
        regions.removeAll(keepingCapacity: true)
        kept.removeAll(keepingCapacity: true)
        keptPlaces.removeAll(keepingCapacity: true)
        small.removeAll(keepingCapacity: true)
        places.append(-1)
        for y in 0..<height {
            for index in Int(rowStarts[y])..<Int(rowStarts[y + 1]) {
                let top = root(Int32(index))
                runs[index].parent = top
                guard top != Self.outside else {
                    places.append(-1)
                    continue
                }
                let start = Int(runs[index].start)
                let end = Int(runs[index].end)
                let length = end - start
                let part = MaskComponent(
                    minX: start, minY: y, maxX: end, maxY: y + 1, area: length,
                    sumX: (start + end - 1) * length / 2, sumY: y * length)
                if top == Int32(index) {
                    places.append(Int32(regions.count))
                    regions.append(part)
                } else {
                    let place = places[Int(top)]
                    places.append(place)
                    regions[Int(place)].add(part)
                }
            }
        }
        for place in regions.indices {
            if regions[place].area >= minimumArea {
                kept.append(regions[place])
                keptPlaces.append(Int32(place))
            } else if regions[place].area >= smallArea {
                small.append(regions[place])
            }
        }
    }

    private func isKept(_ run: Int) -> Bool {
        let place = places[run]
        return place >= 0 && regions[Int(place)].area >= minimumArea
    }

    /// What the pixels of a kept region hold between `label` and `finish`. Regions that share one are far apart.
    private func mark(ofPlace place: Int32) -> UInt8 { UInt8(place % 254 + 1) }

    /// What the pixels of `kept[index]` hold between `label` and `finish`.
    func mark(of index: Int) -> UInt8 { mark(ofPlace: keptPlaces[index]) }

    private func paint(_ mask: inout MutableSpan<UInt8>) {
        for y in 0..<height {
            for index in Int(rowStarts[y])..<Int(rowStarts[y + 1]) where places[index] >= 0 {
                let keep = isKept(index)
                guard keep || runs[index].isSet else { continue }
                let value = keep ? mark(ofPlace: places[index]) : 0
                for x in Int(runs[index].start)..<Int(runs[index].end) { mask[y * stride + x] = value }
            }
        }
    }

    /// Takes regions out of the mask and of `kept`.
    ///
    /// - Parameter isDropped: per region of `kept`.
    mutating func drop(_ isDropped: [Bool], from buffer: inout PixelBuffer) {
        precondition(isDropped.count == kept.count)
        guard isDropped.contains(true) else { return }
        var mask = buffer.mutableSpan
        var left = 0
        for index in kept.indices {
            guard isDropped[index] else {
                kept[left] = kept[index]
                keptPlaces[left] = keptPlaces[index]
                left += 1
                continue
            }
            let region = kept[index]
            for y in region.minY..<region.maxY {
                for run in Int(rowStarts[y])..<Int(rowStarts[y + 1]) where places[run] == keptPlaces[index] {
                    for x in Int(runs[run].start)..<Int(runs[run].end) { mask[y * stride + x] = 0 }
                }
            }
            regions[Int(keptPlaces[index])].area = 0
        }
        kept.removeLast(kept.count - left)
        keptPlaces.removeLast(keptPlaces.count - left)
    }

    /// Makes the labelled regions the final mask of 0 and 255. Gaps in a region that are no wider than its parts on both
    /// sides, row by row and then column by column, are where the object happens to look like what is behind it.
    func finish(_ buffer: inout PixelBuffer) {
        var mask = buffer.mutableSpan
        for index in kept.indices {
            let region = kept[index]
            let mark = mark(of: index)
            for y in region.minY..<region.maxY {
                Self.bridge(&mask, from: y * stride + region.minX, count: region.maxX - region.minX, by: 1, mark)
            }
            for x in region.minX..<region.maxX {
                Self.bridge(&mask, from: region.minY * stride + x, count: region.maxY - region.minY, by: stride, mark)
            }
        }
        for region in kept {
            for y in region.minY..<region.maxY {
                for x in y * stride + region.minX..<y * stride + region.maxX where mask[x] != 0 { mask[x] = 255 }
            }
        }
    }

    /// Fills the gaps between the runs of one mark along a line that are no longer than the mean of the two runs.
    @inline(__always)
    private static func bridge(
        _ mask: inout MutableSpan<UInt8>, from start: Int, count: Int, by step: Int, _ mark: UInt8
    ) {
        var before = 0
        var gap = 0
        var length = 0
        for i in 0...count {
            if i < count, mask[start + i * step] == mark {
                length += 1
            } else if length > 0 {
                // A run has ended just before `i`.
                if before > 0, 2 * gap <= before + length {
                    for back in (i - length - gap)..<(i - length) where mask[start + back * step] == 0 {
                        mask[start + back * step] = mark
                    }
                }
                before = length
                length = 0
                gap = 1
            } else {
                gap += 1
            }
        }
    }
}
