import Foundation
import Glibc

/// A file descriptor that closes itself, and the few system calls that evidence needs, with their errors in words.
struct SystemFile: ~Copyable {
    let descriptor: Int32
    /// What messages call it.
    let path: String

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    static func directory(_ path: String) throws(EvidenceError) -> SystemFile {
        try opened(unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path)
    }

    /// Opens `name` of this directory; symbolic links are never followed.
    func open(_ name: String, _ flags: Int32, mode: mode_t = 0o640) throws(EvidenceError) -> SystemFile {
        // Without O_NONBLOCK a named pipe would hang the reader; it changes nothing for files.
        try Self.opened(
            unsafe openat(descriptor, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, mode), path + "/" + name)
    }

    /// Opens the directory `name` of this directory, which is made, durably, where it is missing.
    func makeDirectory(_ name: String) throws(EvidenceError) -> SystemFile {
        if unsafe mkdirat(descriptor, name, 0o750) == 0 {
            try synchronize()
        } else if errno != EEXIST {
            throw Self.failure(errno, path + "/" + name)
        }
        return try open(name, O_RDONLY | O_DIRECTORY)
    }

    func contains(_ name: String) -> Bool { unsafe faccessat(descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

    func remove(_ name: String) { unsafe unlinkat(descriptor, name, 0) }

    /// Moves `name` of this directory into `target`, over what has that name there.
    func move(_ name: String, to target: borrowing SystemFile, as newName: String) throws(EvidenceError) {
        guard unsafe renameat(descriptor, name, target.descriptor, newName) == 0 else {
            throw Self.failure(errno, target.path + "/" + newName)
        }
    }

    func write(_ bytes: [UInt8]) throws(EvidenceError) {
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(errno, path)
            }
            written += count
        }
    }

    /// Returns once everything written is on disk.
    func synchronize() throws(EvidenceError) {
        guard fsync(descriptor) == 0 else { throw Self.failure(errno, path) }
    }

    /// The whole content of a regular file of at most `limit` bytes.
    func read(limit: Int) throws(EvidenceError) -> [UInt8] {
        let size = try size()
        guard size <= limit else {
            throw EvidenceError(
                .invalid, problem: "'\(path)' has \(size) bytes, more than the \(limit) that are read at once",
                remedy: "Copy the file from the evidence directory instead")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(errno, path)
            }
            bytes.append(contentsOf: chunk[..<count])
        }
        throw EvidenceError(
            .invalid, problem: "'\(path)' grows while it is read", remedy: "Try again when it is complete")
    }

    /// Bytes of a regular file.
    func size() throws(EvidenceError) -> Int {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Self.failure(errno, path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw EvidenceError(
                .refused, problem: "'\(path)' is not a file", remedy: "Ask for the path that an incident names")
        }
        return Int(status.st_size)
    }

    /// The bytes of `range`, fewer where the file ends before.
    func read(_ range: Range<Int>) throws(EvidenceError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < range.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                return unsafe pread(descriptor, rest.baseAddress, rest.count, range.lowerBound + filled)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw Self.failure(errno, path)
            }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    /// Size and SHA-256 of the whole file.
    func fingerprint() throws(EvidenceError) -> (bytes: Int, sha256: String) {
        var position = 0
        let hash = try ContentHash.sha256Hexadecimal { (piece: inout [UInt8]) throws(EvidenceError) -> Bool in
            piece = try read(position..<position + 262_144)
            position += piece.count
            return !piece.isEmpty
        }
        return (position, hash)
    }

    private static func opened(_ descriptor: Int32, _ path: String) throws(EvidenceError) -> SystemFile {
        guard descriptor >= 0 else { throw failure(errno, path) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    static func failure(_ code: Int32, _ path: String) -> EvidenceError {
        switch code {
        case ENOSPC, EDQUOT:
            EvidenceError(
                .diskFull, problem: "no space is left to write '\(path)'",
                remedy: "Free space on its disk or lower storage.maximumGigabytes; no part of the file was kept")
        case EACCES, EPERM, EROFS:
            EvidenceError(
                .forbidden, problem: "'\(path)' may not be used: \(text(code))",
                remedy: "Give the user who runs Lookout permission on the evidence directory")
        case ENOENT:
            EvidenceError(
                .notFound, problem: "there is no file '\(path)'",
                remedy: "It may have been deleted by retention; the incident keeps its hash")
        case ELOOP, ENOTDIR, ENXIO:
            EvidenceError(
                .refused, problem: "'\(path)' leads through a symbolic link or to something that is no file",
                remedy: "Ask for the path that an incident names")
        default:
            EvidenceError(
                .inputOutput, problem: "'\(path)' failed: \(text(code))",
                remedy: "Look for disk errors in the system's log")
        }
    }

    private static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
