import Domain

/// Time windows as people write them: `22:00-05:00`, `mon-fri 18:00-24:00`, `sat,sun 00:00-24:00`.
enum ScheduleText {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    static let pattern: String = {
        let day = "(" + days.joined(separator: "|") + ")"
        let span = "\(day)(-\(day))?"
        let time = "([01][0-9]|2[0-3]):[0-5][0-9]"
        return "^(\(span)(,\(span))* )?\(time)-(\(time)|24:00)$"
    }()

    /// - Parameter text: matches `pattern`.
    /// - Returns: `nil` where the window begins and ends at the same time.
    static func window(_ text: String) -> WeeklySchedule.Window? {
        let parts = text.split(separator: " ")
        guard let times = parts.last?.split(separator: "-"), times.count == 2, let start = minutes(times[0]),
            let end = minutes(times[1]), start != end
        else { return nil }
        return WeeklySchedule.Window(
            days: parts.count > 1 ? weekdays(parts[0]) : Set(Weekday.allCases), startMinute: start, endMinute: end)
    }

    private static func minutes(_ text: Substring) -> Int? {
        let numbers = text.split(separator: ":").compactMap { Int($0) }
        return numbers.count == 2 ? numbers[0] * 60 + numbers[1] : nil
    }

    private static func weekdays(_ text: Substring) -> Set<Weekday> {
        var found: Set<Weekday> = []
        for span in text.split(separator: ",") {
            let ends = span.split(separator: "-").compactMap { days.firstIndex(of: String($0)) }
            guard let first = ends.first, let last = ends.last else { continue }
            // "sat-mon" runs over the end of the week.
            for offset in 0...(last - first + 7) % 7 {
                if let day = Weekday(rawValue: (first + offset) % 7 + 1) { found.insert(day) }
            }
        }
        return found
    }
}
