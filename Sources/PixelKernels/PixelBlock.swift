/// The memory layout of a background model and of everything that goes with it pixel by pixel.
///
/// A block is 64 x 2 pixels. Its luma stands in four phases of 32 bytes (upper row even columns, upper odd, lower even,
/// lower odd), then come 32 U and 32 V of half resolution. So one chroma distance serves the four luma phases without
/// being spread out, every loop has a constant length that fits vector registers, and the 16 samples of a block are one
/// contiguous run of 3,072 bytes, read once per picture in the order in which memory likes to be read.
///
/// The blocks of a picture lie row pair by row pair, left to right. Where the width is no multiple of 64, the last
/// block of a row repeats the last column.
public enum PixelBlock {
    /// Chroma columns, which is half of the pixel columns.
    public static let columns = 32
    /// Pixels across.
    public static let width = 64
    /// Pixels, and so the bytes that a mask or a map takes per block.
    public static let pixels = 128
    /// Bytes of a picture: 128 luma, 32 U, 32 V.
    public static let bytes = 192
    /// Samples of the background per pixel.
    public static let samples = 16
    /// Bytes of a model.
    public static let modelBytes = samples * bytes

    /// Blocks beside one another that cover `width` pixels.
    public static func across(width: Int) -> Int { (width + Self.width - 1) / Self.width }
}
