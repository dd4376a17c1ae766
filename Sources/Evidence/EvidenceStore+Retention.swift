public import Domain
import Foundation
import Glibc

/// How long and how much evidence is kept.
public struct RetentionLimits: Sendable, Equatable {
    /// 1 or more; today counts.
    public var keepDays: Int
    /// Of all evidence together.
    public var maximumBytes: Int64
    /// What must stay free on the disk for the journal, which is never given up.
    public var minimumFreeBytes: Int64

    public init(keepDays: Int, maximumBytes: Int64, minimumFreeBytes: Int64 = 0) {
        self.keepDays = keepDays
        self.maximumBytes = maximumBytes
        self.minimumFreeBytes = minimumFreeBytes
    }
}

extension EvidenceStore {
    /// What retention took away.
    public struct Removal: Sendable, Equatable {
        /// `yyyy-mm-dd`, oldest first.
        public var days: [String] = []
        public var bytes: Int64 = 0
        /// Free bytes that are still wanting: no evidence is left that may be given up.
        public var stillWanting: Int64 = 0
    }

    /// Removes evidence by whole days: what is older than `keepDays`, then, oldest first, until the rest fits into
    /// `maximumBytes` and enough of the disk is free. Today's is never removed, copies that can be made again go first.
    ///
    /// - Parameters:
    ///   - now: host's wall clock.
    ///   - givingUpFirst: is asked to free so many bytes before any evidence goes for want of space.
    ///   - announce: is told of each day and its incidents before any file goes, so that their hashes are on record; where
    ///     it throws, the day stays.
    /// - Throws: `forbidden`, `inputOutput`, and what `announce` throws. What was removed until then stays removed.
    public func removeExpired(
        _ limits: RetentionLimits, now: MediaTime,
        givingUpFirst: @Sendable (_ bytes: Int64) async -> Void = { _ in },
        announce: @Sendable (_ day: String, _ incidents: [IncidentID]) async throws -> Void
    ) async throws -> Removal {
        let today = CivilTime(now).date
        let firstKept = CivilTime(now - .seconds(86_400 * max(1, limits.keepDays))).date
        let (days, all) = try await onQueue { [directory] () throws(EvidenceError) in
            // Dates of this form sort as text.
            let names = Self.names(in: directory).filter(Self.isDay).sorted()
            let sizes = names.map { (name: $0, bytes: Self.size(of: "\(directory)/\($0)")) }
            return (sizes.filter { $0.name < today }, sizes.reduce(0) { $0 + $1.bytes })
        }
        var removal = Removal()
        var left = all
        if try await wanting(limits) > 0 {
            try await removeCopies()
            let bytes = try await wanting(limits)
            if bytes > 0 { await givingUpFirst(bytes) }
        }
        for day in days {
            var mustGo = day.name < firstKept || left > limits.maximumBytes
            if !mustGo { mustGo = try await wanting(limits) > 0 }
            guard mustGo else { break }
            try await remove(day.name, announce)
            removal.days.append(day.name)
            removal.bytes += day.bytes
            left -= day.bytes
        }
        removal.stillWanting = try await wanting(limits)
        return removal
    }

    /// Bytes that may still be written on the evidence's disk. Blocks on the disk.
    public func freeBytes() -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(directory, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    private func wanting(_ limits: RetentionLimits) async throws(EvidenceError) -> Int64 {
        try await onQueue { [self] () throws(EvidenceError) in max(0, limits.minimumFreeBytes - freeBytes()) }
    }

    private func remove(
        _ day: String, _ announce: @Sendable (_ day: String, _ incidents: [IncidentID]) async throws -> Void
    ) async throws {
        let path = "\(directory)/\(day)"
        let incidents = try await onQueue { () throws(EvidenceError) in
            Self.names(in: path).sorted().map { IncidentID($0) }.filter(\.isValid)
        }
        try await announce(day, incidents)
        try await onQueue { () throws(EvidenceError) in
            do {
                try FileManager.default.removeItem(atPath: path)
            } catch {
                throw EvidenceError(
                    .inputOutput,
                    problem: "the expired evidence in '\(path)' cannot be removed (\(error.localizedDescription))",
                    remedy: "Let the user that runs Lookout write there, or remove the folder by hand")
            }
        }
    }

    private func removeCopies() async throws(EvidenceError) {
        try await onQueue { [directory] () throws(EvidenceError) in
            let folder = try SystemFile.directory("\(directory)/\(Self.derived)")
            for name in Self.names(in: folder.path) { folder.remove(name) }
        }
    }

    /// `2026-02-01`; anything else in the directory was not put there by the store and is left alone.
    static func isDay(_ name: String) -> Bool {
        name.utf8.count == 10
            && name.utf8.enumerated().allSatisfy { index, byte in
                index == 4 || index == 7 ? byte == UInt8(ascii: "-") : (0x30...0x39).contains(byte)
            }
    }

    /// Bytes of all files below a folder; 0 where there is none.
    private static func size(of folder: String) -> Int64 {
        guard let walk = FileManager.default.enumerator(atPath: folder) else { return 0 }
        var sum: Int64 = 0
        while walk.nextObject() != nil {
            if walk.fileAttributes?[.type] as? FileAttributeType == .typeRegular {
                sum += (walk.fileAttributes?[.size] as? NSNumber)?.int64Value ?? 0
            }
        }
        return sum
    }
}
