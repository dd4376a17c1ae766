public import Domain
import Foundation
import Glibc

extension EvidenceStore {
    /// A file that lies in an incident's folder.
    public struct StoredFile: Sendable, Equatable {
        /// As an `EvidenceItem` would name it.
        public var path: String
        /// The last part of it.
        public var name: String
        /// When it was last written, by the host's wall clock.
        public var modified: MediaTime
    }

    /// Where files are moved that belong to no incident.
    static let orphans = ".orphans"

    /// Days (`yyyy-mm-dd`, UTC) that have evidence, oldest first.
    public func days() async throws(EvidenceError) -> [String] {
        try await onQueue { [directory] () throws(EvidenceError) in
            Self.names(in: directory).filter(Self.isDay).sorted()
        }
    }

    /// The incidents that have a folder on a day.
    public func incidents(of day: String) async throws(EvidenceError) -> [IncidentID] {
        try await onQueue { [directory] () throws(EvidenceError) in
            Self.names(in: "\(directory)/\(day)").sorted().map { IncidentID($0) }.filter(\.isValid)
        }
    }

    /// The files in an incident's folder; empty where there is none.
    public func files(of incident: IncidentID, on day: String) async throws(EvidenceError) -> [StoredFile] {
        guard incident.isValid, Self.isDay(day) else { return [] }
        return try await onQueue { [directory] () throws(EvidenceError) in
            let folder = "\(day)/\(incident)"
            return Self.names(in: "\(directory)/\(folder)").sorted().compactMap { name in
                let path = "\(folder)/\(name)"
                guard (try? EvidencePath(parsing: path)) != nil,
                    let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(path)"),
                    attributes[.type] as? FileAttributeType == .typeRegular,
                    let modified = attributes[.modificationDate] as? Date
                else { return nil }
                return StoredFile(path: path, name: name, modified: MediaTime(seconds: modified.timeIntervalSince1970))
            }
        }
    }

    /// Size and SHA-256 of a stored file of any size.
    ///
    /// - Throws: as `open`.
    public func fingerprint(of path: String) async throws(EvidenceError) -> (bytes: Int, sha256: String) {
        let parsed = try EvidencePath(parsing: path)
        return try await onQueue { [self] () throws(EvidenceError) in try open(parsed).fingerprint() }
    }

    /// Those of these items whose files are gone.
    public func missing(of items: [EvidenceItem]) async throws(EvidenceError) -> [EvidenceItem] {
        try await onQueue { [self] () throws(EvidenceError) in
            items.filter { item in
                do throws(EvidenceError) {
                    _ = try open(try EvidencePath(parsing: item.path))
                    return false
                } catch {
                    return error.code == .notFound
                }
            }
        }
    }

    /// Moves a file that belongs to no incident out of the evidence, into `.orphans/`, where nothing looks for it.
    ///
    /// - Throws: `refused`, `notFound`, `forbidden`, `inputOutput`.
    public func setAside(_ path: String) async throws(EvidenceError) {
        let parsed = try EvidencePath(parsing: path)
        try await onQueue { [self] () throws(EvidenceError) in
            let root = try SystemFile.directory(directory)
            let target = try root.makeDirectory(Self.orphans)
            var source = try SystemFile.directory(directory)
            for name in parsed.components.dropLast() { source = try source.open(name, O_RDONLY | O_DIRECTORY) }
            try source.move(
                parsed.components.last ?? "", to: target, as: parsed.components.joined(separator: "_"))
            try target.synchronize()
            // Its folder goes too where nothing else is in it.
            _ = unsafe rmdir("\(directory)/" + parsed.components.dropLast().joined(separator: "/"))
        }
    }
}
