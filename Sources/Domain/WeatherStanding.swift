/// What a site's daily weather says of the fire danger.
public struct WeatherStanding: Sendable, Equatable {
    /// A day and what follows from it.
    public struct Day: Sendable, Equatable {
        public var weather: WeatherDay
        /// Whether it was given through the API or over MQTT, and does not come from the site's table.
        public var isGiven: Bool
        /// The index at the end of the day; `nil` where days before it are missing.
        public var p: Double?
        public var level: DangerLevel?

        public init(weather: WeatherDay, isGiven: Bool, p: Double?, level: DangerLevel?) {
            self.weather = weather
            self.isGiven = isGiven
            self.p = p
            self.level = level
        }
    }

    /// Days of which nothing is known.
    public struct Gap: Sendable, Equatable {
        public var first: CalendarDay
        public var last: CalendarDay

        public init(first: CalendarDay, last: CalendarDay) {
            self.first = first
            self.last = last
        }
    }

    /// Oldest first, each once.
    public var days: [Day]
    /// What must be filled in before the index of the last day is known again.
    public var missing: [Gap]

    public init(days: [Day] = [], missing: [Gap] = []) {
        self.days = days
        self.missing = missing
    }
}
