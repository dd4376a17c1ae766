import PixelKernels

/// Brings the pictures of a camera that trembles back to one place, by whole pixels.
///
/// Blocks all over the picture are looked for in an older one, each a few pixels around where it should be; what most of
/// them agree on is how far the camera has moved. A block that shows something else than before, a vehicle or smoke, is
/// unlike it everywhere, which favours no place.
struct SmokeRegistration: Sendable {
    struct Offset: Sendable, Equatable {
        var across = 0
        var down = 0
    }

    /// How far around the usual place the picture is looked for, in pixels.
    static let reach = 3
    /// How far the usual place may lie from where the camera looked at first: a camera that was turned shows another scene.
    private static let farthest = 8
    /// Blocks across and down.
    private static let grid = (across: 12, down: 9)
    /// Nothing makes a block more unlike than this mean difference.
    private static let most = 24 * BlockMatch.width * BlockMatch.rows
    /// The picture is moved where it is then at most this much as unlike as at its usual place.
    private static let worthIt = 0.85
    /// Of so many blocks that moving the picture makes more like the reference, one may become more unlike.
    private static let fewest = 5
    /// Pictures over which the usual place is found.
    private static let memory = 32.0

    /// Where the picture usually lies.
    private var usual = Offset()
    private var mean = (across: 0.0, down: 0.0)

    /// By how much a picture is to be moved to lie where the reference does.
    ///
    /// - Parameter reference: older pictures, which were moved themselves.
    mutating func offset(of luma: Span<UInt8>, to reference: Span<UInt8>, width: Int, height: Int) -> Offset {
        let found = find(luma, reference, width, height)
        mean.across += (Double(found.across) - mean.across) / Self.memory
        mean.down += (Double(found.down) - mean.down) / Self.memory
        usual.across += Self.step(from: usual.across, to: mean.across)
        usual.down += Self.step(from: usual.down, to: mean.down)
        if max(abs(usual.across), abs(usual.down)) > Self.farthest { self = SmokeRegistration() }
        return found
    }

    private static func step(from place: Int, to mean: Double) -> Int {
        abs(mean - Double(place)) < 1 ? 0 : mean > Double(place) ? 1 : -1
    }

    private func find(_ luma: Span<UInt8>, _ reference: Span<UInt8>, _ width: Int, _ height: Int) -> Offset {
        let blocks = Self.blocks(luma, reference, width, height)
        guard !blocks.isEmpty else { return usual }
        func unlikeness(_ across: Int, _ down: Int) -> Int {
            let there = (usual.down + down) * width + usual.across + across
            return blocks.reduce(0) {
                $0 + min($1.block.difference(to: reference, pitch: width, at: $1.place + there), Self.most)
            }
        }
        let still = unlikeness(0, 0)
        var best = (unlikeness: still, offset: usual)
        func look(_ reach: Int, beyond: Int) {
            for down in -reach...reach {
                for across in -reach...reach where max(abs(across), abs(down)) > beyond {
                    let found = unlikeness(across, down)
                    if found < best.unlikeness {
                        best = (found, Offset(across: usual.across + across, down: usual.down + down))
                    }
                }
            }
        }
        look(1, beyond: 0)
        // Most cameras stand still most of the time: nothing near is more like it.
        guard best.unlikeness < still else { return usual }
        look(Self.reach, beyond: 1)
        guard Double(best.unlikeness) <= Self.worthIt * Double(still) else { return usual }
        return isSharedByMost(best.offset, blocks, reference, width) ? best.offset : usual
    }

    /// Whether moving the picture makes hardly any block more unlike: a crown that sways before a wall does not move it.
    private func isSharedByMost(
        _ offset: Offset, _ blocks: [(block: BlockMatch, place: Int)], _ reference: Span<UInt8>, _ width: Int
    ) -> Bool {
        var (better, worse) = (0, 0)
        for (block, place) in blocks {
            let still = block.difference(to: reference, pitch: width, at: place + usual.down * width + usual.across)
            let moved = block.difference(to: reference, pitch: width, at: place + offset.down * width + offset.across)
            if Double(moved) <= Self.worthIt * Double(still) { better += 1 }
            if Double(still) <= Self.worthIt * Double(moved) { worse += 1 }
        }
        return worse * Self.fewest <= better
    }

    /// Blocks all over the picture, so far from its edges that each place where they are looked for lies inside; none
    /// where the picture is too small for that.
    private static func blocks(
        _ luma: Span<UInt8>, _ reference: Span<UInt8>, _ width: Int, _ height: Int
    ) -> [(block: BlockMatch, place: Int)] {
        let margin = farthest + reach
        // The uppermost rows show no scene.
        let top = height / 32 + margin
        let room = (across: width - 2 * margin - BlockMatch.width, down: height - top - margin - BlockMatch.height)
        guard room.across > grid.across, room.down > grid.down else { return [] }
        return (0..<grid.across * grid.down).map { index in
            let x = margin + room.across * (index % grid.across) / (grid.across - 1)
            let y = top + room.down * (index / grid.across) / (grid.down - 1)
            let place = y * width + x
            return (BlockMatch(luma, against: reference, pitch: width, at: place), place)
        }
    }
}
