import Domain
import Incidents
import Testing

/// The index out of a table and of days that are given one by one.
struct WeatherSeriesTests {
    private func day(_ number: Int, rain: Double = 0, celsius: Double = 33) throws -> WeatherDay {
        WeatherDay(
            date: try #require(CalendarDay("2026-02-\(number < 10 ? "0" : "")\(number)")), temperatureCelsius: celsius,
            relativeHumidityPercent: 50, rainMillimetres: rain)
    }

    @Test func daysThatAreGivenGoBeforeTheTables() throws {
        var series = WeatherSeries()
        series.replaceTable(with: try [day(1), day(2)])
        let one = try #require(series.standing(by: .national).days.first?.p)
        series.give(try day(3))
        series.give(try day(2, celsius: 0))
        let standing = series.standing(by: .national)
        #expect(standing.days.map(\.p) == [one, one, 2 * one] && standing.days.map(\.isGiven) == [false, true, true])
        #expect(standing.days.last?.level == .moderate && standing.missing.isEmpty)
        // The table grows, and what was given stays.
        series.replaceTable(with: try [day(1), day(2), day(3), day(4)])
        #expect(series.standing(by: .national).days.map(\.p) == [one, one, 2 * one, 3 * one])
    }

    @Test func nobodyKnowsTheIndexAfterDaysThatAreMissing() throws {
        var series = WeatherSeries()
        for number in [1, 2, 5, 6, 9] { series.give(try day(number)) }
        let standing = series.standing(by: .national)
        #expect(standing.days.map { $0.p == nil } == [false, false, true, true, true])
        #expect(standing.days.last?.level == nil)
        #expect(
            standing.missing.map { "\($0.first) \($0.last)" } == ["2026-02-03 2026-02-04", "2026-02-07 2026-02-08"])
        for number in [3, 4, 8, 7] { series.give(try day(number)) }
        let filled = series.standing(by: .national)
        #expect(filled.missing.isEmpty && filled.days.allSatisfy { $0.p != nil })
        let one = try #require(filled.days.first?.p)
        #expect(abs(try #require(filled.days.last?.p) - 9 * one) < 1e-9)
    }

    @Test func rainThatCountsMakesItKnownAgain() throws {
        var series = WeatherSeries()
        for number in [1, 5] { series.give(try day(number)) }
        series.give(try day(7, rain: 5))
        series.give(try day(8))
        let standing = series.standing(by: .national)
        #expect(standing.missing.isEmpty && standing.days.map { $0.p == nil } == [false, true, false, false])
        #expect(standing.days[2].p == 0 && standing.days[2].level == .low)
        #expect(WeatherSeries().standing(by: .national) == WeatherStanding())
    }
}
