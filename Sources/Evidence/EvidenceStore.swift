import Dispatch
public import Domain
import Foundation
import Glibc

/// The evidence directory: snapshots under `yyyy-mm-dd/<incident>/`, each named in its incident with its SHA-256.
///
/// A file appears under its name only when it is whole and on disk: it is written beside, synchronised, renamed, and the
/// directory is synchronised too. All disk traffic runs on the store's own serial queue, in the order of the calls, so
/// that a slow disk stalls neither a camera nor Swift's cooperative pool. One process writes; others may read.
public final class EvidenceStore: Sendable {
    /// As given to `init`.
    public let directory: String
    private let readOnly: Bool
    private let queue = DispatchQueue(label: "lookout.evidence", qos: .utility)

    /// Where files are written before they get their name. What a crash left there is worth nothing.
    private static let incoming = ".incoming"
    /// Clips that are being written. What a crash left there is recovered.
    static let unfinished = ".unfinished"
    /// Copies that can be made again from the evidence.
    static let derived = ".derived"
    /// More than any snapshot; clips are not read whole.
    static let maximumReadBytes = 64 << 20

    /// Opens the directory, which is made where it is missing. Blocks on the disk: call it before the traffic starts.
    ///
    /// - Parameter readOnly: for a second process. Nothing is made or changed.
    public init(directory: String, readOnly: Bool = false) throws(EvidenceError) {
        self.directory = directory
        self.readOnly = readOnly
        guard !readOnly else { return }
        try Self.makePath(directory)
        let incoming = try SystemFile.directory(directory).makeDirectory(Self.incoming)
        for name in Self.names(in: incoming.path) { incoming.remove(name) }
        for name in [Self.unfinished, Self.derived] { _ = try SystemFile.directory(directory).makeDirectory(name) }
    }

    /// Stores a JPEG snapshot of an incident. It is on disk when it returns.
    ///
    /// - Parameters:
    ///   - jpeg: not empty.
    ///   - day: an instant of the day (UTC) under which the incident's files lie: its start.
    ///   - time: capture time of the picture.
    ///   - kind: of picture; it names the file.
    /// - Returns: `snapshot.jpg`, or `snapshot-2.jpg` and so on where the incident has some already.
    /// - Throws: `diskFull`, `forbidden`, `inputOutput`, `invalid`.
    public func storeSnapshot(
        _ jpeg: [UInt8], of incident: IncidentID, startingAt day: MediaTime, time: MediaTime,
        as kind: EvidenceItem.Kind = .snapshot
    ) async throws(EvidenceError) -> EvidenceItem {
        guard !jpeg.isEmpty, incident.isValid else {
            throw EvidenceError(
                .invalid, problem: "a snapshot of \(jpeg.count) bytes cannot be stored for incident '\(incident)'",
                remedy: "Store whole pictures, under ids of letters, digits, '-', '_' and '.'")
        }
        guard !readOnly else {
            throw EvidenceError(
                .forbidden, problem: "the evidence in '\(directory)' was opened for reading",
                remedy: "Store through the process that writes")
        }
        let folder = [CivilTime(day).date, incident.rawValue]
        return try await onQueue { [self] () throws(EvidenceError) in
            let name = try place(jpeg, in: folder, stem: kind.rawValue, suffix: ".jpg")
            return EvidenceItem(
                kind: kind, path: (folder + [name]).joined(separator: "/"), mediaType: "image/jpeg",
                bytes: jpeg.count, sha256: ContentHash.sha256Hexadecimal(jpeg), time: time)
        }
    }

    /// The bytes of a stored file of at most 64 MiB.
    ///
    /// - Parameter path: relative, as an `EvidenceItem` names it. Anything that would leave the directory is refused:
    ///   absolute paths, `..`, symbolic links.
    /// - Throws: `notFound`, `refused`, `forbidden`, `invalid` (too large), `inputOutput`.
    public func read(_ path: String) async throws(EvidenceError) -> [UInt8] {
        let parsed = try EvidencePath(parsing: path)
        return try await onQueue { [self] () throws(EvidenceError) in
            try open(parsed).read(limit: Self.maximumReadBytes)
        }
    }

    /// A stored file of any size, to be read in parts. It can be read to its end even if retention removes it meanwhile.
    ///
    /// - Parameter path: as for `read`.
    /// - Throws: as `read`.
    public func open(_ path: String) async throws(EvidenceError) -> OpenEvidence {
        let parsed = try EvidencePath(parsing: path)
        return try await onQueue { [self] () throws(EvidenceError) in
            try OpenEvidence(file: try open(parsed), store: self)
        }
    }

    func open(_ path: EvidencePath) throws(EvidenceError) -> SystemFile {
        var file = try SystemFile.directory(directory)
        for name in path.components.dropLast() { file = try file.open(name, O_RDONLY | O_DIRECTORY) }
        return try file.open(path.components.last ?? "", O_RDONLY)
    }

    /// The bytes of `item`, if they still are what was stored.
    ///
    /// - Throws: `altered` where size or hash differ, and what `read` throws.
    public func read(_ item: EvidenceItem) async throws(EvidenceError) -> [UInt8] {
        let bytes = try await read(item.path)
        guard bytes.count == item.bytes, ContentHash.sha256Hexadecimal(bytes) == item.sha256 else {
            throw EvidenceError(
                .altered, problem: "the file '\(item.path)' is not the one that was stored with the incident",
                remedy: "Treat it as no evidence; restore it from a backup and compare its SHA-256, \(item.sha256)")
        }
        return bytes
    }

    // MARK: On the queue

    /// - Returns: the name that it got.
    private func place(_ bytes: [UInt8], in folder: [String], stem: String, suffix: String) throws(EvidenceError)
        -> String
    {
        let root = try SystemFile.directory(directory)
        let incoming = try root.makeDirectory(Self.incoming)
        let temporary = folder.joined(separator: "_") + suffix
        incoming.remove(temporary)
        do {
            try writeThrough(bytes, to: temporary, in: incoming)
            var target = root
            for name in folder { target = try target.makeDirectory(name) }
            // Free to check first: this queue is the only writer.
            var name = stem + suffix
            var number = 1
            while target.contains(name) {
                number += 1
                name = "\(stem)-\(number)\(suffix)"
            }
            try incoming.move(temporary, to: target, as: name)
            try target.synchronize()
            return name
        } catch {
            incoming.remove(temporary)
            throw error
        }
    }

    private func writeThrough(_ bytes: [UInt8], to name: String, in folder: borrowing SystemFile)
        throws(EvidenceError)
    {
        let file = try folder.open(name, O_WRONLY | O_CREAT | O_EXCL)
        try file.write(bytes)
        try file.synchronize()
    }

    /// Makes `path` and the directories above it where they are missing, durably.
    private static func makePath(_ path: String) throws(EvidenceError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let url = URL(fileURLWithPath: path)
        let parent = url.deletingLastPathComponent().path
        try makePath(parent)
        _ = try SystemFile.directory(parent).makeDirectory(url.lastPathComponent)
    }

    static func names(in path: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    }

    func later(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    /// Waits for everything before it, so it is for threads that may wait.
    func onQueueAndWait<T>(_ work: () throws(EvidenceError) -> T) throws(EvidenceError) -> T {
        try queue.sync { Result(catching: work) }.get()
    }

    func onQueue<T: Sendable>(_ work: @escaping @Sendable () throws(EvidenceError) -> T)
        async throws(EvidenceError) -> T
    {
        let outcome: Result<T, EvidenceError> = await withCheckedContinuation { done in
            queue.async { done.resume(returning: Result(catching: work)) }
        }
        return try outcome.get()
    }
}
