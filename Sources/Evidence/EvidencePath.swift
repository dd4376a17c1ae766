import Domain

/// The path of an evidence file relative to the evidence directory: `yyyy-mm-dd/<incident>/<file>`, with `/`.
struct EvidencePath {
    /// One at least; each is a plain name.
    let components: [String]

    /// - Throws: `refused` for anything that could lead out of the directory: an absolute path, `..`, hidden or empty
    ///   names, control characters.
    init(parsing path: String) throws(EvidenceError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard path.utf8.count <= 1_024, parts.allSatisfy(Self.isPlain) else {
            throw EvidenceError(
                .refused, problem: "'\(Self.printable(path))' is not the path of an evidence file",
                remedy: "Ask for the path that an incident names")
        }
        components = parts
    }

    /// The day on which `time` falls in UTC, as `yyyy-mm-dd`. Days of the proleptic Gregorian calendar, by Howard
    /// Hinnant's `civil_from_days` (https://howardhinnant.github.io/date_algorithms.html).
    static func day(of time: MediaTime) -> String {
        let microsecondsPerDay: Int64 = 86_400_000_000
        let remainder = time.microseconds % microsecondsPerDay
        let days = time.microseconds / microsecondsPerDay - (remainder < 0 ? 1 : 0)
        // Counted from 0000-03-01, so that the leap day ends a year; 400 years have 146,097 days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number.magnitude)
        return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.first != 0x2E && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
    }

    /// Short, and without control characters.
    private static func printable(_ path: String) -> String {
        String(path.unicodeScalars.prefix(80).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : Character($0) })
    }
}
