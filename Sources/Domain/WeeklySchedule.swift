/// When a rule watches: any number of windows in the site's local time, or always.
///
/// Windows are held against what the wall clock shows. Where a clock change repeats an hour, a window covers both; where
/// it skips one, a window that lies in it does not occur that day.
public struct WeeklySchedule: Hashable, Sendable {
    /// A moment of each day.
    public enum Moment: Hashable, Sendable {
        /// Minutes since midnight, 0 to 1,440.
        case clock(minute: Int)
        /// So many minutes after it, or before it where negative.
        case sunrise(offsetMinutes: Int)
        case sunset(offsetMinutes: Int)

        public var followsSun: Bool {
            if case .clock = self { false } else { true }
        }

        /// On a day of equal length of day and night: what tells whether a window runs over midnight.
        fileprivate var nominalMinute: Int {
            switch self {
            case .clock(let minute): minute
            case .sunrise(let offset): 6 * 60 + offset
            case .sunset(let offset): 18 * 60 + offset
            }
        }

        /// `nil` where it follows a sun that is not known.
        fileprivate func minute(_ sun: SunTimes?) -> Int? {
            switch self {
            case .clock(let minute): minute
            case .sunrise(let offset): sun.map { $0.sunriseMinute + offset }
            case .sunset(let offset): sun.map { $0.sunsetMinute + offset }
            }
        }
    }

    /// One stretch of a day, possibly over midnight.
    public struct Window: Hashable, Sendable {
        /// The days on which the window begins; one over midnight reaches into the morning of the next.
        public var days: Set<Weekday>
        /// The first minute that belongs to it.
        public var start: Moment
        /// The first minute that does not. The next day's where, at an equinox, it would not come after `start`.
        public var end: Moment

        public init(days: Set<Weekday> = Set(Weekday.allCases), start: Moment, end: Moment) {
            self.days = days
            self.start = start
            self.end = end
        }

        /// - Parameters:
        ///   - startMinute: minutes since midnight, 0 to 1,439.
        ///   - endMinute: minutes since midnight, 0 to 1,440.
        public init(days: Set<Weekday> = Set(Weekday.allCases), startMinute: Int, endMinute: Int) {
            self.init(days: days, start: .clock(minute: startMinute), end: .clock(minute: endMinute))
        }

        public var followsSun: Bool { start.followsSun || end.followsSun }

        /// A window that follows the sun contains nothing where `time` does not know the sun.
        public func contains(_ time: LocalTime) -> Bool {
            let overMidnight = end.nominalMinute <= start.nominalMinute
            let weekdays = [time.weekday.previous, time.weekday, time.weekday.next]
            // Tomorrow's too: an hour before a sunrise at 00:30 is today.
            for (day, weekday) in zip(-1...1, weekdays) where days.contains(weekday) {
                let endDay = overMidnight ? day + 1 : day
                guard let start = start.minute(time.sun?.times(on: day)),
                    let end = end.minute(time.sun?.times(on: endDay))
                else { continue }
                if (start + 1_440 * day..<max(start + 1_440 * day, end + 1_440 * endDay)).contains(time.minuteOfDay) {
                    return true
                }
            }
            return false
        }
    }

    /// Empty: always.
    public var windows: [Window]

    public init(windows: [Window]) { self.windows = windows }

    public static let always = WeeklySchedule(windows: [])

    public var followsSun: Bool { windows.contains(where: \.followsSun) }

    public func contains(_ time: LocalTime) -> Bool {
        windows.isEmpty || windows.contains { $0.contains(time) }
    }
}
