/// The bytes of an open file, with a place from which reading and writing go on. What FFmpeg is given instead of a path,
/// so that it reads what is held open, or no file at all.
protocol ByteStream: AnyObject {
    /// Fills the start of `buffer`.
    /// - Returns: how many bytes; 0 at the end; `-errno` where that fails.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int

    /// Puts all of `bytes` at the current place.
    /// - Returns: 0, or `-errno` where that fails.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int

    /// Goes on from there, which may lie behind the end.
    /// - Returns: the place, or `-errno` where that fails.
    func seek(to place: Int64) -> Int64

    var place: Int64 { get }

    /// In bytes, or `-errno` where that cannot be told.
    var size: Int64 { get }
}
