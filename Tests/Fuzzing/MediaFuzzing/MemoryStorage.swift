import Glibc
import Synchronization

@testable public import Media

/// Clips that lie in memory, so that nothing waits for a file system.
public final class MemoryStorage: ClipStorage {
    private let files = Mutex<[String: MemoryFile]>([:])

    public init(_ contents: [String: [UInt8]] = [:]) {
        for (path, bytes) in contents { put(bytes, at: path) }
    }

    public func put(_ bytes: [UInt8], at path: String) {
        let file = MemoryFile(bytes)
        files.withLock { $0[path] = file }
    }

    /// - Returns: `nil` where no such file is, or none any longer.
    public func size(of path: String) -> Int? { files.withLock { $0[path]?.bytes.count } }

    public func open(_ path: String) throws(StorageFault) -> any ByteStream {
        guard let file = files.withLock({ $0[path] }) else { throw StorageFault(status: -ENOENT) }
        return MemoryStream(file)
    }

    public func create(_ path: String) throws(StorageFault) -> any ByteStream {
        put([], at: path)
        return try open(path)
    }

    public func remove(_ path: String) { files.withLock { $0[path] = nil } }
}

/// `@unchecked Sendable`: fuzz targets work on one thread.
final class MemoryFile: @unchecked Sendable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }
}

final class MemoryStream: ByteStream {
    /// No input makes a file as large as this, unless something runs away.
    private static let most = 64 << 20
    private let file: MemoryFile
    private(set) var place: Int64 = 0

    init(_ file: MemoryFile) { self.file = file }

    var size: Int64 { Int64(file.bytes.count) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, Int(max(0, size - place)))
        buffer.copyBytes(from: file.bytes[min(Int(place), file.bytes.count)...].prefix(count))
        place += Int64(count)
        return count
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        let end = Int(place) + bytes.count
        guard end <= Self.most else { return -Int(ENOSPC) }
        if file.bytes.count < end { file.bytes.append(contentsOf: repeatElement(0, count: end - file.bytes.count)) }
        file.bytes.replaceSubrange(Int(place)..<end, with: bytes)
        place += Int64(bytes.count)
        return 0
    }

    func seek(to place: Int64) -> Int64 {
        guard place >= 0 else { return -Int64(EINVAL) }
        self.place = place
        return place
    }
}
