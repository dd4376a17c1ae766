/// What an MP4 file says of itself, held against what so many bytes can hold: FFmpeg 5.1 makes room for as many samples as
/// a box claims, which of a damaged file takes it seconds and gigabytes; and it counts through all numbers at each run of a
/// track that the file does not have.
///
/// Boxes are found by their names, wherever they stand, as FFmpeg takes them wherever they stand; what is between pictures
/// is not looked at (ISO/IEC 14496-12, 4.2, 8.3.2, 8.7.3, 8.8.7 and 8.8.8).
struct ClipClaims {
    /// Longer boxes than this, other than of pictures, no clip has.
    private static let longestBox: Int64 = 64 << 20
    private static let run = Array("trun".utf8)
    private static let sizes = [Array("stsz".utf8), Array("stz2".utf8)]
    private static let track = Array("tkhd".utf8)
    private static let fragment = Array("tfhd".utf8)
    private static let pictures = Array("mdat".utf8)

    /// What is left to claim, in bytes: a sample has one at least, in the file or in a table.
    private var budget: Int64
    private var tracks: Set<Int64> = []

    private init(budget: Int64) { self.budget = budget }

    /// Looks at all boxes of a file, and stands at its start again.
    ///
    /// - Returns: how many of its bytes can be believed: all, or those before the first box that claims too much.
    static func believable(_ stream: any ByteStream) -> Int64 {
        let size = stream.size
        var claims = ClipClaims(budget: size)
        var place: Int64 = 0
        while let box = header(at: place, in: stream, size: size) {
            if box.name != pictures, !claims.admit(from: place, length: box.length, stream) { break }
            place += box.length
        }
        // What is no box ends the file for FFmpeg, too.
        let end = header(at: place, in: stream, size: size) == nil ? size : place
        return stream.seek(to: 0) == 0 ? end : 0
    }

    private static func header(at place: Int64, in stream: any ByteStream, size: Int64) -> (
        name: [UInt8], length: Int64
    )? {
        guard place < size, stream.seek(to: place) == place else { return nil }
        let head = bytes(16, of: stream)
        guard head.count >= 8 else { return nil }
        var length = number(head[0..<4])
        if length == 1, head.count == 16 { length = number(head[8..<16]) }
        if length == 0 { length = size - place }
        guard length >= 8 else { return nil }
        return (Array(head[4..<8]), min(length, size - place))
    }

    private mutating func admit(from place: Int64, length: Int64, _ stream: any ByteStream) -> Bool {
        guard length <= Self.longestBox, stream.seek(to: place) == place else { return false }
        let box = Self.bytes(Int(length), of: stream)
        guard box.count > 20 else { return true }
        for index in 4..<box.count - 11 where box[index] == 0x73 || box[index] == 0x74 {
            guard admit(box[index...]) else { return false }
        }
        return true
    }

    /// - Parameter box: from its name on, with all that follows; 12 bytes at least.
    private mutating func admit(_ box: ArraySlice<UInt8>) -> Bool {
        let (name, start) = (box.prefix(4), box.startIndex)
        func number(_ offset: Int) -> Int64? {
            start + offset + 4 <= box.endIndex ? Self.number(box[start + offset..<start + offset + 4]) : nil
        }
        if name.elementsEqual(Self.run) {
            let tables = (box[start + 6] & 0x0F).nonzeroBitCount
            budget -= (number(8) ?? 0) * Int64(max(1, 4 * tables))
        } else if Self.sizes.contains(where: { name.elementsEqual($0) }) {
            budget -= number(12) ?? 0
        } else if name.elementsEqual(Self.track) {
            // Times of eight bytes each stand before it in the later version.
            if let track = number(box[start + 4] == 1 ? 24 : 16) { tracks.insert(track) }
        } else if name.elementsEqual(Self.fragment) {
            return number(8).map(tracks.contains) ?? true
        }
        return budget >= 0
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        // Negative where a file would have more bytes than there are.
        Int64(bitPattern: bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
    }

    private static func bytes(_ count: Int, of stream: any ByteStream) -> [UInt8] {
        var read = 0
        var bytes = [UInt8](repeating: 0, count: count)
        while read < count {
            let more = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[read...]))
            }
            guard more > 0 else { break }
            read += more
        }
        bytes.removeLast(count - read)
        return bytes
    }
}
