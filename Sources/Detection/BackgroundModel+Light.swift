import PixelKernels

/// What the outline of a region says about it, counted at points along it.
struct OutlineVotes: Equatable {
    /// The change goes on beyond the outline, fading: light does so.
    var light = 0
    /// The change ends there: an object does.
    var object = 0
    /// Neither is more likely.
    var silent = 0

    /// Fewer points say nothing.
    private static let fewest = 8

    /// Of those points that say anything, how many speak for light; 0 where too few do.
    var lightShare: Double {
        light + object >= Self.fewest ? Double(light) / Double(light + object) : 0
    }

    /// Whether most of the outline speaks for light, and hardly any of it for an object.
    var isPlainlyLight: Bool { lightShare > 0.7 && 5 * light >= 3 * (light + object + silent) }

    mutating func add(_ other: OutlineVotes) {
        light += other.light
        object += other.object
        silent += other.silent
    }
}

// Light that changes on a part of the picture only: the shadow of a cloud that passes, a lamp.
extension BackgroundModel {
    /// Rows, and columns, of a region's box along which its outline is crossed, at most.
    private static let mostLines = 12
    /// Mean difference of luma that tells the two apart.
    private static let margin = 4
    /// Pixels from the outline to where it is looked at inside and outside, in a picture of up to `outlineHeight` lines.
    private static let inside = 2
    private static let outside = 4
    private static let outlineHeight = 360

    /// Light multiplies what things reflect: across the edge of a cloud's shadow, or towards the end of a lamp's shine, the
    /// ratio of picture to background changes little by little, whatever things of light and dark colour lie there. Where
    /// an object ends, the background is as it was. So at each point of the outline the picture outside is held
    /// against both: the background there, and the background in the light that would explain what is inside. (That the
    /// ratio of neighbouring pixels does not depend on the light is the ground of Jacques et al., 2005, and of ratio
    /// images since Horn, "Determining lightness from an image", 1974.)
    ///
    /// - Parameter mark: what the region's pixels hold in the mask; `nil` where that is not known, and anything set counts.
    func outlineVotes(of region: MaskComponent, mark: UInt8? = nil) -> OutlineVotes {
        let mask = finalMask.span
        let (columns, rows) = (region.maxX - region.minX, region.maxY - region.minY)
        var votes = OutlineVotes()
        for y in stride(from: region.minY, to: region.maxY, by: rows / Self.mostLines + 1) {
            let start = y * geometry.paddedWidth
            for x in max(1, region.minX)..<max(1, min(region.maxX, geometry.width - 1)) {
                guard isInside(mask[start + x], mark) else { continue }
                if mask[start + x - 1] == 0 { vote(x, y, across: -1, down: 0, mark, &votes) }
                if mask[start + x + 1] == 0 { vote(x, y, across: 1, down: 0, mark, &votes) }
            }
        }
        for x in stride(from: region.minX, to: region.maxX, by: columns / Self.mostLines + 1) {
            for y in max(1, region.minY)..<max(1, min(region.maxY, geometry.height - 1)) {
                let at = y * geometry.paddedWidth + x
                guard isInside(mask[at], mark) else { continue }
                if mask[at - geometry.paddedWidth] == 0 { vote(x, y, across: 0, down: -1, mark, &votes) }
                if mask[at + geometry.paddedWidth] == 0 { vote(x, y, across: 0, down: 1, mark, &votes) }
            }
        }
        return votes
    }

    private func isInside(_ value: UInt8, _ mark: UInt8?) -> Bool { mark.map { $0 == value } ?? (value != 0) }

    /// Looks across the outline at one of its pixels.
    private func vote(_ x: Int, _ y: Int, across: Int, down: Int, _ mark: UInt8?, _ votes: inout OutlineVotes) {
        let lines = max(geometry.height, Self.outlineHeight)
        let (near, far) = (Self.inside * lines / Self.outlineHeight, Self.outside * lines / Self.outlineHeight)
        let (insideX, insideY) = (x - near * across, y - near * down)
        let (outsideX, outsideY) = (x + far * across, y + far * down)
        guard isOnPicture(insideX, insideY), isOnPicture(outsideX, outsideY) else { return }
        let mask = finalMask.span
        guard isInside(mask[insideY * geometry.paddedWidth + insideX], mark),
            mask[outsideY * geometry.paddedWidth + outsideX] == 0
        else { return }
        let inner = cellLight(insideX / 2, insideY / 2)
        let outer = cellLight(outsideX / 2, outsideY / 2)
        let ifObject = abs(outer.now - outer.before)
        let ifLight = abs(outer.now - inner.now * outer.before / inner.before)
        if ifLight + 4 * Self.margin < ifObject {
            votes.light += 1
        } else if ifObject + 4 * Self.margin < ifLight {
            votes.object += 1
        } else {
            votes.silent += 1
        }
    }

    private func isOnPicture(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < geometry.width && y < geometry.height
    }

    /// Luma of the cell of four pixels that holds a pixel, their sum, in the picture and in the background.
    func cellLuma(_ x: Int, _ y: Int) -> (now: Int, before: Int) { cellLight(x / 2, y / 2) }

    /// Luma above black of the four pixels of a cell together, in the picture and in the background: by half of its samples,
    /// which is enough for a mean.
    private func cellLight(_ column: Int, _ row: Int) -> (now: Int, before: Int) {
        let grid = geometry.grid
        let block = row * grid.across + column / PixelBlock.columns
        let place = column % PixelBlock.columns
        let samples = model.span
        var before = 0
        for sample in stride(from: 0, to: PixelBlock.samples, by: 2) {
            before += Self.cellLuma(
                samples, at: PixelBlock.sampleStart(sample, block: block, of: grid.count) + place)
        }
        let now = Self.cellLuma(picture.span, at: block * PixelBlock.bytes + place)
        return (max(now - 4 * black, 1), max(before * 2 / PixelBlock.samples - 4 * black, 4))
    }

    @inline(__always)
    private static func cellLuma(_ blocks: Span<UInt8>, at start: Int) -> Int {
        (0..<4).reduce(0) { $0 + Int(blocks[start + $1 * PixelBlock.columns]) }
    }
}
