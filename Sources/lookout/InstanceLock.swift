import Domain
import Foundation

/// Keeps a second Lookout from watching into the same directory. Given back by the system when the process ends,
/// however it ends.
final class InstanceLock {
    private let descriptor: Int32

    init(directory: String) throws {
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let path = directory + "/lookout.lock"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(
                .problemFound,
                "'\(path)' cannot be written: \(unsafe String(cString: strerror(errno))). "
                    + "Make the directory writable or set storage.directory to another one.")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(
                .problemFound,
                "another Lookout is already running on '\(directory)'. Stop it, or give this one another storage.directory."
            )
        }
    }

    deinit { close(descriptor) }
}
