import ArgumentParser
import Domain
import Foundation
import Media
import SiteConfiguration
import Synchronization
import Watch

struct Cameras: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cameras of the configuration.", subcommands: [Import.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Probes the cameras of a table and adds those that are well to the configuration.",
            discussion: """
                The table is a CSV file whose first line names its columns: id and source, and if wanted name, \
                detectSource, user, password, transport, detect and uplink. A password goes into a file of its own, \
                secrets/ID beside the configuration, for its owner's eyes only. Cameras that the configuration has \
                already are left alone. Exit code 1 where a camera could not be added.
                """)

        @Argument(help: "The table.") var file: String
        @Option(name: .customLong("config"), help: "The configuration file.") var path = "streams.yaml"
        @Option(help: "How long to measure each, 1 to 60.") var seconds = 4.0
        @Option(help: "How many to probe at a time, 1 to 64.") var jobs = 16
        @Flag(help: "Add those that a problem was found with, too.") var all = false

        func validate() throws {
            guard (1...60).contains(seconds) else { throw ValidationError("--seconds takes 1 to 60.") }
            guard (1...64).contains(jobs) else { throw ValidationError("--jobs takes 1 to 64.") }
        }

        func run() async throws {
            let site = try SettingsFile.load(path)
            let known = Set(site.cameras.map(\.id.rawValue))
            let entries = try table().entries.filter { entry in
                if known.contains(entry.id) { print("\(entry.id)  is there already") }
                return !known.contains(entry.id)
            }
            guard !entries.isEmpty else { return }
            let added = try keepSecrets(of: entries)
            var isDone = false
            // What is not added in the end leaves no secret behind.
            defer { if !isDone { removeSecrets(added) } }
            let settings = try check(entries)
            let reports = await probe(settings.filter { !known.contains($0.id.rawValue) })
            var good: [CameraImport.Entry] = []
            for entry in entries {
                guard let report = reports[CameraID(entry.id)] else { continue }
                print("\(entry.id)  \(report.sentence)")
                if report.isHealthy || all { good.append(entry) }
            }
            if !good.isEmpty { try write(good) }
            removeSecrets(added.filter { id in !good.contains { $0.id == id } })
            isDone = true
            print("\(good.count) of \(entries.count) cameras added to \(path).")
            if good.count < entries.count { throw Failure(.problemFound) }
        }

        private func table() throws -> CameraImport {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Failure(.inputUnreadable, "\(file): cannot be read as UTF-8 text. Save the table as CSV, UTF-8.")
            }
            let table: CSVTable
            do {
                table = try CSVTable(text)
            } catch {
                throw Failure(.problemFound, "\(file):\(error.line): \(error.text). Correct it.")
            }
            return try CameraImport(table, file: file)
        }

        // MARK: Secrets

        private var secrets: String {
            URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("secrets").path
        }

        /// Passwords go where only their owner reads them. A file that is there already stays as it is.
        /// - Returns: the ids of those that were made.
        private func keepSecrets(of entries: [CameraImport.Entry]) throws -> [String] {
            var made: [String] = []
            for entry in entries {
                guard let password = entry.password else { continue }
                let place = secrets + "/" + entry.id
                guard !FileManager.default.fileExists(atPath: place) else { continue }
                try? FileManager.default.createDirectory(
                    atPath: secrets, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                guard
                    FileManager.default.createFile(
                        atPath: place, contents: Data(password.utf8), attributes: [.posixPermissions: 0o600])
                else {
                    removeSecrets(made)
                    throw Failure(.inputUnreadable, "\(place): cannot be written. Give this user the right to.")
                }
                made.append(entry.id)
            }
            return made
        }

        private func removeSecrets(_ ids: [String]) {
            for id in ids { try? FileManager.default.removeItem(atPath: secrets + "/" + id) }
        }

        // MARK: The configuration

        private func text(with entries: [CameraImport.Entry]) throws -> String {
            guard let old = try? String(contentsOfFile: path, encoding: .utf8),
                let text = CameraImport.adding(entries, to: old)
            else {
                throw Failure(
                    .problemFound,
                    "\(path): its cameras are not written one below the other. Write 'cameras:' on a line of its own.")
            }
            return text
        }

        /// The whole configuration as it would be, held to all its rules.
        private func check(_ entries: [CameraImport.Entry]) throws -> [CameraSettings] {
            do {
                return try SiteSettings.parse(
                    try text(with: entries), file: path, environment: ProcessInfo.processInfo.environment
                ).cameras
            } catch let faults as ConfigurationFaults {
                for fault in faults.faults { printError("\(fault)") }
                throw Failure(
                    .problemFound, "\(file): with its cameras \(path) would be wrong as said; nothing was changed.")
            }
        }

        private func write(_ entries: [CameraImport.Entry]) throws {
            _ = try check(entries)
            do {
                try Data(try text(with: entries).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch let failure as Failure {
                throw failure
            } catch {
                throw Failure(.inputUnreadable, "\(path): cannot be written. Give this user the right to.")
            }
        }

        // MARK: Probing

        private func probe(_ cameras: [CameraSettings]) async -> [CameraID: ProbeReport] {
            let (reports, ends) = AsyncStream<(CameraID, ProbeReport)>.makeStream()
            guard !cameras.isEmpty else { return [:] }
            let seconds = seconds
            let shared = ProbeQueue(cameras)
            for _ in 0..<min(jobs, cameras.count) {
                let thread = Thread {
                    while let camera = shared.take() {
                        let transport = StreamOptions.Transport(rawValue: camera.transport.rawValue) ?? .tcp
                        let probe = StreamProbe(
                            seconds: seconds,
                            options: StreamOptions(
                                transport: transport, openTimeout: .seconds(8), readTimeout: .seconds(6)),
                            clock: SystemClock())
                        ends.yield((camera.id, probe.run(camera.source, stop: StopFlag())))
                    }
                }
                thread.stackSize = 1 << 20
                thread.start()
            }
            var found: [CameraID: ProbeReport] = [:]
            for await (camera, report) in reports {
                found[camera] = report
                if found.count == cameras.count { break }
            }
            return found
        }
    }
}

/// Hands cameras out to threads, each once.
private final class ProbeQueue: Sendable {
    private let waiting: Mutex<[CameraSettings]>

    init(_ cameras: [CameraSettings]) { waiting = Mutex(cameras.reversed()) }

    func take() -> CameraSettings? { waiting.withLock { $0.popLast() } }
}
