import Domain
import Foundation

/// A UTC day that has a file of its own in a folder of the journal, such as `coverage/2026-11-22.sqlite`.
struct JournalDay: Hashable, Comparable {
    /// Days since 1970-01-01.
    var number: Int64
    /// `2026-11-22`.
    var name: String

    init(containing time: MediaTime) {
        let day: Int64 = 86_400_000_000
        let quotient = time.microseconds / day
        number = time.microseconds % day < 0 ? quotient - 1 : quotient
        name = CivilTime(time).date
    }

    static func < (a: JournalDay, b: JournalDay) -> Bool { a.number < b.number }

    func file(in folder: String) -> String { "\(folder)/\(name).sqlite" }

    /// The number of a row among those of all days.
    func identifier(ofRow row: Int64) -> Int64 { number << 32 | row }

    /// Those that have a file, oldest first.
    static func all(in folder: String) -> [JournalDay] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in
            guard name.hasSuffix(".sqlite") else { return nil }
            let parts = name.dropLast(7).split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return nil }
            let components = DateComponents(
                calendar: Calendar(identifier: .gregorian), timeZone: .gmt, year: year, month: month, day: day)
            guard let date = components.date else { return nil }
            let found = JournalDay(containing: MediaTime(seconds: date.timeIntervalSince1970))
            return found.name == name.dropLast(7) ? found : nil
        }.sorted()
    }

    /// Those that have a file and ended more than `keepDays` days before `now`, oldest first.
    static func expired(in folder: String, keepDays: Int, now: MediaTime) -> [JournalDay] {
        let oldest = JournalDay(containing: now).number - Int64(keepDays)
        return all(in: folder).filter { $0.number < oldest }
    }
}
