/// How unlike a block of a picture and one of another picture are, wherever the other one is looked for.
public struct BlockMatch {
    /// Pixels of a block across, and rows of it that are looked at: every other one.
    public static let width = 16
    public static let rows = 8
    /// Rows that a block reaches over.
    public static let height = 2 * rows

    /// The pixels at even and at odd places of each row, as bright as the other picture's block.
    private var even = InlineArray<8, SIMD8<Int16>>(repeating: .zero)
    private var odd = InlineArray<8, SIMD8<Int16>>(repeating: .zero)

    /// Takes a block in the light of another picture's.
    ///
    /// - Parameters:
    ///   - plane: rows of `pitch` bytes without padding.
    ///   - place: where the block begins in both.
    public init(_ plane: Span<UInt8>, against other: Span<UInt8>, pitch: Int, at place: Int) {
        Self.check(plane, pitch, place)
        Self.check(other, pitch, place)
        let bytes = unsafe plane.bytes
        let otherBytes = unsafe other.bytes
        var sum: Int32 = 0
        for row in 0..<Self.rows {
            // Inside, by the checks.
            let offset = place &+ 2 &* row &* pitch
            let now = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD8<UInt16>.self)
            let then = unsafe otherBytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: SIMD8<UInt16>.self)
            even[row] = SIMD8(truncatingIfNeeded: now & 255)
            odd[row] = SIMD8(truncatingIfNeeded: now &>> 8)
            let more = (now & 255) &+ (now &>> 8)
            let less = (then & 255) &+ (then &>> 8)
            for lane in 0..<8 { sum &+= Int32(more[lane]) &- Int32(less[lane]) }
        }
        let pixels = Int32(Self.width * Self.rows)
        let light = Int16(truncatingIfNeeded: (sum &+ (sum < 0 ? -pixels / 2 : pixels / 2)) / pixels)
        for row in 0..<Self.rows {
            even[row] = even[row] &- light
            odd[row] = odd[row] &- light
        }
    }

    /// Sum of absolute differences to the block of the other picture that begins at a place.
    public func difference(to other: Span<UInt8>, pitch: Int, at place: Int) -> Int {
        Self.check(other, pitch, place)
        let bytes = unsafe other.bytes
        var total = SIMD8<Int16>.zero
        for row in 0..<Self.rows {
            // Inside, by the check.
            let then = unsafe bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: place &+ 2 &* row &* pitch, as: SIMD8<UInt16>.self)
            let first = even[row] &- SIMD8<Int16>(truncatingIfNeeded: then & 255)
            let second = odd[row] &- SIMD8<Int16>(truncatingIfNeeded: then &>> 8)
            // At most sixteen times twice 255: no sum leaves its range.
            total &+= pointwiseMax(first, 0 &- first) &+ pointwiseMax(second, 0 &- second)
        }
        var sum = 0
        for lane in 0..<8 { sum &+= Int(total[lane]) }
        return sum
    }

    private static func check(_ plane: Span<UInt8>, _ pitch: Int, _ place: Int) {
        precondition(pitch >= width && place >= 0 && place + (height - 2) * pitch + width <= plane.count)
    }
}
