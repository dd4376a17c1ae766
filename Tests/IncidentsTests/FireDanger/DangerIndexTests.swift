import Domain
import Foundation
import Testing

@testable import Incidents

struct DangerIndexTests {
    private func day(_ date: String, _ celsius: Double, _ percent: Double, _ rain: Double) throws -> WeatherDay {
        WeatherDay(
            date: try #require(CalendarDay(date)), temperatureCelsius: celsius, relativeHumidityPercent: percent,
            rainMillimetres: rain)
    }

    @Test func theExponentialIsThatOfTheSystem() {
        for step in -4_000...4_000 {
            let x = Double(step) / 40
            #expect(abs(exponential(x) / exp(x) - 1) < 1e-14)
        }
        #expect(exponential(0) == 1)
    }

    /// Saturation pressures of the psychrometric tables, in hPa.
    @Test(arguments: [(0.0, 6.11), (10, 12.27), (20, 23.37), (30, 42.43), (35, 56.24), (40, 73.78)])
    func theDeficitIsThatOfTheTables(celsius: Double, saturation: Double) throws {
        #expect(try abs(day("2026-02-01", celsius, 0, 0).saturationDeficitHectopascals / saturation - 1) < 0.003)
        #expect(try day("2026-02-01", celsius, 100, 0).saturationDeficitHectopascals == 0)
    }

    @Test func rainOfFiveMillimetresSetsTheIndexBack() throws {
        var index = DangerIndex()
        index.add(try day("2026-02-01", 33, 50, 0))
        let first = index.p
        #expect(first > 800 && first < 850)
        index.add(try day("2026-02-02", 33, 50, 4.99))
        #expect(index.p == 2 * first && index.level == .moderate)
        index.add(try day("2026-02-03", 33, 50, 5))
        #expect(index.p == 0 && index.level == .low)
        index.add(try day("2026-02-04", -3, 50, 0))
        #expect(index.p == 0)
        #expect(DangerIndex(p: .nan).p == 0 && DangerIndex(p: -5).p == 0 && DangerIndex(p: 900).p == 900)
    }

    @Test func levelsAreThoseOfTheTable() throws {
        let national = DangerTable.national
        for (p, level) in [
            (0.0, 1), (1_000, 1), (1_000.1, 2), (2_500, 2), (2_501, 3), (5_000, 3), (5_001, 4), (10_000, 4),
            (10_001, 5),
            (1e300, 5),
        ] { #expect(national.level(p: p).rawValue == level) }
        let province = try #require(DangerTable(highestP: [5_000, 7_500, 10_000, 15_000], resetRainMillimetres: 3))
        #expect(province.level(p: 4_000) == .low && province.level(p: 20_000) == .extreme)
        for wrong in [
            [], [1, 2, 3], [1, 2, 2, 3], [0, 1, 2, 3], [1, 2, 3, .nan], [4, 3, 2, 1], [1, 2, 3, .infinity],
        ] {
            #expect(DangerTable(highestP: wrong) == nil)
        }
        #expect(DangerTable(highestP: [1, 2, 3, 4], resetRainMillimetres: 0) == nil)
        #expect(DangerLevel.extreme.title(in: .vi) == "cấp V, cực kỳ nguy hiểm")
        #expect(DangerLevel.low.title(in: .en) == "level I, low")
    }

    @Test func calendarDaysAreThoseOfFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let first = try #require(calendar.date(from: DateComponents(year: 1999, month: 12, day: 25)))
        let start = try #require(CalendarDay("1999-12-25")).number
        for offset in 0..<1_600 {
            let date = first.addingTimeInterval(Double(offset) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            let day = try #require(CalendarDay(text))
            #expect(day.number == start + offset && "\(day)" == text)
            #expect(CalendarDay(number: day.number) == day)
        }
        for wrong in [
            "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "26-01-01", "2026-1-01", "", "2026-01-011",
            "2026/01/01", "+026-01-01",
        ] {
            #expect(CalendarDay(wrong) == nil)
        }
    }
}
