import Domain
import Evidence

/// Segments that are written but not yet stored, and when each is tried again: a file that cannot be stored is read and
/// written anew at every try, so the pauses grow. Pure: it reads no clock and no disk.
struct UnsavedSegments {
    /// After the first failure; doubled with each further one.
    static let firstPause = Duration.seconds(30)
    static let longestPause = Duration.seconds(900)

    private struct Entry {
        let segment: UnfinishedSegment
        var bytes: Int
        var failures = 0
        /// Monotonic.
        var due: Duration
    }

    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    /// How many could not be stored at least once.
    var failedCount: Int { entries.count { $0.failures > 0 } }

    /// A segment to be stored at `time`.
    mutating func add(_ segment: UnfinishedSegment, at time: Duration) {
        guard !entries.contains(where: { $0.segment == segment }) else { return }
        entries.append(Entry(segment: segment, bytes: 0, due: time))
    }

    /// Those to be tried now.
    ///
    /// - Parameter isLast: nobody will ask again before the next start, which tries all.
    func due(at now: Duration, isLast: Bool = false) -> [UnfinishedSegment] {
        entries.filter { isLast ? $0.failures == 0 : $0.due <= now }.map(\.segment)
    }

    mutating func stored(_ segment: UnfinishedSegment) { entries.removeAll { $0.segment == segment } }

    /// - Parameter bytes: what it takes on the disk.
    mutating func failed(_ segment: UnfinishedSegment, bytes: Int, at now: Duration) {
        add(segment, at: now)
        guard let index = entries.firstIndex(where: { $0.segment == segment }) else { return }
        let pause = Self.firstPause * (1 << min(entries[index].failures, 10))
        entries[index].failures += 1
        entries[index].bytes = bytes
        entries[index].due = now + min(pause, Self.longestPause)
    }

    /// Takes out the oldest of those that could not be stored, until the rest takes no more than that.
    mutating func giveUp(above mostBytes: Int) -> [UnfinishedSegment] {
        var excess = entries.reduce(0) { $0 + $1.bytes } - mostBytes
        var gone: [UnfinishedSegment] = []
        for entry in entries.sorted(by: { $0.segment.start < $1.segment.start })
        where excess > 0 && entry.failures > 0 {
            excess -= entry.bytes
            gone.append(entry.segment)
        }
        entries.removeAll { gone.contains($0.segment) }
        return gone
    }
}
