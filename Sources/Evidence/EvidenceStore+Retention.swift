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
        /// Of which something was removed: `yyyy-mm-dd`, oldest first.
        public var days: [String] = []
        public var bytes: Int64 = 0
        /// Free bytes that are still wanting: no evidence is left that may be given up.
        public var stillWanting: Int64 = 0
        /// Of locked incidents, which nothing here removes.
        public var lockedBytes: Int64 = 0
    }

    /// Removes evidence by whole days: what is older than `keepDays`, then, oldest first, until the rest fits into
    /// `maximumBytes` and enough of the disk is free. Today's is never removed, copies that can be made again go first.
    /// Locked incidents of a day stay when the others of it go; what they take counts all the same.
    ///
    /// - Parameters:
    ///   - now: host's wall clock.
    ///   - locked: the incidents that are locked at present.
    ///   - givingUpFirst: is asked to free so many bytes before any evidence goes for want of space.
    ///   - announce: is told of each day and its incidents before any file goes, so that their hashes are on record, and says
    ///     which of them must stay; where it throws, the day stays.
    /// - Throws: `forbidden`, `inputOutput`, and what `announce` throws. What was removed until then stays removed.
    public func removeExpired(
        _ limits: RetentionLimits, now: MediaTime, locked: Set<IncidentID> = [],
        givingUpFirst: @Sendable (_ bytes: Int64) async -> Void = { _ in },
        announce: @Sendable (_ day: String, _ incidents: [IncidentID]) async throws -> Set<IncidentID>
    ) async throws -> Removal {
        let today = CivilTime(now).date
        let firstKept = CivilTime(now - .seconds(86_400 * max(1, limits.keepDays))).date
        let days = try await onQueue { [directory] () throws(EvidenceError) in
            // Dates of this form sort as text.
            Self.names(in: directory).filter(Self.isDay).sorted().map { Day($0, in: directory, locked: locked) }
        }
        var removal = Removal(lockedBytes: days.reduce(0) { $0 + $1.lockedBytes })
        var left = days.reduce(0) { $0 + $1.bytes }
        if try await lackingBytes(limits) > 0 {
            try await removeCopies()
            let bytes = try await lackingBytes(limits)
            if bytes > 0 { await givingUpFirst(bytes) }
        }
        for day in days where day.name < today && !day.isAllLocked {
            var mustGo = day.name < firstKept || left > limits.maximumBytes
            if !mustGo { mustGo = try await lackingBytes(limits) > 0 }
            guard mustGo else { break }
            let freed = try await remove(day.name, announce)
            removal.days.append(day.name)
            removal.bytes += freed
            left -= freed
        }
        removal.stillWanting = try await lackingBytes(limits)
        return removal
    }

    /// Bytes that may still be written on the evidence's disk. Blocks on the disk.
    public func freeBytes() -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(directory, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// By how much the disk has less room than must stay free.
    ///
    /// - Throws: as the system does.
    public func lackingBytes(_ limits: RetentionLimits) async throws(EvidenceError) -> Int64 {
        try await onQueue { [self] () throws(EvidenceError) in max(0, limits.minimumFreeBytes - freeBytes()) }
    }

    /// The folder of a day.
    private struct Day {
        let name: String
        let bytes: Int64
        let lockedBytes: Int64
        /// Whether it holds nothing but what is locked.
        let isAllLocked: Bool

        init(_ name: String, in directory: String, locked: Set<IncidentID>) {
            let path = "\(directory)/\(name)"
            let entries = EvidenceStore.names(in: path)
            let kept = entries.filter { locked.contains(IncidentID($0)) }
            self.name = name
            bytes = EvidenceStore.size(of: path)
            lockedBytes = kept.reduce(0) { $0 + EvidenceStore.size(of: "\(path)/\($1)") }
            isAllLocked = !kept.isEmpty && kept.count == entries.count
        }
    }

    /// - Returns: how many bytes.
    private func remove(
        _ day: String, _ announce: @Sendable (_ day: String, _ incidents: [IncidentID]) async throws -> Set<IncidentID>
    ) async throws -> Int64 {
        let path = "\(directory)/\(day)"
        let incidents = try await onQueue { () throws(EvidenceError) in
            Self.names(in: path).sorted().map { IncidentID($0) }.filter(\.isValid)
        }
        let kept = try await announce(day, incidents)
        return try await onQueue { () throws(EvidenceError) in
            do {
                guard !kept.isEmpty else {
                    let bytes = Self.size(of: path)
                    try FileManager.default.removeItem(atPath: path)
                    return bytes
                }
                var bytes: Int64 = 0
                for name in Self.names(in: path) where !kept.contains(IncidentID(name)) {
                    let size = Self.size(of: "\(path)/\(name)")
                    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
                    bytes += size
                }
                return bytes
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
    fileprivate static func size(of folder: String) -> Int64 {
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
