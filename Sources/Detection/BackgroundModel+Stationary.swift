import Domain
import PixelKernels

// What a region at rest looks like.
extension BackgroundModel {
    /// Luma on a grid of 8 x 8 points of a region's box.
    func look(at region: MaskComponent, into luma: inout [UInt8]) {
        luma.removeAll(keepingCapacity: true)
        let blocks = picture.span
        for row in 0..<8 {
            for column in 0..<8 {
                let x = region.minX + (2 * column + 1) * (region.maxX - region.minX) / 16
                let y = region.minY + (2 * row + 1) * (region.maxY - region.minY) / 16
                luma.append(blocks[lumaPlace(x, y)])
            }
        }
    }

    /// Where a pixel's luma stands among the blocks of a picture.
    private func lumaPlace(_ x: Int, _ y: Int) -> Int {
        let block = y / 2 * geometry.grid.across + x / PixelBlock.width
        return block * PixelBlock.bytes + (2 * (y & 1) + (x & 1)) * PixelBlock.columns + x % PixelBlock.width / 2
    }

    /// How strong the edges along the outline of the mask in a region's box are, in the picture and in the background: mean
    /// difference of luma over four pixels.
    func outlineEdges(of region: MaskComponent) -> (picture: Double, background: Double) {
        let mask = finalMask.span
        let stride = geometry.paddedWidth
        var (now, before, count) = (0, 0, 0)
        func cross(_ ax: Int, _ ay: Int, _ bx: Int, _ by: Int) {
            guard min(ax, bx) >= 0, min(ay, by) >= 0, max(ax, bx) < geometry.width, max(ay, by) < geometry.height else {
                return
            }
            now += abs(presentLuma(ax, ay) - presentLuma(bx, by))
            before += abs(backgroundLuma(ax, ay) - backgroundLuma(bx, by))
            count += 1
        }
        for y in max(1, region.minY)..<min(region.maxY, geometry.height - 1) {
            for x in max(1, region.minX)..<min(region.maxX, geometry.width - 1) where mask[y * stride + x] != 0 {
                if mask[y * stride + x - 1] == 0 { cross(x + 1, y, x - 3, y) }
                if mask[y * stride + x + 1] == 0 { cross(x - 1, y, x + 3, y) }
                if mask[(y - 1) * stride + x] == 0 { cross(x, y + 1, x, y - 3) }
                if mask[(y + 1) * stride + x] == 0 { cross(x, y - 1, x, y + 3) }
            }
        }
        return (Double(now) / Double(max(count, 1)), Double(before) / Double(max(count, 1)))
    }

    /// How alike the picture and the background are within the mask in a region's box, by the correlation of their
    /// gradients there: light multiplies what is there and keeps its texture, a thing has its own. 0 to 1; 0 where the
    /// background has no texture that could be known again.
    func textureLikeness(in region: MaskComponent) -> Double {
        let mask = finalMask.span
        let stride = geometry.paddedWidth
        let reach = 2
        var (both, squareNow, squareBefore, count) = (0, 0, 0, 0)
        func compare(_ x: Int, _ y: Int, _ otherX: Int, _ otherY: Int) {
            guard mask[otherY * stride + otherX] != 0 else { return }
            let (here, there) = (cellLuma(x, y), cellLuma(otherX, otherY))
            let (now, before) = (here.now - there.now, here.before - there.before)
            both += now * before
            squareNow += now * now
            squareBefore += before * before
            count += 1
        }
        for y in Swift.stride(from: region.minY, to: min(region.maxY, geometry.height - reach), by: 2) {
            for x in Swift.stride(from: region.minX, to: min(region.maxX, geometry.width - reach), by: 2)
            where mask[y * stride + x] != 0 {
                compare(x, y, x + reach, y)
                compare(x, y, x, y + reach)
            }
        }
        guard count >= 8, squareNow > 0, squareBefore > 0 else { return 0 }
        return max(0, Double(both) / (Double(squareNow) * Double(squareBefore)).squareRoot())
    }

    /// A region's box in fractions of the picture.
    func box(of region: MaskComponent) -> Box {
        region.box(width: Double(geometry.width), height: Double(geometry.height))
    }

    private func presentLuma(_ x: Int, _ y: Int) -> Int { Int(picture.span[lumaPlace(x, y)]) }

    /// The mean of the sixteen samples.
    private func backgroundLuma(_ x: Int, _ y: Int) -> Int {
        let samples = model.span
        let place = lumaPlace(x, y)
        let (block, inBlock) = (place / PixelBlock.bytes, place % PixelBlock.bytes)
        var sum = 0
        for sample in 0..<PixelBlock.samples {
            sum += Int(samples[PixelBlock.sampleStart(sample, block: block, of: geometry.grid.count) + inBlock])
        }
        return sum / PixelBlock.samples
    }

    func measure(_ signature: inout SceneSignature) { signature.measure(picture.span, geometry: geometry) }
}
