/// A date of the Gregorian calendar.
public struct CalendarDay: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int

    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

    /// Reads `2026-02-01`; `nil` where the text is anything else, or the calendar has no such day.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month), year > 0
        else { return nil }
        let leapDay = month == 2 && Self.isLeap(year) ? 1 : 0
        guard (1...Self.daysBefore[month] - Self.daysBefore[month - 1] + leapDay).contains(day) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day of a `number`, 1 to 3,652,059.
    public init(number: Int) {
        // Days of whole years of the mean length, put right by at most one.
        var year = number * 400 / 146_097 + 1
        while Self.number(ofNewYear: year) > number { year -= 1 }
        while Self.number(ofNewYear: year + 1) <= number { year += 1 }
        let dayOfYear = number - Self.number(ofNewYear: year) + 1
        var month = 12
        while Self.days(before: month, in: year) >= dayOfYear { month -= 1 }
        self.year = year
        self.month = month
        day = dayOfYear - Self.days(before: month, in: year)
    }

    private static func number(ofNewYear year: Int) -> Int {
        let past = year - 1
        return 365 * past + past / 4 - past / 100 + past / 400 + 1
    }

    private static func days(before month: Int, in year: Int) -> Int {
        daysBefore[month - 1] + (month > 2 && isLeap(year) ? 1 : 0)
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Days since the day before 0001-01-01.
    public var number: Int { Self.number(ofNewYear: year) + Self.days(before: month, in: year) + day - 1 }

    public static func < (a: CalendarDay, b: CalendarDay) -> Bool { a.number < b.number }

    public var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
