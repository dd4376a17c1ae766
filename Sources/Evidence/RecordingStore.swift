public import Domain
import Foundation
import Glibc

/// A segment that is being written, or that a crash left: its file's name tells whose it is.
public struct UnfinishedSegment: Sendable, Equatable {
    public var camera: CameraID
    /// Capture time of the first picture.
    public var start: MediaTime

    public init(camera: CameraID, start: MediaTime) {
        self.camera = camera
        self.start = start
    }

    private static let suffix = ".mp4"

    var fileName: String { "\(camera)~\(start.microseconds)" + Self.suffix }

    /// - Returns: `nil` for a name that no segment has.
    init?(fileName: String) {
        guard fileName.hasSuffix(Self.suffix) else { return nil }
        let fields = fileName.dropLast(Self.suffix.count).split(separator: "~", omittingEmptySubsequences: false)
        guard fields.count == 2, let start = Int64(fields[1]) else { return nil }
        let camera = CameraID(String(fields[0]))
        guard camera.isValid else { return nil }
        self.init(camera: camera, start: MediaTime(microseconds: start))
    }
}

/// The folder of continuous recordings: segments under `yyyy-mm-dd/<camera>/<start in microseconds>.mp4`.
///
/// A file appears under its name only when it is whole and on disk. Every call blocks on the disk, so all of it belongs on
/// threads that may wait.
public final class RecordingStore: Sendable {
    /// As given to `init`.
    public let directory: String
    private static let unfinished = ".unfinished"

    /// Opens the folder, which is made where it is missing; the one above it must be there.
    ///
    /// - Throws: `forbidden`, `diskFull`, `notFound`, `inputOutput`.
    public init(directory: String) throws(EvidenceError) {
        self.directory = directory
        let url = URL(fileURLWithPath: directory)
        let folder = try SystemFile.directory(url.deletingLastPathComponent().path)
            .makeDirectory(url.lastPathComponent)
        _ = try folder.makeDirectory(Self.unfinished)
    }

    /// Opens the folder for reading alone: nothing is made, and whatever is not there is found missing.
    public init(reading directory: String) { self.directory = directory }

    /// Where an unfinished segment is written.
    public func path(of segment: UnfinishedSegment) -> String { "\(directory)/\(Self.unfinished)/\(segment.fileName)" }

    /// Where the finished file of a segment is made before it is adopted.
    public func path(finishing segment: UnfinishedSegment) -> String { path(of: segment) + ".whole" }

    /// Where a segment lies that an index names.
    ///
    /// - Throws: `refused` for a path that could lead out of the folder.
    public func path(of segment: RecordedSegment) throws(EvidenceError) -> String {
        "\(directory)/" + (try EvidencePath(parsing: segment.path)).components.joined(separator: "/")
    }

    /// What is being written, or was when a crash came.
    public func unfinishedSegments() -> [UnfinishedSegment] {
        EvidenceStore.names(in: "\(directory)/\(Self.unfinished)").sorted().compactMap(UnfinishedSegment.init)
    }

    /// Gives the finished file of a segment its name, on disk when it returns. What was written stays until `forget`.
    ///
    /// Doing so twice gives the same: a segment is named by its camera and its start.
    ///
    /// - Returns: its path, relative to the folder, its size and its hash.
    /// - Throws: `diskFull`, `forbidden`, `inputOutput`, `notFound`. Nothing is lost then: it can be tried again.
    public func adopt(_ segment: UnfinishedSegment) throws(EvidenceError)
        -> (path: String, bytes: Int, sha256: String)
    {
        let source = try SystemFile.directory("\(directory)/\(Self.unfinished)")
        let whole = segment.fileName + ".whole"
        let file = try source.open(whole, O_RDONLY)
        // Just written, so that it is read from memory.
        let (bytes, sha256) = try file.fingerprint()
        try file.synchronize()
        let folder = [CivilTime(segment.start).date, segment.camera.rawValue]
        var target = try SystemFile.directory(directory)
        for name in folder { target = try target.makeDirectory(name) }
        let name = "\(segment.start.microseconds).mp4"
        try source.move(whole, to: target, as: name)
        try target.synchronize()
        return ((folder + [name]).joined(separator: "/"), bytes, sha256)
    }

    /// Size and SHA-256 of a segment's file as it is now. Reads the whole of it.
    ///
    /// - Throws: `notFound`, `forbidden`, `inputOutput`, `refused` for a path that could lead out of the folder.
    public func fingerprint(of path: String) throws(EvidenceError) -> (bytes: Int, sha256: String) {
        var names = try EvidencePath(parsing: path).components
        let name = names.removeLast()
        let folder = try SystemFile.directory(([directory] + names).joined(separator: "/"))
        return try folder.open(name, O_RDONLY).fingerprint()
    }

    /// What an unfinished segment takes on the disk, with what was made of it so far.
    public func bytes(of segment: UnfinishedSegment) -> Int {
        [path(of: segment), path(finishing: segment)].reduce(0) { sum, path in
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            return sum + (size?.intValue ?? 0)
        }
    }

    /// Removes what was written of a segment, once the index names it or nothing can be made of it.
    public func forget(_ segment: UnfinishedSegment) {
        guard let folder = try? SystemFile.directory("\(directory)/\(Self.unfinished)") else { return }
        folder.remove(segment.fileName)
        folder.remove(segment.fileName + ".whole")
    }

    /// Removes a segment's file, and its folders where nothing else is in them.
    ///
    /// - Throws: `forbidden`, `inputOutput`; that it is gone already is no fault.
    public func remove(_ segment: RecordedSegment) throws(EvidenceError) {
        var path = try path(of: segment)
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw SystemFile.failure(errno, path) }
        for _ in 0..<2 {
            path = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard unsafe rmdir(path) == 0 else { return }
        }
    }

    /// Whether the file of a segment is there.
    public func contains(_ segment: RecordedSegment) -> Bool {
        (try? path(of: segment)).map { FileManager.default.fileExists(atPath: $0) } ?? false
    }

    /// Days (`yyyy-mm-dd`, UTC) that have segments, oldest first.
    public func days() -> [String] { EvidenceStore.names(in: directory).filter(EvidenceStore.isDay).sorted() }

    /// The files of a day that bear a segment's name: path relative to the folder, camera, start and size.
    public func files(of day: String) -> [(path: String, segment: UnfinishedSegment, bytes: Int)] {
        var found: [(path: String, segment: UnfinishedSegment, bytes: Int)] = []
        for camera in EvidenceStore.names(in: "\(directory)/\(day)").sorted() where CameraID(camera).isValid {
            let folder = "\(directory)/\(day)/\(camera)"
            for name in EvidenceStore.names(in: folder).sorted() where name.hasSuffix(".mp4") {
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                guard let start = Int64(name.dropLast(4)), attributes?[.type] as? FileAttributeType == .typeRegular,
                    let bytes = (attributes?[.size] as? NSNumber)?.intValue
                else { continue }
                let segment = UnfinishedSegment(
                    camera: CameraID(camera), start: MediaTime(microseconds: start))
                found.append(("\(day)/\(camera)/\(name)", segment, bytes))
            }
        }
        return found
    }
}
