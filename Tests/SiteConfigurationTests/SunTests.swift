import Domain
import SiteConfiguration
import Testing

/// Sunrise and sunset as the wall clock shows them, and windows that follow them.
struct SunTests {
    private func site(_ zone: String, _ latitude: Double, _ longitude: Double) throws -> SiteSettings.Site {
        try load("site: {timezone: \(zone), latitude: \(latitude), longitude: \(longitude)}\n" + camera()).site
    }

    /// Minutes since local midnight by an ephemeris (VSOP87, PyEphem 4.2, the sun's centre at -0:50),
    /// at local noon of the day, in seconds since 1970.
    @Test(arguments: [
        ("Asia/Ho_Chi_Minh", 10.2270, 103.9670, 1_769_922_000, 386.83, 1088.53),  // Phú Quốc, 2026-02-01
        ("Asia/Ho_Chi_Minh", 10.2270, 103.9670, 1_782_018_000, 344.18, 1107.57),  // 2026-06-21
        ("Europe/London", 51.5074, -0.1278, 1_782_039_600, 283.08, 1281.55),
        ("America/New_York", 40.7128, -74.0060, 1_797_872_400, 436.57, 991.78),  // 2026-12-21
        ("Australia/Sydney", -33.8688, 151.2093, 1_797_814_800, 340.63, 1205.4),
        ("America/Guayaquil", -0.1807, -78.4678, 1_774_026_000, 377.98, 1104.48),  // equinox on the equator
        ("Pacific/Kiritimati", 1.8721, -157.4278, 1_790_028_000, 379.33, 1105.9),  // UTC+14
        ("Europe/Berlin", 52.52, 13.405, 1_774_778_400, 408.07, 1175.27),  // clocks went forward that morning
        ("Europe/Berlin", 52.52, 13.405, 1_792_926_000, 409.68, 1010.42),  // and back on this one
        ("America/Anchorage", 61.2181, -149.9003, 1_782_072_000, 260.27, 1422.68),
        ("Asia/Kathmandu", 27.7172, 85.3240, 1_795_328_100, 389.95, 1029.33),  // UTC+5:45
        ("Pacific/Chatham", -43.95, -176.55, 1_767_996_900, 361.08, 1275.45),  // UTC+13:45
        ("Atlantic/Reykjavik", 64.1466, -21.9426, 1_782_043_200, 175.2, 1443.95),  // sets after midnight
    ])
    func theSunRisesAndSetsWithinAMinuteOfTheEphemeris(
        zone: String, latitude: Double, longitude: Double, noon: Int, sunrise: Double, sunset: Double
    ) throws {
        let clock = SiteClock(try site(zone, latitude, longitude))
        // Whatever the hour of the day at which it is asked.
        for hour in [-11, 0, 11] {
            let sun = try #require(clock.localTime(at: MediaTime(seconds: Double(noon + hour * 3_600))).sun)
            #expect(abs(Double(sun.today.sunriseMinute) + 0.5 - sunrise) <= 1.5, "\(sun.today)")
            #expect(abs(Double(sun.today.sunsetMinute) + 0.5 - sunset) <= 1.5, "\(sun.today)")
        }
    }

    @Test func withoutAPlaceThereIsNoSun() throws {
        let site = try load("site: {timezone: UTC}\n" + camera()).site
        #expect(SiteClock(site).localTime(at: .zero).sun == nil)
        let night = WeeklySchedule(windows: [.init(start: .sunset(offsetMinutes: 0), end: .sunrise(offsetMinutes: 0))])
        #expect(!night.contains(SiteClock(site).localTime(at: .zero)))
    }

