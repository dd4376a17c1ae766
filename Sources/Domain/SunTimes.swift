/// When the sun rises and sets on one day, on the site's wall clock.
///
/// Where it does not set, it rises half a day before noon and sets half a day after; where it does not rise, it does both
/// at noon.
public struct SunTimes: Hashable, Sendable {
    /// Minutes since the day's local midnight; may lie outside 0 to 1,439 where clocks are far from the sun.
    public var sunriseMinute: Int
    public var sunsetMinute: Int

    public init(sunriseMinute: Int, sunsetMinute: Int) {
        self.sunriseMinute = sunriseMinute
        self.sunsetMinute = sunsetMinute
    }
}

/// The sun on a day and on those beside it: what a window that runs from one day into another needs.
public struct SunDays: Hashable, Sendable {
    public var yesterday: SunTimes
    public var today: SunTimes
    public var tomorrow: SunTimes
    public var dayAfterTomorrow: SunTimes

    public init(yesterday: SunTimes, today: SunTimes, tomorrow: SunTimes, dayAfterTomorrow: SunTimes) {
        self.yesterday = yesterday
        self.today = today
        self.tomorrow = tomorrow
        self.dayAfterTomorrow = dayAfterTomorrow
    }

    /// - Parameter day: days from today, -1 to 2.
    func times(on day: Int) -> SunTimes {
        switch day {
        case ..<0: yesterday
        case 0: today
        case 1: tomorrow
        default: dayAfterTomorrow
        }
    }
}
