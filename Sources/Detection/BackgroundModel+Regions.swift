import PixelKernels

/// A pixel of a region: where it is, and its colour after gain.
struct PixelSample {
    var x: Int16
    var y: Int16
    var luma: UInt8
    var u: UInt8
    var v: UInt8
}

// What is asked of the model about single regions of the mask.
extension BackgroundModel {
    /// The components of the final mask without the shadows that they cast.
    ///
    /// - Parameters:
    ///   - minimumArea: smaller parts are left out, in pixels.
    ///   - regions: receives them.
    func findRegions(without test: inout ShadowTest, minimumArea: Int, into regions: inout [MaskComponent]) {
        regions.removeAll(keepingCapacity: true)
        for (index, region) in components.kept.enumerated() {
            guard !outlineVotes(of: region, mark: components.mark(of: index)).isPlainlyLight else { continue }
            test.trim(
                region, mask: finalMask.span, stride: geometry.paddedWidth, picture: picture.span, model: model.span,
                grid: geometry.grid, minimumArea: minimumArea, into: &regions)
        }
    }

    /// Collects at most about `most` pixels of the mask inside a region's box, evenly spread.
    func sample(_ region: MaskComponent, most: Int, into samples: inout [PixelSample]) {
        samples.removeAll(keepingCapacity: true)
        let cells = (region.maxX - region.minX) * (region.maxY - region.minY)
        var step = 1
        while cells / (step * step) > most { step += 1 }
        let mask = finalMask.span
        let blocks = picture.span
        let grid = geometry.grid
        for y in stride(from: region.minY, to: region.maxY, by: step) {
            for x in stride(from: region.minX, to: region.maxX, by: step) {
                guard mask[y * geometry.paddedWidth + x] != 0 else { continue }
                let block = (y / 2 * grid.across + x / PixelBlock.width) * PixelBlock.bytes
                let column = x % PixelBlock.width / 2
                samples.append(
                    PixelSample(
                        x: Int16(x), y: Int16(y), luma: blocks[block + (2 * (y & 1) + (x & 1)) * 32 + column],
                        u: blocks[block + 128 + column], v: blocks[block + 160 + column]))
            }
        }
    }
}
