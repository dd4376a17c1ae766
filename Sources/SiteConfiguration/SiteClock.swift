public import Domain
import Synchronization

/// What the clock on the site's wall shows, and where the sun is by it.
public final class SiteClock: Sendable {
    private let zone: SiteTimeZone
    private let almanac: SunAlmanac?
    /// The sun of one day, by the day's number since 1970 in local time: asked for at every picture, it changes once a day.
    private let latest = Mutex<(day: Int64, sun: SunDays)?>(nil)

    public init(_ site: SiteSettings.Site) {
        zone = site.timeZone
        almanac = site.place.map(SunAlmanac.init)
    }

    /// With the sun where the site's place is known.
    public func localTime(at time: MediaTime) -> LocalTime {
        let offset = zone.secondsEastOfUTC(at: time)
        var local = LocalTime(at: time, secondsEastOfUTC: offset)
        guard let almanac else { return local }
        let day = Int64(((time.seconds + Double(offset)) / 86_400).rounded(.down))
        local.sun = latest.withLock { latest in
            if let latest, latest.day == day { return latest.sun }
            let sun = SunDays(
                yesterday: times(on: day - 1, almanac), today: times(on: day, almanac),
                tomorrow: times(on: day + 1, almanac), dayAfterTomorrow: times(on: day + 2, almanac))
            latest = (day, sun)
            return sun
        }
        return local
    }

    private func times(on day: Int64, _ almanac: SunAlmanac) -> SunTimes {
        let midday = Double(day) * 86_400 + 43_200
        let offset = zone.secondsEastOfUTC(at: MediaTime(seconds: midday))
        let (sunrise, sunset) = almanac.daylight(around: midday - Double(offset))
        return SunTimes(sunriseMinute: minute(of: sunrise, on: day), sunsetMinute: minute(of: sunset, on: day))
    }

    /// Minutes that the wall clock shows, counted from the midnight that begins the day.
    private func minute(of instant: Double, on day: Int64) -> Int {
        let offset = zone.secondsEastOfUTC(at: MediaTime(seconds: instant))
        return Int(((instant + Double(offset) - Double(day) * 86_400) / 60).rounded(.down))
    }
}
