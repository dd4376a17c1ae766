import PixelKernels

// Background that has moved a little: a camera that shakes, a branch in the wind.
extension BackgroundModel {
    /// Pixels of a region that are looked at, at most about.
    private static let displacementSamples = 24
    /// Fewer than this many say nothing.
    private static let fewestSamples = 8
    /// One pixel in so many may be another one's: one in four.
    private static let toleratedShare = 4
    /// Regions of a picture that are looked at; a picture with more of them is busy with something else.
    private static let mostRegions = 48
    /// Samples of the background, of the 16, that a pixel is held against.
    private static let samplesAsked = 4
    /// How far background is looked for, in pixels both ways, in a picture of up to `shiftsHeight` lines, and as much
    /// farther as it is higher; standing still is left out.
    private static let shifts: InlineArray<13, Int> = [0, -1, 1, -2, 2, -3, 3, -4, 4, -6, 6, -8, 8]

    private static let shiftsHeight = 360

    /// A pixel as loaded.
    private struct Place {
        var x = 0
        var y = 0
        var luma = 0
        var u = 0
        var v = 0
    }

    /// Tells which regions of the labelled mask show nothing but background from a few pixels further on, the same way
    /// for all of their pixels (after Elgammal, Harwood and Davis, "Non-parametric model for background subtraction",
    /// 2000, section 5). An object is never explained so, unless it looks like what is beside it.
    ///
    /// - Parameter isDisplaced: receives the answer for each region of `components.kept`.
    func findDisplaced(into isDisplaced: inout [Bool]) {
        isDisplaced.removeAll(keepingCapacity: true)
        for index in components.kept.indices {
            isDisplaced.append(index < Self.mostRegions && isDisplacedBackground(index))
        }
    }

    private func isDisplacedBackground(_ index: Int) -> Bool {
        var places = InlineArray<64, Place>(repeating: Place())
        let count = collect(index, into: &places)
        guard count >= Self.fewestSamples else { return false }
        let tolerated = count / Self.toleratedShare
        let radius = Int(sampleRadius)
        let samples = model.span
        // A branch sways over more pixels where there are more of them.
        let lines = max(geometry.height, Self.shiftsHeight)
        for down in Self.shifts.indices {
            for across in Self.shifts.indices where across + down > 0 {
                let (acrossPixels, downPixels) = (
                    Self.shifts[across] * lines / Self.shiftsHeight, Self.shifts[down] * lines / Self.shiftsHeight
                )
                var misses = 0
                var next = 0
                while next < count, misses <= tolerated {
                    if !isBackground(places[next], samples, acrossPixels, downPixels, radius) {
                        misses += 1
                    }
                    next += 1
                }
                if misses <= tolerated { return true }
            }
        }
        return false
    }

    /// - Returns: how many pixels of a region were taken, evenly spread.
    private func collect(_ index: Int, into places: inout InlineArray<64, Place>) -> Int {
        let region = components.kept[index]
        let mark = components.mark(of: index)
        let mask = finalMask.span
        let now = picture.span
        // Every so-manieth pixel rather than a grid, which a thin line may slip through.
        let step = max(1, region.area / Self.displacementSamples)
        var (seen, count) = (0, 0)
        for y in region.minY..<region.maxY {
            for x in region.minX..<region.maxX where mask[y * geometry.paddedWidth + x] == mark {
                defer { seen += 1 }
                guard seen % step == step / 2, count < places.count else { continue }
                let block = (y / 2 * geometry.grid.across + x / PixelBlock.width) * PixelBlock.bytes
                let column = x % PixelBlock.width / 2
                places[count] = Place(
                    x: x, y: y, luma: Int(now[block + (2 * (y & 1) + (x & 1)) * PixelBlock.columns + column]),
                    u: Int(now[block + PixelBlock.pixels + column]),
                    v: Int(now[block + PixelBlock.pixels + PixelBlock.columns + column]))
                count += 1
            }
        }
        return count
    }

    /// Whether one of the first samples explains a pixel, seen from `across` and `down` further on.
    @inline(__always)
    private func isBackground(_ place: Place, _ samples: Span<UInt8>, _ across: Int, _ down: Int, _ radius: Int) -> Bool
    {
        let x = min(max(place.x + across, 0), geometry.width - 1)
        let y = min(max(place.y + down, 0), geometry.height - 1)
        let grid = geometry.grid
        let block = y / 2 * grid.across + x / PixelBlock.width
        let column = x % PixelBlock.width / 2
        let luma = (2 * (y & 1) + (x & 1)) * PixelBlock.columns + column
        let chroma = PixelBlock.pixels + column
        for sample in 0..<Self.samplesAsked {
            let start = PixelBlock.sampleStart(sample, block: block, of: grid.count)
            let distance =
                abs(place.luma - Int(samples[start + luma])) + abs(place.u - Int(samples[start + chroma]))
                + abs(place.v - Int(samples[start + chroma + PixelBlock.columns]))
            if distance <= radius { return true }
        }
        return false
    }
}
