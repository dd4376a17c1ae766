import Glibc

/// Files of this machine.
struct LocalDisk: ClipStorage {
    func open(_ path: String) throws(StorageFault) -> any ByteStream { try FileStream(path, O_RDONLY) }

    func create(_ path: String) throws(StorageFault) -> any ByteStream {
        try FileStream(path, O_RDWR | O_CREAT | O_TRUNC)
    }

    func remove(_ path: String) { _ = unsafe unlink(path) }
}

/// A file that is closed with its last owner. It stays readable when it is deleted meanwhile.
private final class FileStream: ByteStream {
    private let descriptor: Int32

    init(_ path: String, _ flags: Int32) throws(StorageFault) {
        descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw StorageFault(status: -errno) }
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { return -Int(errno) }
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        var done = 0
        while done < bytes.count {
            let count = unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                return count < 0 ? -Int(errno) : -Int(EIO)
            }
            done += count
        }
        return 0
    }

    func seek(to place: Int64) -> Int64 { told(lseek(descriptor, Int(place), SEEK_SET)) }

    var place: Int64 { told(lseek(descriptor, 0, SEEK_CUR)) }

    var size: Int64 {
        var facts = stat()
        return told(unsafe fstat(descriptor, &facts) == 0 ? facts.st_size : -1)
    }

    private func told(_ result: Int) -> Int64 { result >= 0 ? Int64(result) : -Int64(errno) }
}
