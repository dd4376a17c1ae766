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
    /// Takes cast shadows out of the final mask and its components.
    mutating func clearShadows(by test: inout ShadowTest) {
        var any = false
        for region in components.kept {
            let found = Self.clearShadow(
                of: region, test: &test, mask: &finalMask, stride: geometry.paddedWidth, picture: picture,
                model: model, grid: geometry.grid)
            any = any || found
        }
        if any { clean() }
    }

    private static func clearShadow(
        of region: MaskComponent, test: inout ShadowTest, mask: inout PixelBuffer, stride: Int,
        picture: borrowing PixelBuffer, model: borrowing PixelBuffer, grid: BlockGrid
    ) -> Bool {
        var pixels = mask.mutableSpan
        return test.clear(
            &pixels, stride: stride, region: region, picture: picture.span, model: model.span, grid: grid)
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