    /// Share of a span's hours that a window holds.
    private func share(_ window: String, zone: String, _ latitude: Double, _ longitude: Double, days: Range<Int>) throws
        -> Double
    {
        let settings = try load(
            "site: {timezone: \(zone), latitude: \(latitude), longitude: \(longitude)}\n"
                + camera("rules: [{kind: motion, when: \"\(window)\"}]"))
        let schedule = settings.cameras[0].rules[0].schedule
        let clock = SiteClock(settings.site)
        // From 2026-01-01 on.
        let hours = (days.lowerBound * 24..<days.upperBound * 24).map {
            MediaTime(seconds: 1_767_225_600 + Double($0) * 3_600)
        }
        return Double(hours.count { schedule.contains(clock.localTime(at: $0)) }) / Double(hours.count)
    }

    @Test func dayAndNightTogetherAreAllTime() throws {
        for (zone, latitude, longitude) in [
            ("Asia/Ho_Chi_Minh", 10.2, 104.0), ("Europe/Berlin", 52.5, 13.4), ("Europe/Oslo", 69.6, 18.9),
            ("America/Anchorage", 61.2, -149.9),
        ] {
            let day = try share("sunrise-sunset", zone: zone, latitude, longitude, days: 0..<365)
            let night = try share("sunset-sunrise", zone: zone, latitude, longitude, days: 0..<365)
            #expect(abs(day + night - 1) < 0.004 && (0.48...0.55).contains(day), "\(zone): \(day) and \(night)")
        }
    }

    @Test func beyondThePolarCircleTheSunStaysUpOrDown() throws {
        // Tromsø: polar night in December, midnight sun in June.
        for (days, day) in [(340..<360, 0.0), (160..<180, 1.0)] {
            #expect(try share("sunrise-sunset", zone: "Europe/Oslo", 69.65, 18.96, days: days) == day)
            #expect(try share("sunset-sunrise", zone: "Europe/Oslo", 69.65, 18.96, days: days) == 1 - day)
        }
    }

    @Test func windowsRunFromTheClockToTheSunAndBack() throws {
        let settings = try load(
            "site: {timezone: Asia/Ho_Chi_Minh, latitude: 10.227, longitude: 103.967}\n"
                + camera(
                    "rules: [{kind: motion, when: \"sunset-30m-sunrise+15m\"}, {kind: motion, when: \"22:00-sunrise\"},",
                    "  {kind: motion, when: \"sunset-22:00\"}, {kind: motion, when: \"sun sunset-05:00\"}]"))
        let clock = SiteClock(settings.site)
        // Sunday 2026-02-01: sunrise 06:25, sunset 18:09; 1769878800 is its midnight.
        func watching(_ rule: Int, _ hour: Int, _ minute: Int, day: Int = 0) -> Bool {
            let time = MediaTime(seconds: Double(1_769_878_800 + day * 86_400 + hour * 3_600 + minute * 60))
            return settings.cameras[0].rules[rule].schedule.contains(clock.localTime(at: time))
        }
        #expect(watching(0, 6, 38) && !watching(0, 6, 42) && !watching(0, 17, 37) && watching(0, 17, 42))
        #expect(watching(1, 22, 0) && watching(1, 6, 23) && !watching(1, 6, 27) && !watching(1, 21, 59))
        #expect(!watching(2, 18, 7) && watching(2, 18, 11) && watching(2, 21, 59) && !watching(2, 22, 0))
        #expect(!watching(2, 3, 0))
        // Begun on Sunday: Sunday evening and Monday before five.
        #expect(watching(3, 20, 0) && watching(3, 4, 59, day: 1) && !watching(3, 5, 0, day: 1) && !watching(3, 4, 0))
        #expect(!watching(3, 20, 0, day: 1))
    }

    /// A window that ends before it begins, since the sun sets late, does not last until the next day.
    @Test func aWindowThatTheSunLeavesNoRoomForDoesNotOccur() throws {
        #expect(try share("sunset-20:00", zone: "Europe/Berlin", 52.5, 13.4, days: 170..<180) == 0)
        #expect(try share("05:00-sunrise", zone: "Europe/Berlin", 52.5, 13.4, days: 165..<175) == 0)
        #expect(try share("sunset-20:00", zone: "Europe/Berlin", 52.5, 13.4, days: 0..<10) > 0.1)
    }
}
