import Domain
import Testing

/// Calendar and schedule, against dates known from elsewhere.
struct TimeTests {
    @Test(
        arguments: [
            (0, "19700101T000000000"), (-1, "19691231T235959999"), (951_782_400_123_456, "20000229T000000123"),
            (1_769_958_000_000_000, "20260201T150000000"), (4_107_542_399_999_999, "21000228T235959999"),
            (4_107_542_400_000_000, "21000301T000000000"), (253_402_300_799_999_999, "99991231T235959999"),
            (-62_135_596_800_000_000, "00010101T000000000"),
        ] as [(Int64, String)])
    func datesAreRight(microseconds: Int64, compact: String) {
        #expect(CivilTime(MediaTime(microseconds: microseconds)).compact == compact)
    }

    @Test func everyDayOfFourHundredYearsFollowsTheOneBefore() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var expected = (year: 1970, month: 1, day: 1)
        for day in 0..<146_097 {
            let time = CivilTime(MediaTime(microseconds: Int64(day) * 86_400_000_000 + 43_200_000_000))
            guard (time.year, time.month, time.day, time.hour) == (expected.year, expected.month, expected.day, 12)
            else {
                Issue.record("day \(day) is \(time)")
                return
            }
            let isLeap = expected.year % 4 == 0 && (expected.year % 100 != 0 || expected.year % 400 == 0)
            let length = lengths[expected.month - 1] + (expected.month == 2 && isLeap ? 1 : 0)
            expected.day += 1
            if expected.day > length { (expected.month, expected.day) = (expected.month + 1, 1) }
            if expected.month > 12 { (expected.year, expected.month) = (expected.year + 1, 1) }
        }
    }

    @Test func noInstantIsTooFar() {
        for extreme in [Int64.min, .max] {
            #expect(!CivilTime(MediaTime(microseconds: extreme)).compact.isEmpty)
            let local = LocalTime(at: MediaTime(microseconds: extreme), secondsEastOfUTC: 50_400)
            #expect((0..<1_440).contains(local.minuteOfDay))
        }
    }

    @Test func weekdaysAreRight() {
        // 1970-01-01 was a Thursday.
        #expect(LocalTime(at: .zero, secondsEastOfUTC: 0) == LocalTime(weekday: .thursday, minuteOfDay: 0))
        #expect(LocalTime(at: .zero, secondsEastOfUTC: -60) == LocalTime(weekday: .wednesday, minuteOfDay: 1_439))
        #expect(LocalTime(at: .zero, secondsEastOfUTC: 7 * 3_600) == LocalTime(weekday: .thursday, minuteOfDay: 420))
        #expect(Weekday.allCases.map(\.previous) == [.sunday] + Weekday.allCases.dropLast())
    }

    @Test func everyMinuteOfAWeekIsInAWindowOrItsComplement() {
        let days: Set<Weekday> = [.friday, .sunday]
        for (start, end) in [(0, 1_440), (540, 1_020), (1_320, 300), (1_439, 0), (1, 0)] {
            let window = WeeklySchedule.Window(days: days, startMinute: start, endMinute: end)
            let length = start < end ? end - start : end + 1_440 - start
            var inside = 0
            for day in Weekday.allCases {
                for minute in 0..<1_440 where window.contains(LocalTime(weekday: day, minuteOfDay: minute)) {
                    inside += 1
                }
            }
            #expect(inside == length * days.count)
        }
        #expect(WeeklySchedule.always.contains(LocalTime(weekday: .monday, minuteOfDay: 0)))
    }
}
