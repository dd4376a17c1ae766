/// What the smoke networks see of a picture: seven numbers a pixel, one behind the other: luma, its differences to four older
/// pictures, two chroma values.
public enum NetworkInput {
    public static let channels = 7

    /// Luma as it is.
    private static let luma = (0..<256).map { scaled($0) }
    /// 128 plus four times a difference; the difference itself is 255 less than the place.
    private static let differences = (-255...255).map { scaled(128 + 4 * $0) }
    /// Twice as colourful as it is.
    private static let chroma = (0..<256).map { scaled(2 * $0 - 128) }

    /// Cut to a byte, scaled to -2...2.
    private static func scaled(_ value: Int) -> Float { Float(min(max(value, 0), 255)) / 64 - 2 }

    /// Part of a row.
    ///
    /// - Parameters:
    ///   - pixels: luma, an even number.
    ///   - older: the same pixels of four older pictures.
    ///   - blue: chroma U of half as many pixels.
    ///   - red: chroma V, likewise.
    ///   - input: receives seven numbers a pixel.
    public static func write(
        _ pixels: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>,
        _ fourth: Span<UInt8>, blue: Span<UInt8>, red: Span<UInt8>, into input: inout MutableSpan<Float>
    ) {
        let count = pixels.count
        precondition(first.count == count && second.count == count && third.count == count && fourth.count == count)
        precondition(count % 2 == 0 && blue.count == count / 2 && red.count == blue.count)
        precondition(input.count >= count * channels)
        let (luma, differences, chroma) = (luma.span, differences.span, chroma.span)
        for half in 0..<blue.count {
            let (u, v) = (chroma[Int(blue[half])], chroma[Int(red[half])])
            for x in 2 &* half..<2 &* half &+ 2 {
                // Inside: the preconditions hold all pixels, and the tables are as long as what bytes can differ by.
                unsafe write(
                    x, Int(pixels[unchecked: x]),
                    (first[unchecked: x], second[unchecked: x], third[unchecked: x], fourth[unchecked: x]), u, v, luma,
                    differences, &input)
            }
        }
    }

    @inline(__always)
    private static func write(
        _ x: Int, _ now: Int, _ older: (UInt8, UInt8, UInt8, UInt8), _ blue: Float, _ red: Float, _ luma: Span<Float>,
        _ differences: Span<Float>, _ input: inout MutableSpan<Float>
    ) {
        let place = x &* channels
        let middle = now &+ 255
        unsafe input[unchecked: place] = luma[unchecked: now]
        unsafe input[unchecked: place &+ 1] = differences[unchecked: middle &- Int(older.0)]
        unsafe input[unchecked: place &+ 2] = differences[unchecked: middle &- Int(older.1)]
        unsafe input[unchecked: place &+ 3] = differences[unchecked: middle &- Int(older.2)]
        unsafe input[unchecked: place &+ 4] = differences[unchecked: middle &- Int(older.3)]
        unsafe input[unchecked: place &+ 5] = blue
        unsafe input[unchecked: place &+ 6] = red
    }
}
