import PixelKernels
import Synchronization

/// Memory in which networks work, for pictures of one size. What a step leaves behind means nothing to the next one.
struct SmokeScratch: Sendable {
    /// Of the picture, in cells.
    let columns: Int
    let rows: Int
    /// What the networks see, with the margin of `Convolution`.
    var input: [Float]
    /// Of each network.
    var networks: [SmokeNetwork.Work] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        input = [Float](
            repeating: 0,
            count: Convolution.size(
                width: columns * CellSums.side, height: rows * CellSums.side, channels: SmokeNetwork.channels))
    }

    /// As many as work at the same time, not as many as there are cameras: cameras of one size share them.
    private static let resting = Mutex<[SmokeScratch]>([])
    /// More are not kept.
    private static let most = 8

    /// Calls `body` with scratch for pictures of that size.
    static func with<R>(columns: Int, rows: Int, _ body: (inout SmokeScratch) -> R) -> R {
        let found = resting.withLock { resting -> SmokeScratch? in
            guard let place = resting.lastIndex(where: { $0.columns == columns && $0.rows == rows }) else { return nil }
            return resting.remove(at: place)
        }
        var scratch = found ?? SmokeScratch(columns: columns, rows: rows)
        let result = body(&scratch)
        resting.withLock { resting in
            resting.append(scratch)
            // The one that rested longest goes first.
            if resting.count > most { resting.removeFirst() }
        }
        return result
    }
}
