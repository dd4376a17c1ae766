/// The memory layout of a background model and of everything that goes with it pixel by pixel.
///
/// A block is 64 x 2 pixels. Its luma stands in four phases of 32 bytes (upper row even columns, upper odd, lower even,
/// lower odd), then come 32 U and 32 V of half resolution. So one chroma distance serves the four luma phases without
/// being spread out, and every loop has a constant length that fits vector registers.
///
/// The blocks of a picture lie row pair by row pair, left to right. Where the width is no multiple of 64, the last
/// block of a row repeats the last column.
///
/// A model has its 16 samples in eight groups: first comes group 0 of every block (2 samples, 384 bytes a block), then
/// group 1 of every block, and so on. Most blocks are explained by their first groups, so that a picture reads an eighth
/// of the model or little more, one byte after the other, which is what memory is fast at.
///
/// Two bytes a block say where something happens, so that the rest of the maps is neither read nor written. A block is
/// marked while the picture differs from its background somewhere, and awake while anything else than zero stands in its
/// maps of the last decision, of blinking and of still age; what is neither is quiet, which most of a scene is.
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
    /// Samples that are read before it is asked whether they were enough.
    public static let groupSamples = 2
    /// Bytes of one group of samples of one block.
    public static let groupBytes = groupSamples * bytes
    /// Bytes of the model of one block, in its groups.
    public static let modelBytes = samples * bytes

    /// Where a group of samples of a block starts in the model of a picture of `blocks` blocks.
    public static func groupStart(_ group: Int, block: Int, of blocks: Int) -> Int {
        (group * blocks + block) * groupBytes
    }

    /// Where a sample of a block starts.
    public static func sampleStart(_ sample: Int, block: Int, of blocks: Int) -> Int {
        groupStart(sample / groupSamples, block: block, of: blocks) + sample % groupSamples * bytes
    }

    /// Blocks beside one another that cover `width` pixels.
    public static func across(width: Int) -> Int { (width + Self.width - 1) / Self.width }
}
