/// Decoding times for packets that have presentation times only.
///
/// With pictures reordered by at most `depth` places, the n-th packet is due for decoding when the (n - depth)-th picture
/// is shown; the first `depth` packets come before that, one interval apart. Times rise strictly, and no picture is shown
/// before it is decoded; a stream that reorders more than it said gets its late pictures shown later than they were taken.
struct ClipTiming {
    struct Stamps: Equatable {
        var presentation: Int64
        var decoding: Int64
    }

    private let depth: Int
    private let interval: Int64
    private var count = 0
    private var origin: Int64 = 0
    /// Presentation times that have not served as decoding times yet, rising.
    private var pending: [Int64] = []
    private var last: Int64?

    /// - Parameter interval: between two pictures, in the unit of the times, at least 1.
    init(depth: Int, interval: Int64) {
        self.depth = min(max(0, depth), 16)
        self.interval = max(1, interval)
    }

    /// - Parameter presentation: in any unit, since any origin.
    /// - Returns: times in the same unit; the first decoding time is 0.
    mutating func stamps(presentation: Int64) -> Stamps {
        if count == 0 { origin = presentation - Int64(depth) * interval }
        let shown = presentation - origin
        pending.insert(shown, at: pending.firstIndex { $0 > shown } ?? pending.endIndex)
        var decoding = count < depth ? Int64(count) * interval : pending.removeFirst()
        if let last, decoding <= last { decoding = last + 1 }
        count += 1
        last = decoding
        return Stamps(presentation: max(shown, decoding), decoding: decoding)
    }
}
