import Domain

/// Time windows as people write them: `22:00-05:00`, `mon-fri 18:00-24:00`, `sunset-30m-sunrise`.
enum ScheduleText {
    private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    private static let time = "([01][0-9]|2[0-3]):[0-5][0-9]"
    /// Up to 189 minutes before or after.
    private static let sun = "(sunrise|sunset)([+-][0-9]{1,2}m|[+-]1[0-8][0-9]m)?"

    static let pattern: String = {
        let day = "(" + days.joined(separator: "|") + ")"
        let span = "\(day)(-\(day))?"
        return "^(\(span)(,\(span))* )?(\(time)|\(sun))-(\(time)|24:00|\(sun))$"
    }()

    /// `09:00`, `mon 09:00`, `mon-fri,sun 18:30`.
    static let momentPattern: String = {
        let day = "(" + days.joined(separator: "|") + ")"
        let span = "\(day)(-\(day))?"
        return "^(\(span)(,\(span))* )?\(time)$"
    }()

    /// - Parameter text: matches `momentPattern`.
    static func weeklyMoment(_ text: String) -> SiteSettings.Drill.Moment? {
        let parts = text.split(separator: " ")
        guard let clock = parts.last, case .clock(let minute)? = moment(at: clock)?.0 else { return nil }
        return .init(days: parts.count > 1 ? weekdays(parts[0]) : Set(Weekday.allCases), minuteOfDay: minute)
    }

    /// - Parameter text: matches `pattern`.
    /// - Returns: `nil` where the window begins and ends at the same time.
    static func window(_ text: String) -> WeeklySchedule.Window? {
        let parts = text.split(separator: " ")
        guard let times = parts.last, let (start, rest) = moment(at: times), rest.first == "-",
            let (end, _) = moment(at: rest.dropFirst()), start != end
        else { return nil }
        return WeeklySchedule.Window(
            days: parts.count > 1 ? weekdays(parts[0]) : Set(Weekday.allCases), start: start, end: end)
    }

    /// The moment with which a text begins, and what follows it.
    private static func moment(at text: Substring) -> (WeeklySchedule.Moment, Substring)? {
        for (word, make) in [
            ("sunrise", WeeklySchedule.Moment.sunrise(offsetMinutes:)), ("sunset", WeeklySchedule.Moment.sunset),
        ] where text.hasPrefix(word) {
            let rest = text.dropFirst(word.count)
            let digits = rest.dropFirst().prefix { $0.isNumber }
            let after = rest.dropFirst(1 + digits.count)
            // "sunset-30m" is half an hour before it; "sunset-05:00" ends at five.
            guard after.first == "m", let minutes = Int(digits), let sign = rest.first else { return (make(0), rest) }
            return (make(sign == "-" ? -minutes : minutes), after.dropFirst())
        }
        let clock = text.prefix(5)
        let numbers = clock.split(separator: ":").compactMap { Int($0) }
        guard numbers.count == 2 else { return nil }
        return (.clock(minute: numbers[0] * 60 + numbers[1]), text.dropFirst(clock.count))
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
