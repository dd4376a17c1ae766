import Glibc

/// The first bytes of another stream, which ends there.
final class CutStream: ByteStream {
    private let stream: any ByteStream
    let size: Int64

    init(_ stream: any ByteStream, size: Int64) {
        self.stream = stream
        self.size = size
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let left = max(0, min(Int64(buffer.count), size - place))
        guard left > 0 else { return 0 }
        return unsafe stream.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(left)]))
    }

    /// It is for reading.
    func write(_ bytes: UnsafeRawBufferPointer) -> Int { -Int(EBADF) }

    func seek(to place: Int64) -> Int64 { stream.seek(to: place) }

    var place: Int64 { stream.place }
}
