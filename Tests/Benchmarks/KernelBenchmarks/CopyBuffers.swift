import Glibc

/// Two buffers, the one copied to the other: what the memory gives at best.
///
/// `Sendable` holds because benchmarks run one after the other.
final class CopyBuffers: @unchecked Sendable {
    private let source: UnsafeMutableRawPointer
    private let target: UnsafeMutableRawPointer
    private let count: Int

    init(count: Int) {
        self.count = count
        source = .allocate(byteCount: count, alignment: 64)
        target = .allocate(byteCount: count, alignment: 64)
        memset(source, 1, count)
        memset(target, 2, count)
    }

    deinit {
        source.deallocate()
        target.deallocate()
    }

    func run() { memcpy(target, source, count) }
}
