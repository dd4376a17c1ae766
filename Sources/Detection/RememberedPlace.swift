import PixelKernels

/// How a part of the picture looked before something came to rest in it, on a grid of points.
struct RememberedPlace {
    /// What differs by more, in luma and both chromas together, is another thing; or by more than half of what light and
    /// dark differ by in the scene, where that is less, though not by what noise alone makes.
    private static let tolerance = 10...26
    /// What differs by less is the place itself, whose light is followed.
    private static let likeness = 12
    private static let mostAcross = 24
    private static let mostDown = 24

    /// What is seen of the place on one picture.
    struct View {
        /// Points that differ from the place as it was, and their box in pixels.
        var differing = 0
        var box: MaskComponent?
        /// Those of them where the thing lay that came to rest.
        var differingInCore = 0
        var boxInCore: MaskComponent?
    }

    /// Around the thing, and where it lay.
    let area: MaskComponent
    let core: MaskComponent
    let stepX: Int
    let stepY: Int
    private let columns: Int
    private let rows: Int
    private var points: [PixelSample]

    /// - Parameter older: places remembered earlier, which know what was there before things that have become background.
    init(
        around core: MaskComponent, in model: borrowing BackgroundModel, older: [RememberedPlace]
    ) {
        let (width, height) = (core.maxX - core.minX, core.maxY - core.minY)
        let besides = max(width / 2, min(width, height / 2), 2)
        let above = max(height / 4, 2)
        var area = core
        area.minX = max(0, core.minX - besides)
        area.minY = max(0, core.minY - above)
        area.maxX = min(model.geometry.width, core.maxX + besides)
        area.maxY = min(model.geometry.height, core.maxY + above)
        self.area = area
        self.core = core
        stepX = max(1, (area.maxX - area.minX + Self.mostAcross - 1) / Self.mostAcross)
        stepY = max(1, (area.maxY - area.minY + Self.mostDown - 1) / Self.mostDown)
        columns = (area.maxX - area.minX + stepX - 1) / stepX
        rows = (area.maxY - area.minY + stepY - 1) / stepY
        points = []
        let tolerance = Self.tolerance(in: model)
        points.reserveCapacity(columns * rows)
        for row in 0..<rows {
            for column in 0..<columns {
                let (x, y) = (area.minX + column * stepX, area.minY + row * stepY)
                let background = model.backgroundSample(x, y)
                // The nearest point that is known says only whether something lies here, not how the texture goes.
                let known = older.lazy.compactMap { $0.sample(x, y) }.first {
                    $0.distance(to: background) > tolerance
                }
                points.append(known ?? background)
            }
        }
    }

    /// The place at a pixel, as far as this one knows it.
    private func sample(_ x: Int, _ y: Int) -> PixelSample? {
        guard area.contains(Double(x), Double(y)) else { return nil }
        var sample = points[(y - area.minY) / stepY * columns + (x - area.minX) / stepX]
        (sample.x, sample.y) = (Int16(x), Int16(y))
        return sample
    }

    /// Holds the picture against it. The light may have changed: by how much, most of the place says.
    func view(in model: borrowing BackgroundModel) -> View {
        let gain = gain(in: model)
        let tolerance = Self.tolerance(in: model)
        var view = View()
        for point in points where difference(of: point, in: model, gain: gain) > tolerance {
            let (x, y) = (Int(point.x), Int(point.y))
            let cell = MaskComponent(
                minX: x, minY: y, maxX: min(x + stepX, area.maxX), maxY: min(y + stepY, area.maxY), area: 1, sumX: x,
                sumY: y)
            view.differing += 1
            view.box = view.box.map { $0.joined(with: cell) } ?? cell
            guard core.contains(Double(x), Double(y)) else { continue }
            view.differingInCore += 1
            view.boxInCore = view.boxInCore.map { $0.joined(with: cell) } ?? cell
        }
        return view
    }

    /// Of the points in a box, how many differ; `nil` where it holds none.
    func differingShare(in box: MaskComponent, of model: borrowing BackgroundModel) -> Double? {
        let gain = gain(in: model)
        let tolerance = Self.tolerance(in: model)
        var (count, differing) = (0, 0)
        for point in points where box.contains(Double(point.x), Double(point.y)) {
            count += 1
            if difference(of: point, in: model, gain: gain) > tolerance { differing += 1 }
        }
        return count > 0 ? Double(differing) / Double(count) : nil
    }

