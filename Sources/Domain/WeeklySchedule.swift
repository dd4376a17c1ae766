/// When a rule watches: any number of windows in the site's local time, or always.
///
/// Windows are held against what the wall clock shows. Where a clock change repeats an hour, a window covers both; where
/// it skips one, a window that lies in it does not occur that day.
public struct WeeklySchedule: Hashable, Sendable {
    /// One stretch of a day, possibly over midnight.
    public struct Window: Hashable, Sendable {
        /// The days on which the window begins; one over midnight reaches into the morning of the next.
        public var days: Set<Weekday>
        /// Minutes since midnight, 0 to 1,439; the first minute that belongs to it.
        public var startMinute: Int
        /// Minutes since midnight, 0 to 1,440; the first minute that does not. Not after `startMinute`: the next day's.
        public var endMinute: Int

        public init(days: Set<Weekday> = Set(Weekday.allCases), startMinute: Int, endMinute: Int) {
            self.days = days
            self.startMinute = startMinute
            self.endMinute = endMinute
        }

        public func contains(_ time: LocalTime) -> Bool {
            if startMinute < endMinute {
                return days.contains(time.weekday) && (startMinute..<endMinute).contains(time.minuteOfDay)
            }
            return (days.contains(time.weekday) && time.minuteOfDay >= startMinute)
                || (days.contains(time.weekday.previous) && time.minuteOfDay < endMinute)
        }
    }

    /// Empty: always.
    public var windows: [Window]

    public init(windows: [Window]) { self.windows = windows }

    public static let always = WeeklySchedule(windows: [])

    public func contains(_ time: LocalTime) -> Bool {
        windows.isEmpty || windows.contains { $0.contains(time) }
    }
}
