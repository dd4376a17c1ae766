import Foundation
import Glibc

/// A process that the test started, with a pipe at its standard output; killed and reaped at the latest with its last
/// reference. All calls block: make them on a thread of the test's own.
final class ChildProcess {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let pid: pid_t
    private let output: Int32
    private var received: [UInt8] = []
    private var isReaped = false

    /// - Parameter environment: added to this process's.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        var ends: [Int32] = [0, 0]
        guard unsafe pipe(&ends) == 0 else { throw Failure(description: "pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // F_SETPIPE_SZ, which the Glibc module leaves out: room for what a fast writer says while nobody reads.
        _ = fcntl(ends[1], 1_031, 1 << 20)
        var actions = posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        var argumentPointers = unsafe ([executable] + arguments).map { unsafe strdup($0) } + [nil]
        var environmentPointers = unsafe merged.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var child: pid_t = 0
        let code = unsafe posix_spawn(
            &child, executable, &actions, nil, &argumentPointers, &environmentPointers)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw Failure(description: "cannot start \(executable): \(unsafe String(cString: strerror(code)))")
        }
        pid = child
        output = ends[0]
    }

    deinit {
        kill()
        reap()
        close(output)
    }

    func kill() {
        if !isReaped { Glibc.kill(pid, SIGKILL) }
    }

    /// Waits for `count` lines that start with `prefix`, or one that says that the process failed.
    func wait(for prefix: String, count: Int = 1, seconds: Double = 60) throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while case let lines = lines, lines.count(where: { $0.hasPrefix(prefix) }) < count,
            !lines.contains(where: { $0.hasPrefix("failed") })
        {
            var poll = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            guard ContinuousClock.now < deadline else { throw Failure(description: "no '\(prefix)' from the process") }
            if unsafe Glibc.poll(&poll, 1, 100) > 0, !readSome() {
                throw Failure(description: "the process ended without '\(prefix)': \(lines.suffix(3))")
            }
        }
    }

    /// Reads to the end of the output, which comes when the process ends.
    /// - Returns: all whole lines that it said.
    func finish() -> [String] {
        while readSome() {}
        reap()
        return lines
    }

    /// Whole lines so far.
    private var lines: [String] {
        guard let end = received.lastIndex(of: 0x0A) else { return [] }
        return received[..<end].split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    }

    private func readSome() -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(output, $0.baseAddress, $0.count) }
        if count > 0 { received += chunk[..<count] }
        return count > 0 || (count < 0 && errno == EINTR)
    }

    private func reap() {
        guard !isReaped else { return }
        isReaped = true
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }
}

/// Runs `body` on a thread of its own, so that waiting for a process blocks no other test.
func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { done in
        Thread { done.resume(with: Result { try body() }) }.start()
    }
}