    /// How much stronger the edges around what differs in a box are in the picture than in the place as it was: above 1 where
    /// something was added to it, below where something is gone that was taken for a part of it.
    func outlineRatio(in box: MaskComponent, of model: borrowing BackgroundModel) -> Double {
        let gain = gain(in: model)
        let tolerance = Self.tolerance(in: model)
        var (now, before) = (0, 0)
        for (index, point) in points.enumerated()
        where box.contains(Double(point.x), Double(point.y))
            && difference(of: point, in: model, gain: gain) > tolerance
        {
            let (row, column) = (index / columns, index % columns)
            for (besideRow, besideColumn) in [
                (row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1),
            ]
            where besideRow >= 0 && besideRow < rows && besideColumn >= 0 && besideColumn < columns {
                let beside = points[besideRow * columns + besideColumn]
                guard difference(of: beside, in: model, gain: gain) <= tolerance else { continue }
                now += abs(
                    Int(model.presentSample(Int(point.x), Int(point.y)).luma)
                        - Int(model.presentSample(Int(beside.x), Int(beside.y)).luma))
                before += abs(Int(point.luma) - Int(beside.luma))
            }
        }
        return Double(now) / Double(max(before, 1))
    }

    /// Follows the light of what is still the place itself.
    mutating func followLight(in model: borrowing BackgroundModel) {
        let gain = gain(in: model)
        let likeness = min(Self.likeness, Self.tolerance(in: model) / 2)
        for index in points.indices
        where difference(of: points[index], in: model, gain: gain) <= likeness {
            let now = model.presentSample(Int(points[index].x), Int(points[index].y))
            let luma = Int(points[index].luma)
            let unlit = min(255, Int(now.luma) * 256 / gain)
            points[index].luma = UInt8(luma + (unlit - luma) / 4)
        }
    }

    private static func tolerance(in model: borrowing BackgroundModel) -> Int {
        min(max(model.spread / 2, tolerance.lowerBound), tolerance.upperBound)
    }

    private func difference(of point: PixelSample, in model: borrowing BackgroundModel, gain: Int) -> Int {
        let now = model.presentSample(Int(point.x), Int(point.y))
        return abs(Int(now.luma) - min(255, Int(point.luma) * gain / 256)) + abs(Int(now.u) - Int(point.u))
            + abs(Int(now.v) - Int(point.v))
    }

    /// What the luma of most points was multiplied by, in 256ths: the median.
    private func gain(in model: borrowing BackgroundModel) -> Int {
        var counts = InlineArray<64, Int>(repeating: 0)
        for point in points {
            let now = model.presentSample(Int(point.x), Int(point.y))
            counts[min(63, (Int(now.luma) * 32 + 16) / max(Int(point.luma), 1))] += 1
        }
        var (sum, place) = (0, 0)
        while place < 63, sum + counts[place] <= points.count / 2 {
            sum += counts[place]
            place += 1
        }
        // As it was, give or take a step of the histogram.
        return abs(place - 32) <= 1 ? 256 : min(max(place * 8 + 4, 128), 500)
    }
}

extension PixelSample {
    fileprivate func distance(to other: PixelSample) -> Int {
        abs(Int(luma) - Int(other.luma)) + abs(Int(u) - Int(other.u)) + abs(Int(v) - Int(other.v))
    }
}

extension BackgroundModel {
    /// The loaded picture at a pixel.
    func presentSample(_ x: Int, _ y: Int) -> PixelSample {
        let blocks = picture.span
        let block = (y / 2 * geometry.grid.across + x / PixelBlock.width) * PixelBlock.bytes
        let column = x % PixelBlock.width / 2
        return PixelSample(
            x: Int16(x), y: Int16(y), luma: blocks[block + (2 * (y & 1) + (x & 1)) * PixelBlock.columns + column],
            u: blocks[block + PixelBlock.pixels + column],
            v: blocks[block + PixelBlock.pixels + PixelBlock.columns + column])
    }

    /// The mean of the sixteen samples at a pixel.
    func backgroundSample(_ x: Int, _ y: Int) -> PixelSample {
        let samples = model.span
        let block = y / 2 * geometry.grid.across + x / PixelBlock.width
        let column = x % PixelBlock.width / 2
        let phase = (2 * (y & 1) + (x & 1)) * PixelBlock.columns
        var (luma, u, v) = (0, 0, 0)
        for sample in 0..<PixelBlock.samples {
            let start = PixelBlock.sampleStart(sample, block: block, of: geometry.grid.count) + column
            luma += Int(samples[start + phase])
            u += Int(samples[start + PixelBlock.pixels])
            v += Int(samples[start + PixelBlock.pixels + PixelBlock.columns])
        }
        return PixelSample(
            x: Int16(x), y: Int16(y), luma: UInt8(luma / PixelBlock.samples), u: UInt8(u / PixelBlock.samples),
            v: UInt8(v / PixelBlock.samples))
    }
}
