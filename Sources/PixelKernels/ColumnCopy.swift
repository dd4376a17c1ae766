// Copies of 32 bytes, the columns of a phase of a block, as whole vectors: a loop this short is unrolled byte by byte
// before the compiler looks for vectors, because it cannot see that source and target never overlap.

/// Copies 32 bytes.
@inline(__always)
func copyColumns(of source: Span<UInt8>, at start: Int, into target: inout MutableSpan<UInt8>, at place: Int) {
    // In bounds: `unsafeLoadUnaligned` and `storeBytes` check that; any bytes make a vector.
    let columns = unsafe source.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: SIMD32<UInt8>.self)
    var bytes = unsafe target.mutableBytes
    bytes.storeBytes(of: columns, toByteOffset: place, as: SIMD32<UInt8>.self)
}

/// Copies 32 bytes, each from one place to its right: the last becomes `edge`.
@inline(__always)
func copyColumns(
    rightOf source: Span<UInt8>, at start: Int, edge: UInt8, into target: inout MutableSpan<UInt8>, at place: Int
) {
    let first = unsafe source.bytes.unsafeLoadUnaligned(fromByteOffset: start + 1, as: SIMD16<UInt8>.self)
    let last = unsafe source.bytes.unsafeLoadUnaligned(fromByteOffset: start + 16, as: SIMD16<UInt8>.self)
    var bytes = unsafe target.mutableBytes
    bytes.storeBytes(of: first, toByteOffset: place, as: SIMD16<UInt8>.self)
    bytes.storeBytes(of: last, toByteOffset: place + 15, as: SIMD16<UInt8>.self)
    bytes.storeBytes(of: edge, toByteOffset: place + 31, as: UInt8.self)
}

/// Copies 32 bytes, each from one place to its left: the first becomes `edge`.
@inline(__always)
func copyColumns(
    leftOf source: Span<UInt8>, at start: Int, edge: UInt8, into target: inout MutableSpan<UInt8>, at place: Int
) {
    let first = unsafe source.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: SIMD16<UInt8>.self)
    let last = unsafe source.bytes.unsafeLoadUnaligned(fromByteOffset: start + 15, as: SIMD16<UInt8>.self)
    var bytes = unsafe target.mutableBytes
    bytes.storeBytes(of: first, toByteOffset: place + 1, as: SIMD16<UInt8>.self)
    bytes.storeBytes(of: last, toByteOffset: place + 16, as: SIMD16<UInt8>.self)
    bytes.storeBytes(of: edge, toByteOffset: place, as: UInt8.self)
}

/// Separates 64 bytes: those at even places go to the front of the result, those at odd places behind them.
///
/// Pairs are read as 16-bit numbers, of which the vector unit keeps one half; every second byte would be read alone.
@inline(never)
func separatePairs(_ pairs: Span<UInt8>, into result: inout MutableSpan<UInt8>) {
    precondition(pairs.count == 64 && result.count == 64)
    let bytes = unsafe pairs.bytes
    var separate = InlineArray<64, UInt8>(repeating: 0)
    for i in 0..<32 {
        let pair = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: 2 &* i, as: UInt16.self)
        separate[i] = UInt8(truncatingIfNeeded: pair)
        separate[32 &+ i] = UInt8(truncatingIfNeeded: pair >> 8)
    }
    for i in 0..<64 { result[i] = separate[i] }
}
