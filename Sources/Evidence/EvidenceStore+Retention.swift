public import Domain
import Foundation

extension EvidenceStore {
    /// What retention took away.
    public struct Removal: Sendable, Equatable {
        /// `yyyy-mm-dd`, oldest first.
        public var days: [String] = []
        public var bytes: Int64 = 0
    }

    /// Removes evidence by whole days: what is older than `keepDays`, then the oldest days until the rest fits into
    /// `maximumBytes`. Today's is never removed. The journal keeps each file's hash.
    ///
    /// - Parameters:
    ///   - keepDays: 1 or more.
    ///   - now: host's wall clock.
    /// - Throws: `forbidden`, `inputOutput`. What was removed until then stays removed.
    public func removeExpired(keepDays: Int, maximumBytes: Int64, now: MediaTime) async throws(EvidenceError)
        -> Removal
    {
        let today = CivilTime(now).date
        let firstKept = CivilTime(now - .seconds(86_400 * max(1, keepDays))).date
        return try await onQueue { [directory] () throws(EvidenceError) in
            // Dates of this form sort as text.
            let days = Self.names(in: directory).filter { Self.isDay($0) && $0 < today }.sorted()
            let sizes = days.map { Self.size(of: "\(directory)/\($0)") }
            var left = sizes.reduce(0, +) + Self.size(of: "\(directory)/\(today)")
            var removal = Removal()
            for (day, size) in zip(days, sizes) where day < firstKept || left > maximumBytes {
                do {
                    try FileManager.default.removeItem(atPath: "\(directory)/\(day)")
                } catch {
                    throw EvidenceError(
                        .inputOutput,
                        problem: "the expired evidence in '\(directory)/\(day)' cannot be removed "
                            + "(\(error.localizedDescription))",
                        remedy: "Let the user that runs Lookout write there, or remove the folder by hand")
                }
                removal.days.append(day)
                removal.bytes += size
                left -= size
            }
            return removal
        }
    }

    /// `2026-02-01`; anything else in the directory was not put there by the store and is left alone.
    private static func isDay(_ name: String) -> Bool {
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
