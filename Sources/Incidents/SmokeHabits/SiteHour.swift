public import Domain

/// An hour of a day on the site's clock.
public struct SiteHour: Sendable, Equatable {
    /// Counts local days, from any beginning.
    public var day: Int64
    /// 0 to 23.
    public var hour: Int

    public init(day: Int64, hour: Int) {
        self.day = day
        self.hour = hour
    }

    /// - Parameter local: what the site's clock shows at `time`.
    public init(_ time: MediaTime, _ local: LocalTime) {
        // Local midnight as an instant, moved to where no zone's offset reaches.
        let midnight = time.seconds - Double(60 * local.minuteOfDay)
        day = Int64(((midnight + 43_200) / 86_400).rounded(.down))
        hour = local.minuteOfDay / 60
    }
}
