import ArgumentParser
import CMalloc
import Detection
import Foundation

/// The command line: one file per subcommand, wiring only.
@main
struct Lookout: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookout",
        abstract: "Watches camera streams for intruders, smoke and fire, and keeps every incident.",
        discussion: """
            Exit codes: 0 done, 1 a problem was found, 2 wrong usage, 3 an input could not be read.
            """,
        version: "\(version) (\(DetectorVersion.motion), \(DetectorVersion.smoke), \(DetectorVersion.flame))",
        subcommands: [
            Run.self, Check.self, Analyze.self, Evaluate.self, Incidents.self, Explain.self, Locate.self,
            Calibrate.self, Danger.self, Health.self, Probe.self, Cameras.self,
            Arm.self, Disarm.self, Snooze.self, Reload.self,
            OutboxCommand.self, DrillCommand.self, Backup.self, Restore.self, Verify.self,
        ])

    private static let version = "0.6.0"

    /// Buffers from this size on are given back to the system as soon as they are free: encoders and decoders come and go, and
    /// what the allocator keeps of them, for each of its arenas, is more than the detectors need.
    private static let largeBlockBytes: CInt = 1 << 20
    /// Each arena frays at its own edges, for weeks; threads that allocate little need no more of them to keep clear of
    /// each other.
    private static let arenaCount: CInt = 2

    private static func keepAllocatorSmall() {
        mallopt(M_MMAP_THRESHOLD, largeBlockBytes)
        mallopt(M_ARENA_MAX, arenaCount)
    }

    static func main() async {
        keepAllocatorSmall()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            leave(with: error)
        }
    }

    /// ArgumentParser's own code for wrong usage is 64; ours is 2.
    private static func leave(with error: any Error) -> Never {
        if let failure = error as? Failure {
            if !failure.message.isEmpty { printError("lookout: \(failure.message)") }
            Foundation.exit(failure.code.rawValue)
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code.isSuccess {
            if !text.isEmpty { print(text) }
            Foundation.exit(0)
        }
        if !text.isEmpty { printError(text) }
        Foundation.exit(code == .validationFailure ? ExitStatus.usage.rawValue : code.rawValue)
    }
}
