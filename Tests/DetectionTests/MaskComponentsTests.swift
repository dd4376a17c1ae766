import PixelKernels
import Testing

@testable import Detection

@Suite struct MaskComponentsTests {
    private struct Cleaned: Equatable {
        var mask: [UInt8]
        var areas: [Int]
    }

    private static func clean(_ mask: [UInt8], width: Int, height: Int, stride: Int, minimumArea: Int) -> Cleaned {
        var components = MaskComponents(width: width, height: height, stride: stride, minimumArea: minimumArea)
        var buffer = PixelBuffer(count: stride * height)
        do {
            var bytes = buffer.mutableSpan
            for i in 0..<mask.count { bytes[i] = mask[i] }
        }
        let occupied = (0..<height).map { y in mask[y * stride..<y * stride + width].contains(255) }
        components.label(&buffer, occupied: occupied)
        components.finish(&buffer)
        let bytes = buffer.span
        return Cleaned(mask: (0..<stride * height).map { bytes[$0] }, areas: components.kept.map(\.area))
    }

    /// Everything that cannot be reached from outside over edges of clear pixels belongs to what is around it.
    private static func naive(_ mask: [UInt8], width: Int, height: Int, stride: Int, minimumArea: Int) -> Cleaned {
        var outside = Set<Int>()
        var queue: [(Int, Int)] = []
        for x in 0..<width { queue += [(x, 0), (x, height - 1)] }
        for y in 0..<height { queue += [(0, y), (width - 1, y)] }
        while let (x, y) = queue.popLast() {
            guard x >= 0, y >= 0, x < width, y < height, mask[y * stride + x] == 0 else { continue }
            guard outside.insert(y * stride + x).inserted else { continue }
            queue += [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
        }
        var areas: [Int] = []
        var kept: [Set<Int>] = []
        var seen = Set<Int>()
        for y in 0..<height {
            for x in 0..<width where !outside.contains(y * stride + x) && !seen.contains(y * stride + x) {
                var region: [Int] = []
                var stack = [(x, y)]
                while let (px, py) = stack.popLast() {
                    let at = py * stride + px
                    guard px >= 0, py >= 0, px < width, py < height, !outside.contains(at),
                        seen.insert(at).inserted
                    else { continue }
                    region.append(at)
                    for dy in -1...1 { for dx in -1...1 { stack.append((px + dx, py + dy)) } }
                }
                guard region.count >= minimumArea else { continue }
                areas.append(region.count)
                kept.append(Set(region))
            }
        }
        return Cleaned(mask: bridged(kept, mask, width: width, height: height, stride: stride), areas: areas)
    }

    /// Pixel by pixel: a gap between two parts of a region in one line is closed where it is no longer than their mean;
    /// all rows of a region, then all of its columns, region after region.
    private static func bridged(
        _ regions: [Set<Int>], _ mask: [UInt8], width: Int, height: Int, stride: Int
    ) -> [UInt8] {
        var owned = regions
        func isFree(_ at: Int) -> Bool { !owned.contains { $0.contains(at) } }
        for index in owned.indices {
            let rows = (0..<height).map { y in (0..<width).map { y * stride + $0 } }
            let columns = (0..<width).map { x in (0..<height).map { $0 * stride + x } }
            for line in rows + columns {
                let parts = line.indices.split { !owned[index].contains(line[$0]) }
                for (before, after) in zip(parts, parts.dropFirst()) {
                    let gap = before.endIndex..<after.startIndex
                    guard 2 * gap.count <= before.count + after.count else { continue }
                    for i in gap where isFree(line[i]) { owned[index].insert(line[i]) }
                }
            }
        }
        return mask.indices.map { at in
            at % stride < width ? (isFree(at) ? 0 : 255) : mask[at]
        }
    }

    @Test func agreesWithFloodFill() {
        var random = Xorshift(state: 4242)
        for round in 0..<150 {
            let width = 2 + round % 41
            let height = 2 + round % 17
            let stride = width + round % 5
            let share = [30, 90, 128, 160, 220][round % 5]
            let mask = (0..<stride * height).map { i in
                i % stride < width && random.next() >> 40 & 255 < share ? UInt8(255) : 0
            }
            let area = [1, 4, 12][round % 3]
            let expected = Self.naive(mask, width: width, height: height, stride: stride, minimumArea: area)
            let result = Self.clean(mask, width: width, height: height, stride: stride, minimumArea: area)
            #expect(result == expected, "round \(round)")
        }
    }

    @Test func holesAndIslandsInThemBelongToTheRing() {
        let rows = [
            "..........",
            ".########.",
            ".#......#.",
            ".#.####.#.",
            ".#.#..#.#.",
            ".#.####.#.",
            ".#......#.",
            ".########.",
            ".........#",
        ]
        let mask = rows.flatMap { $0.map { $0 == "#" ? UInt8(255) : 0 } }
        let result = Self.clean(mask, width: 10, height: 9, stride: 10, minimumArea: 1)
        #expect(result.areas == [8 * 7 + 1])
        #expect(result == Self.naive(mask, width: 10, height: 9, stride: 10, minimumArea: 1))
    }

    /// A car whose roof looks like the road, and a walker between whose legs the ground is seen.
    @Test func gapsNarrowerThanTheirSidesAreClosed() {
        let rows = [
            "....................",
            ".######..######.....",
            ".######..######..###",
            ".##############..###",
            ".................#.#",
            ".................#.#",
        ]
        let expected = [
            "....................",
            ".##############.....",
            ".##############..###",
            ".##############..###",
            ".................###",
            ".................###",
        ]
        let wide = ["#...#", "#...#", "#####"]
        func pixels(_ rows: [String]) -> [UInt8] { rows.flatMap { $0.map { $0 == "#" ? UInt8(255) : 0 } } }
        let car = Self.clean(pixels(rows), width: 20, height: 6, stride: 20, minimumArea: 1)
        #expect(car.mask == pixels(expected))
        #expect(car.areas == [6 + 6 + 12 + 14, 3 + 3 + 4])
        #expect(Self.clean(pixels(wide), width: 5, height: 3, stride: 5, minimumArea: 1).mask == pixels(wide))
    }
}
