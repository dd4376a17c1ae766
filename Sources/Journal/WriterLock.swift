import Foundation
import Glibc
import Synchronization

/// Keeps a second writer away from a journal while it is held: two would close each other's open incidents.
///
/// The kernel drops the lock with the process, however it ends.
final class WriterLock: Sendable {
    /// `nil` once released.
    private let descriptor: Mutex<Int32?>

    /// Waits up to `patience` for a writer that is on its way out.
    init(directory: String, patience: Duration = .seconds(2)) throws(JournalError) {
        let path = directory + "/journal.lock"
        let opened = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard opened >= 0 else {
            throw JournalError(
                errno == ENOSPC ? .diskFull : .readOnly,
                problem: "'\(path)' cannot be written: \(unsafe String(cString: strerror(errno)))",
                remedy: "Give the user who runs Lookout write permission on the storage directory and space on its disk"
            )
        }
        let deadline = ContinuousClock.now + patience
        while flock(opened, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                close(opened)
                throw JournalError(
                    .locked, problem: "another Lookout writes to the journal in '\(directory)'",
                    remedy: "Stop it first, or give this one a storage.directory of its own")
            }
            usleep(20_000)
        }
        descriptor = Mutex(opened)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let held = descriptor.take() { close(held) }
        }
    }
}
