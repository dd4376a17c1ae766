import Dispatch
import Domain
import Evidence
import Foundation
import Logging
import Synchronization

/// What detectors have learned of their cameras, kept on disk so that a restart does not blind a tower for minutes.
///
/// Each camera has one file, replaced as a whole; its first bytes say what it is and hold the SHA-256 of the rest.
/// Losing one costs a few minutes of learning, so that nothing here is ever waited for but the end.
final class DetectorStates: Sendable {
    /// What is kept of a camera, each in a file of its own; the name is what the file ends with.
    enum Part: String, Sendable {
        /// What the smoke detector has learned of the scene.
        case smoke
        /// Where and when smoke comes again and again.
        case habits
    }

    private struct Name: Hashable {
        var camera: CameraID
        var part: Part
    }

    private static let mark = Array("Lookout detector state 1\n".utf8)
    private static let hashBytes = 32

    private let directory: URL
    private let logger: Logger
    private let queue = DispatchQueue(label: "lookout.states", qos: .utility)
    /// The newest of each that is not yet written.
    private let waiting = Mutex<[Name: [UInt8]]>([:])

    /// - Parameter directory: made when first needed.
    init(directory: String, logger: Logger) {
        self.directory = URL(filePath: directory, directoryHint: .isDirectory)
        self.logger = logger
    }

    /// What was kept of a camera; `nil` where there is nothing that can be trusted. Holds its caller up until what was
    /// to be written before is written and all of it is read: not to be called from a task.
    func load(_ camera: CameraID, _ part: Part = .smoke) -> [UInt8]? {
        queue.sync { read(Name(camera: camera, part: part)) }
    }

    private func read(_ name: Name) -> [UInt8]? {
        let (camera, file) = (name.camera, file(of: name))
        guard FileManager.default.fileExists(atPath: file.path()) else { return nil }
        do {
            let bytes = [UInt8](try Data(contentsOf: file))
            let head = Self.mark.count + Self.hashBytes
            guard bytes.starts(with: Self.mark), bytes.count > head else {
                logger.warning("camera '\(camera)': '\(file.path())' is no detector state. It learns the scene anew")
                return nil
            }
            let payload = Array(bytes[head...])
            guard Array(bytes[Self.mark.count..<head]) == ContentHash.sha256(payload) else {
                logger.warning(
                    "camera '\(camera)': '\(file.path())' is damaged: its checksum differs. It learns the scene anew")
                return nil
            }
            return payload
        } catch {
            logger.warning("camera '\(camera)': '\(file.path())' cannot be read (\(error)). It learns the scene anew")
            return nil
        }
    }

    /// Has a state written soon; one that still waits is replaced.
    func keep(_ state: [UInt8], of camera: CameraID, _ part: Part = .smoke) {
        let name = Name(camera: camera, part: part)
        let isFirst = waiting.withLock { $0.updateValue(state, forKey: name) == nil }
        guard isFirst else { return }
        queue.async { [self] in
            guard let state = waiting.withLock({ $0.removeValue(forKey: name) }) else { return }
            write(state, of: name)
        }
    }

    /// Returns once all that was to be kept is written.
    func finish() async {
        await withCheckedContinuation { done in queue.async { done.resume() } }
    }

    private func write(_ state: [UInt8], of name: Name) {
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let whole = Data(Self.mark + ContentHash.sha256(state) + state)
            // Written beside and renamed: a crash leaves the old one.
            try whole.write(to: file(of: name), options: .atomic)
        } catch {
            logger.warning(
                """
                camera '\(name.camera)': what its detector learned cannot be kept (\(error)). \
                After a restart it learns the scene anew; look for space and permissions in '\(directory.path())'
                """)
        }
    }

    private func file(of name: Name) -> URL {
        directory.appending(path: "\(name.camera.rawValue).\(name.part.rawValue)")
    }
}
