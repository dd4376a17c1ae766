/// Bytes that one owner holds for its whole life: a plane, a model, a scratch row. Allocated once, freed with its
/// owner.
///
/// `Sendable` holds because the memory has exactly one owner, which the compiler moves but never copies.
@safe public struct PixelBuffer: ~Copyable, @unchecked Sendable {
    /// A cache line, so that no row of a kernel's blocks straddles one more than it must.
    private static let alignment = 64

    private let start: UnsafeMutableRawPointer
    /// Bytes.
    public let count: Int

    /// - Parameter count: bytes, 0 or more.
    public init(count: Int, filledWith value: UInt8 = 0) {
        precondition(count >= 0)
        self.count = count
        unsafe start = .allocate(byteCount: max(count, 1), alignment: Self.alignment)
        unsafe start.initializeMemory(as: UInt8.self, repeating: value, count: count)
    }

    deinit { unsafe start.deallocate() }

    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            let bytes = unsafe UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
            return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
        }
    }

    public var mutableSpan: MutableSpan<UInt8> {
        @_lifetime(&self)
        mutating get {
            let bytes = unsafe UnsafeMutableBufferPointer(
                start: start.assumingMemoryBound(to: UInt8.self), count: count)
            return unsafe _overrideLifetime(MutableSpan(_unsafeElements: bytes), mutating: &self)
        }
    }

    /// Sets every byte.
    public mutating func fill(with value: UInt8) {
        unsafe start.initializeMemory(as: UInt8.self, repeating: value, count: count)
    }
}
