internal import CPrefetch

/// Starts to fetch bytes that are read soon, while something else is computed. Changes no result.
///
/// With many cameras each one's model has left the cache when its next picture comes, and the processor foresees only
/// what is read one line after the other.
@inline(__always)
func prefetch(_ bytes: Span<UInt8>, from start: Int, count: Int) {
    precondition(start >= 0 && count >= 0 && count <= bytes.count - start)
    unsafe bytes.withUnsafeBufferPointer { all in
        guard let base = all.baseAddress else { return }
        for line in stride(from: start, to: start + count, by: 64) { unsafe prefetch_line(base + line) }
    }
}
