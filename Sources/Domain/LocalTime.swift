/// A day of the week, counted as ISO 8601 does: Monday is 1.
public enum Weekday: Int, CaseIterable, Hashable, Sendable, Codable {
    case monday = 1
    case tuesday, wednesday, thursday, friday, saturday, sunday

    public var previous: Weekday { Weekday(rawValue: rawValue == 1 ? 7 : rawValue - 1) ?? .sunday }
    public var next: Weekday { Weekday(rawValue: rawValue == 7 ? 1 : rawValue + 1) ?? .monday }
}

/// What the clock on the site's wall shows: all that a rule's time window needs.
public struct LocalTime: Hashable, Sendable {
    public var weekday: Weekday
    /// Minutes since local midnight, 0 to 1,439.
    public var minuteOfDay: Int
    /// `nil` where nobody knows where the site is.
    public var sun: SunDays?

    public init(weekday: Weekday, minuteOfDay: Int, sun: SunDays? = nil) {
        self.weekday = weekday
        self.minuteOfDay = min(max(minuteOfDay, 0), 1_439)
        self.sun = sun
    }

    /// The wall clock at an instant of the host's timeline.
    ///
    /// - Parameter secondsEastOfUTC: what the site's zone adds to UTC at that very instant, so that the result is right on
    ///   days of clock change too.
    public init(at time: MediaTime, secondsEastOfUTC: Int) {
        let seconds = time.microseconds.flooredQuotient(1_000_000) + Int64(secondsEastOfUTC)
        let day = seconds.flooredQuotient(86_400)
        // 1970-01-01 was a Thursday, the fourth day of the ISO week.
        let weekday = (day + 3) - (day + 3).flooredQuotient(7) * 7
        self.weekday = Weekday(rawValue: Int(weekday) + 1) ?? .monday
        minuteOfDay = Int((seconds - day * 86_400) / 60)
    }
}
