import Domain
import SiteConfiguration
import Testing

/// Time windows in the site's time, over midnight and over clock changes.
struct ScheduleTests {
    private func schedule(_ when: String, zone: String) throws -> @Sendable (MediaTime) -> Bool {
        let settings = try load("site: {timezone: \(zone)}\n" + camera("rules: [{kind: motion, when: \(when)}]"))
        let schedule = settings.cameras[0].rules[0].schedule
        let clock = SiteClock(settings.site)
        return { schedule.contains(clock.localTime(at: $0)) }
    }

    /// Seconds since 1970 of instants in UTC, from `date -u -d … +%s`.
    @Test(arguments: [
        // 2026-02-01 is a Sunday; 22:00 in Ho Chi Minh City is 15:00 UTC.
        ("\"22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_957_999, false),  // 21:59:59
        ("\"22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_958_000, true),  // 22:00:00
        ("\"22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_983_199, true),  // 04:59:59
        ("\"22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_983_200, false),  // 05:00:00
        ("\"sun 22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_958_000, true),  // Sunday 22:00
        ("\"sun 22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_983_199, true),  // Monday 04:59:59, begun on Sunday
        ("\"mon 22:00-05:00\"", "Asia/Ho_Chi_Minh", 1_769_983_199, false),
        ("\"mon-fri 18:00-24:00\"", "Asia/Ho_Chi_Minh", 1_769_958_000, false),
        ("[\"mon-fri 18:00-24:00\", \"sat,sun 00:00-24:00\"]", "Asia/Ho_Chi_Minh", 1_769_958_000, true),
        ("\"fri-mon 22:00-22:01\"", "Asia/Ho_Chi_Minh", 1_769_958_000, true),
        ("\"00:00-24:00\"", "Asia/Ho_Chi_Minh", 1_769_957_999, true),
        ("\"15:00-15:01\"", "UTC", 1_769_958_000, true),
        // Berlin, Sunday 2026-03-29: 01:59:59 +1 is followed by 03:00:00 +2.
        ("\"02:00-03:00\"", "Europe/Berlin", 1_774_745_999, false),  // 01:59:59
        ("\"02:00-03:00\"", "Europe/Berlin", 1_774_746_000, false),  // 03:00:00: the window does not occur
        ("\"03:00-04:00\"", "Europe/Berlin", 1_774_746_000, true),
        // Berlin, Sunday 2026-10-25: 02:30 occurs at +2 and again at +1.
        ("\"02:00-03:00\"", "Europe/Berlin", 1_792_888_200, true),  // 02:30 +2
        ("\"02:00-03:00\"", "Europe/Berlin", 1_792_891_800, true),  // 02:30 +1
        ("\"02:00-03:00\"", "Europe/Berlin", 1_792_893_600, false),  // 03:00 +1
        ("\"22:00-02:30\"", "Europe/Berlin", 1_792_891_740, true),  // 02:29 +1, begun on Saturday
    ])
    func windowsFollowTheWallClock(when: String, zone: String, seconds: Int, expected: Bool) throws {
        let isWatching = try schedule(when, zone: zone)
        #expect(isWatching(MediaTime(seconds: Double(seconds))) == expected)
    }

    @Test func daysRunOverTheEndOfTheWeek() throws {
        let settings = try load(camera("rules: [{kind: motion, when: \"sat-mon,wed 08:00-09:00\"}]"))
        #expect(
            settings.cameras[0].rules[0].schedule.windows == [
                WeeklySchedule.Window(
                    days: [.saturday, .sunday, .monday, .wednesday], startMinute: 480, endMinute: 540)
            ])
    }

    @Test func noWindowIsAlways() throws {
        #expect(try load(camera("rules: [{kind: motion}]")).cameras[0].rules[0].schedule == .always)
    }

    @Test(arguments: ["Asia/Ho_Chi_Minh", "Asia/Saigon", "America/Argentina/Buenos_Aires", "UTC", "Etc/GMT+7"])
    func zonesOfTheDatabaseAreKnown(identifier: String) {
        #expect(SiteTimeZone(identifier: identifier) != nil)
    }

    @Test(arguments: ["", "GMT+7", "CEST", "/etc/localtime", "../UTC", "Asia/Atlantis", "Asia/", "asia"])
    func othersAreNot(identifier: String) {
        #expect(SiteTimeZone(identifier: identifier) == nil)
    }
}
