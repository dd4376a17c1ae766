public import Domain
import PixelKernels

/// Something that came to rest where it was not before, or that is missing where it was.
public struct StationaryObject: Sendable, Equatable {
    /// Unique within a camera's run of a detector.
    public var id: Int
    /// `.objectLeft` or `.objectRemoved`.
    public var kind: IncidentKind
    public var box: Box
    /// When it came to rest, or went.
    public var since: MediaTime
    /// The track that came to rest there.
    public var track: Int
    /// How much stronger the edges around it are where it is than where it is not; above 1.
    public var edgeRatio: Double
}

/// Remembers what was left or removed once the background has taken it in, for as long as it stays so.
///
/// A region at rest whose outline shows edges in the picture is a thing that was left; one whose outline shows edges in
/// the background is the place of a thing that was removed (after Connell et al., "Detection and tracking in the IBM
/// PeopleVision system", 2004, and San Miguel and Martinez, "Robust unattended and stolen object detection by fusing
/// simple algorithms", 2008).
struct StationaryObjects {
    /// One kind of edge must be this much stronger than the other.
    static let leastEdgeRatio = 1.35
    /// After this long it is a part of the scene.
    private static let mostSeconds = 300.0
    /// When its place has looked different for this long, it is there no more.
    private static let changedSeconds = 2.0
    private static let mostObjects = 32
    private static let side = 8
    /// Mean difference of luma that is another look.
    private static let tolerance = 14

    private struct Entry {
        var object: StationaryObject
        var region: MaskComponent
        /// Its look once it was taken in: luma on a grid of 8 x 8 points; empty until then.
        var look: [UInt8]
        var lastAlike: Double
    }

    private var entries: [Entry] = []
    /// How a place looks now.
    private var look: [UInt8] = []
    private var nextID = 1

    mutating func forgetAll() { entries.removeAll(keepingCapacity: true) }

    /// A region has come to rest. Nothing is added where something is known already.
    mutating func add(
        _ region: MaskComponent, box: Box, in model: borrowing BackgroundModel, track: Int, since: MediaTime,
        at now: Double
    ) {
        let edges = model.outlineEdges(of: region)
        let isLeft = edges.picture >= edges.background
        let ratio = max(edges.picture, edges.background) / max(min(edges.picture, edges.background), 1)
        guard ratio >= Self.leastEdgeRatio, entries.count < Self.mostObjects else { return }
        guard !entries.contains(where: { $0.object.box.overlap(with: box) > 0.3 }) else { return }
        let object = StationaryObject(
            id: nextID, kind: isLeft ? .objectLeft : .objectRemoved, box: box, since: since, track: track,
            edgeRatio: ratio)
        nextID += 1
        var look: [UInt8] = []
        model.look(at: region, into: &look)
        entries.append(Entry(object: object, region: region, look: look, lastAlike: now))
    }

    /// Looks at each place again and forgets what has changed for good, or is old.
    ///
    /// - Returns: what is still as it was, also where something passes in front of it.
    mutating func review(in model: borrowing BackgroundModel, at now: Double) -> [StationaryObject] {
        for index in entries.indices {
            model.look(at: entries[index].region, into: &look)
            var difference = 0
            for (a, b) in zip(look, entries[index].look) { difference += abs(Int(a) - Int(b)) }
            if difference <= Self.tolerance * max(look.count, 1) { entries[index].lastAlike = now }
        }
        entries.removeAll {
            now - $0.lastAlike > Self.changedSeconds || now - $0.object.since.seconds > Self.mostSeconds
        }
        return entries.map(\.object)
    }
}

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
