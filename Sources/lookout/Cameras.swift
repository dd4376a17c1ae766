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
                detectSource, user, password, transport, detect and uplink. A password, also one that stands in an \
                address (rtsp://user:password@host), goes into a file of its own, secrets/ID beside the \
                configuration, for its owner's eyes only. Each row counts by itself: one that is wrong is named by \
                its line. Cameras that the configuration has already are left alone. Exit code 1 where a camera could \
                not be added.
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
            let table = try table()
            for refusal in table.refusals { refuse(refusal.line, refusal.text) }
            let new = table.entries.filter { entry in
                if known.contains(entry.id) { print("\(entry.id)  is there already") }
                return !known.contains(entry.id)
            }
            let count = new.count + table.refusals.count
            guard count > 0 else { return }
            let (entries, made) = try keepSecrets(of: new)
            var isDone = false
            // What is not added in the end leaves no secret behind.
            defer { if !isDone { removeSecrets(made) } }
            let (sound, settings) = try judge(entries)
            let reports = await probe(settings.filter { !known.contains($0.id.rawValue) })
            var good: [CameraImport.Entry] = []
            for entry in sound {
                guard let report = reports[CameraID(entry.id)] else { continue }
                print("\(entry.id)  \(report.sentence)")
                if report.isHealthy || all { good.append(entry) }
            }
            if !good.isEmpty { try write(good) }
            for entry in good where entry.isPasswordMoved {
                print("\(entry.id)  the password of its address is in \(secrets)/\(entry.id) now")
            }
            removeSecrets(made.filter { id in !good.contains { $0.id == id } })
            isDone = true
            print("\(good.count) of \(count) cameras added to \(path).")
            if good.count < count { throw Failure(.problemFound) }
        }

        /// Says what is wrong with a row of the table; the others go on.
        private func refuse(_ line: Int, _ text: String) { printError("\(file):\(line): \(text)") }

        private func table() throws -> CameraImport {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw Failure(.inputUnreadable, "\(file): cannot be read as UTF-8 text. Save the table as CSV, UTF-8.")
            }
            return try CameraImport(CSVTable(eachRowOf: text), file: file)
        }

        // MARK: Secrets

        private var secrets: String {
            URL(fileURLWithPath: path).deletingLastPathComponent().appendingPathComponent("secrets").path
        }

        /// Passwords go where only their owner reads them. A file that is there already stays as it is: a row that says
        /// otherwise is refused.
        ///
        /// - Returns: the rows that have their secrets, and the ids of those of which one was made.
        private func keepSecrets(
            of entries: [CameraImport.Entry]
        ) throws -> (kept: [CameraImport.Entry], made: [String]) {
            var kept: [CameraImport.Entry] = []
            var made: [String] = []
            for entry in entries {
                guard let password = entry.password else {
                    kept.append(entry)
                    continue
                }
                let place = secrets + "/" + entry.id
                if let known = try? String(contentsOfFile: place, encoding: .utf8) {
                    if known.trimmingCharacters(in: .newlines) == password {
                        kept.append(entry)
                    } else {
                        refuse(entry.line, "'\(place)' holds another password already. Remove it, or correct the row.")
                    }
                    continue
                }
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
                kept.append(entry)
            }
            return (kept, made)
        }

        private func removeSecrets(_ ids: [String]) {
            for id in ids { try? FileManager.default.removeItem(atPath: secrets + "/" + id) }
        }

        // MARK: The configuration

        private func adding(_ entries: [CameraImport.Entry]) throws -> (text: String, firstLine: Int) {
            guard let old = try? String(contentsOfFile: path, encoding: .utf8),
                let added = CameraImport.adding(entries, to: old)
            else {
                throw Failure(
                    .problemFound,
                    "\(path): its cameras are not written one below the other. Write 'cameras:' on a line of its own.")
            }
            return added
        }

        private func parse(_ text: String) throws -> [CameraSettings] {
            try SiteSettings.parse(text, file: path, environment: ProcessInfo.processInfo.environment).cameras
        }

        /// Holds the whole configuration as it would be to all its rules, and refuses the rows that break one.
        ///
        /// - Returns: the rows that are left, and the cameras as they would be with them.
        private func judge(
            _ entries: [CameraImport.Entry]
        ) throws -> (sound: [CameraImport.Entry], cameras: [CameraSettings]) {
            var sound = entries
            while true {
                let (text, firstLine) = try adding(sound)
                do {
                    return (sound, sound.isEmpty ? [] : try parse(text))
                } catch let faults as ConfigurationFaults {
                    // Which row wrote the line of a fault?
                    let begins = sound.reduce(into: [firstLine]) { $0.append($0[$0.count - 1] + $1.yaml.count) }
                    var refused: Set<String> = []
                    for fault in faults.faults {
                        guard let index = sound.indices.first(where: { begins[$0]..<begins[$0 + 1] ~= fault.line })
                        else { continue }
                        refuse(sound[index].line, "\(fault.problem). \(fault.remedy).")
                        refused.insert(sound[index].id)
                    }
                    guard !refused.isEmpty else {
                        for fault in faults.faults { printError("\(fault)") }
                        throw Failure(
                            .problemFound,
                            "\(file): with its cameras \(path) would be wrong as said; nothing was changed.")
                    }
                    sound.removeAll { refused.contains($0.id) }
                }
            }
        }

        private func write(_ entries: [CameraImport.Entry]) throws {
            let text = try adding(entries).text
            do {
                _ = try parse(text)
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch let faults as ConfigurationFaults {
                throw Failure(.problemFound, faults)
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
